"""What is installed: the locks, the environment file, the wheel, and that no file names a machine or a registry."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = ("requirements.lock", "requirements-dev.lock")
INSTALL_PROJECT = "--no-deps --no-build-isolation -e ."

# In parts, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("deb", "debian", "org"),
        ("anaconda", "org"),
        ("crates", "io"),
    )
)
MACHINE_PATH = re.compile(
    r"(?<![\w.:/*-])(?:/(?:home|Users|root|work|mnt|tmp)/\w|[A-Z]:\\\\?(?:Users|Windows))"
)


def locked(text):
    """Each requirement of a lock with its marker, and its hashes: ``{"numpy==2.4 ; marker": ["sha256:…"]}``."""
    found = {}
    for entry in text.replace("\\\n", " ").splitlines():
        if entry.strip() and not entry.startswith("#"):
            requirement, *hashes = entry.split("--hash=")
            found[requirement.strip()] = [value.strip() for value in hashes]
    return found


def lock_problems(text):
    """What a lock must not have: an entry without a version or hashes, or the name of a host."""
    problems = [
        f"names a host: {line.strip()}" for line in text.splitlines() if "://" in line or "index-url" in line
    ]
    for requirement, hashes in locked(text).items():
        if not re.match(r"[a-z0-9.-]+==\S+( ; .+)?$", requirement):
            problems.append(f"is not pinned: {requirement}")
        if not hashes or not all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes):
            problems.append(f"is not hashed: {requirement}")
    return problems


def machine_traces(text):
    """Registries' host names and paths of some machine that the text holds."""
    hosts = [host for host in REGISTRIES if re.search(rf"\b{re.escape(host)}\b", text)]
    return hosts + MACHINE_PATH.findall(text)


def tracked_texts():
    """Every text file that git keeps or would keep, so that a mistake shows before it is committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (data := path.read_bytes()):
            yield name, data.decode("utf-8")


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_is_pinned_hashed_and_names_no_host(name):
    assert lock_problems((ROOT / name).read_text(encoding="utf-8")) == []


HASH = f"--hash=sha256:{'0' * 64}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("numpy==2.4.6", "is not hashed: numpy==2.4.6"),
        ("numpy==2.4.6 --hash=md5:00", "is not hashed: numpy==2.4.6"),
        (f"numpy>=2 {HASH}", "is not pinned: numpy>=2"),
        (f"-e . {HASH}", "is not pinned: -e ."),
        (f"--index-url x\nnumpy==2.4.6 {HASH}", "names a host: --index-url x"),
    ],
)
def test_a_bad_lock_is_told(text, problem):
    assert problem in lock_problems(text)


def test_the_test_lock_holds_all_of_the_run_lock():
    run, dev = (locked((ROOT / name).read_text(encoding="utf-8")) for name in LOCKS)
    assert {requirement: dev.get(requirement) for requirement in run} == run


@pytest.mark.parametrize(
    ("lock", "extras"), [(LOCKS[0], ["build"]), (LOCKS[1], ["build", "dev"])], ids=["run", "dev"]
)
def test_the_lock_satisfies_the_project(lock, extras):
    versions = {
        canonicalize_name(requirement.name): {str(specifier.version) for specifier in requirement.specifier}
        for requirement in map(Requirement, locked((ROOT / lock).read_text(encoding="utf-8")))
    }
    wanted = list(PROJECT["dependencies"])
    for extra in extras:
        wanted += PROJECT["optional-dependencies"][extra]
    for requirement in map(Requirement, wanted):
        (version,) = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(Version(version)), (
            f"{lock}: {requirement} is locked at {version}"
        )


def test_the_conda_environment_is_python_and_the_run_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, from_pip = environment["dependencies"]
    assert pip == "pip"
    assert from_pip == {"pip": [f"-r {LOCKS[0]}"]}
    name, version = python.split("=")
    assert name == "python"
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]
    assert environment["name"] == PROJECT["name"]


@pytest.mark.parametrize("name", ["postBuild", "Makefile", "README.md"])
def test_the_project_itself_is_installed_one_way(name):
    assert INSTALL_PROJECT in (ROOT / name).read_text(encoding="utf-8")


def test_the_command_is_installed_and_is_a_function():
    scripts = importlib.metadata.distribution(PROJECT["name"]).entry_points.select(group="console_scripts")
    assert [(script.name, script.value) for script in scripts] == list(PROJECT["scripts"].items())
    assert all(callable(script.load()) for script in scripts)


def test_no_file_names_a_registry_or_a_path_of_some_machine():
    found = {name: traces for name, text in tracked_texts() if (traces := machine_traces(text))}
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        f"https://{REGISTRIES[0]}/simple",
        "open('/home" + "/ada/x')",
        "C:" + r"\Users",
    ],
)
def test_a_registry_or_a_machine_path_is_told(text):
    assert machine_traces(text)


@pytest.mark.parametrize(
    "text", ["https://example.com/home/x", "s3://bucket/tmp/x", "/opt/ml/input", "work/tmp/x"]
)
def test_what_only_looks_like_a_machine_path_is_not(text):
    assert machine_traces(text) == []


def test_the_wheel_holds_every_file_of_the_package(tmp_path):
    source = tmp_path / "source"
    skip = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(ROOT / "lab_env", source / "lab_env", ignore=skip)
    for name in ("pyproject.toml", "README.md", *PROJECT["license-files"]):
        shutil.copy(ROOT / name, source)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=source, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "lab_env").rglob("*") if path.is_file()}
    expected = {name for name in files if "__pycache__" not in name and "/." not in name}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == expected
