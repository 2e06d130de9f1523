"""``doctor``: every check passes on a machine that is ready, and each fault comes with its remedy."""

from __future__ import annotations

import json

import pytest

from lab_env.cli import doctor
from lab_env.errors import NotFound


def test_on_this_machine(command):
    """Whoever runs the tests has installed what the course needs; the versions are the locks' affair."""
    code, out, _ = command("doctor", "--json")
    found = {item["check"]: item for item in json.loads(out)}
    faults = {
        check: item["found"] for check, item in found.items() if not item["well"] and check != "versions"
    }
    assert faults == {}
    assert code == (0 if found["versions"]["well"] else 1)


def test_text(command, monkeypatch):
    """A mark, the check, what was found; the remedy under a fault; and 1 when there is one."""
    checks = (
        ("one", lambda: "well enough", "never said"),
        ("two", lambda: (_ for _ in ()).throw(OSError("no such thing")), "Do this."),
    )
    monkeypatch.setattr(doctor, "_CHECKS", checks)
    assert command("doctor") == (1, "✓ one: well enough\n✗ two: no such thing\n  → Do this.\n", "")
    monkeypatch.setattr(doctor, "_CHECKS", checks[:1])
    assert command("doctor") == (0, "✓ one: well enough\n", "")


def fault(name):
    return next(doctor._made(check, call, remedy) for check, call, remedy in doctor._CHECKS if check == name)


def test_an_old_python(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 4))
    assert str(fault("Python")) == (
        "✗ Python: 3.10.4 is too old\n  → Install Python 3.11 or newer, remove .venv, and run make lab."
    )


def test_a_package_that_is_not_there(monkeypatch):
    monkeypatch.setattr(doctor, "_PACKAGES", ("json", "no_such_package"))
    assert "no_such_package" in fault("packages").found
    assert not fault("packages").well


LOCK = """\
alpha==1.0 \\
    --hash=sha256:00
beta==2.0 ; sys_platform == 'no-such-system' \\
    --hash=sha256:00
gamma[extra]==3.0 ; python_full_version >= '3.0' \\
    --hash=sha256:00
delta==4.0
"""


def test_versions_other_than_locked(monkeypatch, tmp_path):
    """Each package that differs is named with both versions; what is for other systems is passed over."""
    (tmp_path / "requirements.lock").write_text(LOCK, encoding="utf-8")
    monkeypatch.setattr(doctor.lab_env, "__file__", str(tmp_path / "lab_env" / "__init__.py"))
    monkeypatch.setattr(doctor, "_installed", {"alpha": "1.0", "gamma": "2.9", "delta": "(missing)"}.get)
    assert fault("versions").found == "gamma 2.9 instead of 3.0; delta (missing) instead of 4.0"
    monkeypatch.setattr(doctor, "_installed", {"alpha": "1.0", "gamma": "3.0", "delta": "4.0"}.get)
    assert fault("versions").found == "3 packages as locked"


def test_no_lock_beside_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.lab_env, "__file__", str(tmp_path / "lab_env" / "__init__.py"))
    assert fault("versions").well


def test_a_package_without_metadata():
    assert doctor._installed("no-such-package") == "(missing)"


def test_a_picture_that_comes_out_wrong(monkeypatch):
    class Empty:
        frames = ("a",)

    monkeypatch.setattr("lab_env.views.graphviz.layout", lambda _: Empty)
    assert fault("pictures").found == "a picture of two nodes came out without them"


def test_no_loopback(monkeypatch):
    def refuse(*_):
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr(doctor.socket, "create_server", refuse)
    assert fault("loopback").found == "Operation not permitted"


def test_no_notebooks(monkeypatch):
    def missing():
        raise NotFound("the notebooks are not beside the installed package.", where="somewhere")

    monkeypatch.setattr(doctor, "notebooks", missing)
    assert fault("notebooks").found == "somewhere: the notebooks are not beside the installed package."
    assert not fault("disk").well


def test_a_full_disk(monkeypatch):
    class Usage:
        free = 1024

    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: Usage)
    assert "less than 200 MB are free" in fault("disk").found


@pytest.mark.parametrize(
    ("program", "well"), [("python", True), ("no-such-interpreter", False)], ids=["jupyter's own", "gone"]
)
def test_the_kernel(monkeypatch, program, well):
    class Spec:
        argv = (program, "-m", "ipykernel_launcher")
        display_name = "Python 3"

    monkeypatch.setattr("jupyter_client.kernelspec.KernelSpecManager.get_kernel_spec", lambda *_: Spec)
    assert fault("kernel").well is well


def test_no_kernel(monkeypatch):
    from jupyter_client.kernelspec import NoSuchKernel

    def missing(*_):
        raise NoSuchKernel("python3")

    monkeypatch.setattr("jupyter_client.kernelspec.KernelSpecManager.get_kernel_spec", missing)
    assert fault("kernel").found == "there is no kernel called python3"


@pytest.mark.parametrize("missing", ["jupyterlab-manager", "anywidget"])
def test_no_widgets(monkeypatch, tmp_path, missing):
    """Each front end is looked for: without one, some widgets stay blank."""
    for name in ("@jupyter-widgets/jupyterlab-manager", "anywidget"):
        if not name.endswith(missing):
            (tmp_path / name).mkdir(parents=True)
            (tmp_path / name / "package.json").write_text('{"version": "1.0"}', encoding="utf-8")
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda _: [str(tmp_path)])
    assert f"no front end {missing}" in fault("widgets").found


def test_what_was_sent_does_not_arrive(monkeypatch):
    """A proxy or a scanner on the loopback interface that answers in the server's place."""

    class Deaf:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return False

        def settimeout(self, _):
            pass

        def getsockname(self):
            return ("127.0.0.1", 1)

        def sendall(self, _):
            pass

        def recv(self, _):
            return b""

        def accept(self):
            return self, None

    monkeypatch.setattr(doctor.socket, "create_server", lambda *_: Deaf())
    monkeypatch.setattr(doctor.socket, "create_connection", lambda *_, **__: Deaf())
    assert fault("loopback").found == "what was sent did not arrive"
