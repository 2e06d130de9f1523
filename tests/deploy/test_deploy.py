"""What a class is set up with: the chart's values, the image's recipe, the lock, and the guide's figures."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.classroom import report

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy" / "jupyterhub"
VALUES = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))
SERVER = VALUES["singleuser"]
RECIPE = (DEPLOY / "Dockerfile").read_text("utf-8")
KEYS = json.loads(Path(__file__).with_name("chart_keys.json").read_text("utf-8"))
MEASURED = json.loads(report.MEASURED.read_text("utf-8"))
MIB = {"M": 1, "G": 1024}


def most(*, open_kernels):
    """The most that any learner took, in MiB."""
    classes = [result for result in MEASURED if result["open_kernels"] == open_kernels]
    return max(pupil["most"] for result in classes for pupil in result["pupils"])


def mib(text):
    return int(text[:-1]) * MIB[text[-1]]


def pins(path):
    return dict(re.findall(r"^([a-z0-9-]+(?:\[[a-z,-]+\])?)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


def test_the_values_are_of_the_chart():
    assert [error.message for error in Draft202012Validator(KEYS).iter_errors(VALUES)] == []


@pytest.mark.parametrize(
    "wrong", [{"singeluser": {}}, {"singleuser": {"memory": {"limits": "1G"}}}, {"cull": []}]
)
def test_a_misspelt_value_is_seen(wrong):
    assert list(Draft202012Validator(KEYS).iter_errors(wrong))


def test_the_only_way_out_is_the_clusters_dns():
    policy = SERVER["networkPolicy"]
    assert policy["enabled"] is True
    assert policy["egress"] == []
    rules = policy["egressAllowRules"]
    # Each of the chart's rules is named, for the chart's defaults let learners out.
    assert sorted(rules) == sorted(
        KEYS["properties"]["singleuser"]["properties"]["networkPolicy"]["properties"]["egressAllowRules"][
            "properties"
        ]
    )
    assert [name for name, on in rules.items() if on] == ["dnsPortsKubeSystemNamespace"]


def test_the_memory_is_what_was_measured():
    assert most(open_kernels=1) <= mib(SERVER["memory"]["guarantee"])
    assert most(open_kernels=6) <= mib(SERVER["memory"]["limit"])


def test_the_exchange_is_mounted_where_nbgrader_looks():
    (mount,), (volume,) = SERVER["storage"]["extraVolumeMounts"], SERVER["storage"]["extraVolumes"]
    claim = yaml.safe_load((DEPLOY / "exchange.yaml").read_text("utf-8"))
    assert mount["name"] == volume["name"]
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    for name in ("nbgrader_config.py", "jupyterhub_config.py"):
        assert f'os.environ.get("NBGRADER_EXCHANGE", "{mount["mountPath"]}")' in (DEPLOY / name).read_text(
            "utf-8"
        )


def test_the_image_is_made_from_what_is_there():
    copied = [word for line in re.findall(r"^COPY (.+)$", RECIPE, re.MULTILINE) for word in line.split()[:-1]]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    let_in = re.findall(r"^!(.+)$", (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8"), re.MULTILINE)
    assert sorted(copied) == sorted(let_in)


def test_the_image_takes_nothing_unguarded_and_runs_as_nobody_special():
    installs = re.findall(r"pip install (.+)$", RECIPE, re.MULTILINE)
    assert installs
    assert [line for line in installs if "--require-hashes" not in line and "--no-deps" not in line] == []
    assert re.findall(r"^USER (.+)$", RECIPE, re.MULTILINE)[-1] == "1000:100"
    # nbgrader takes the learner's name from the hub for this one user alone.
    assert "ENV NB_USER=jovyan" in RECIPE
    assert '--uid 1000 --gid users "${NB_USER}"' in RECIPE
    assert re.search(r"^ARG BASE=python:\d+\.\d+\.\d+-slim-\w+$", RECIPE, re.MULTILINE)


def test_the_hubs_lock_holds_the_courses():
    """When the course's locks change, ``make lock`` writes this one again."""
    course, hub = pins(ROOT / "requirements.lock"), pins(DEPLOY / "requirements.lock")
    assert {name: hub.get(name) for name in course} == course
    graded = pins(ROOT / "requirements-dev.lock")["nbgrader"]
    assert hub["nbgrader"] == graded
    assert hub["jupyterhub"].startswith("5.4.")


def test_the_hub_is_quiet_as_the_course_is():
    from lab_env.cli.start import QUIET

    settings = (DEPLOY / "jupyterhub_config.py").read_text("utf-8")
    assert [flag for flag in QUIET if flag not in settings or flag not in SERVER["cmd"]] == []


def test_the_image_is_of_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert SERVER["image"]["tag"] == project["version"]


def test_the_guide_shows_what_was_measured():
    """``python -m tests.classroom.report`` writes the page's figures again."""
    page = report.PAGE.read_text("utf-8")
    assert page.split(report.BEGIN)[1].split(report.END)[0] == report.figures()


def test_no_cell_failed_in_any_class():
    assert [pupil["failures"] for result in MEASURED for pupil in result["pupils"] if pupil["failures"]] == []
    assert {result["learners"] for result in MEASURED} >= {1, 2, 4, 8}
