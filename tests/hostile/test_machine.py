"""A hostile machine: a disk that is full, variables and a profile that lead to a decoy, a kernel that is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lab_env.compliance.report import Report
from lab_env.errors import CannotWrite, InvalidInput
from lab_env.snapshot.files import read_path, write_path
from lab_env.views.topology import Picture
from tests.hostile.test_serve import Decoy
from tests.network.builder import with_nat

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has neither these signals nor these limits")
WRITERS = {
    "picture": lambda path: Picture("<svg/>", "a picture").save(path),
    "report": lambda path: Report((), ()).html(path),
    "snapshot": lambda path: write_path(with_nat(), path),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("where", ["a file is no folder", "a null"])
def test_what_cannot_be_written_is_told(tmp_path, writer, where):
    """By its path and the system's reason; and the disk is as it was."""
    tmp_path.joinpath("file").write_text("mine")
    path = tmp_path / "file" / "x" if where == "a file is no folder" else f"{tmp_path}/a\0b"
    with pytest.raises(CannotWrite, match="cannot be written"):
        WRITERS[writer](path)
    assert [item.name for item in tmp_path.iterdir()] == ["file"]
    assert tmp_path.joinpath("file").read_text() == "mine"


def run(program, **environment):
    command = [sys.executable, "-c", textwrap.dedent(program)]
    given = os.environ | environment
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=given)


FULL = """
    import resource, signal
    import boto3
    from lab_env import Lab, scenario
    from lab_env.errors import LabError

    lab = Lab.start(chapter=5)
    scenario.build_endpoint(boto3.client)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    boto3.client("sagemaker").create_training_job(**lab.job | {"TrainingJobName": "full"})
    print(str(lab.wait("full")).split("\\n")[0])
    try:
        lab.diagram()
    except LabError as error:
        print(type(error).__name__)
    print(lab.trace(subnet=lab.names.subnet_a).trace.reached)
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    boto3.client("sagemaker").create_training_job(**lab.job | {"TrainingJobName": "room"})
    print(str(lab.wait("room"))[-9:])
"""


@POSIX
def test_a_disk_without_room():
    """A job fails as a job, the cloud goes on, and with room again the next job trains."""
    done = run(FULL)
    told = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert told[0] == "full: Starting · Downloading · Failed"
    assert set(told[1:-2]) <= {"LabError"}
    assert told[-2:] == ["True", "Completed"]


READ_ONLY = """
    import boto3
    from lab_env import Lab, scenario
    from lab_env.errors import CannotWrite

    lab = Lab.start(chapter=5)
    scenario.build_endpoint(boto3.client)
    print(lab.trace(subnet=lab.names.subnet_a).trace.reached)
    print(str(lab.check("5.1"))[:10])
    lab.diagram()
    try:
        lab.diagram().save("picture.svg")
    except CannotWrite as error:
        print(error)
    boto3.client("sagemaker").create_training_job(**lab.job | {"TrainingJobName": "ro"})
    print(lab.wait("ro"))
"""
# Every folder that this machine's own settings would let a kernel write to is mounted again, to be read only.
REMOUNT = """
    mount -o remount,ro,bind / || exit 77
    for place in /tmp /var/tmp /dev/shm "$HOME" "$PWD"; do
        if [ -d "$place" ]; then mount --bind "$place" "$place" && mount -o remount,ro,bind "$place" || exit 77; fi
    done
    cd "$PWD"
    if mktemp >/dev/null 2>&1 || touch "$PWD/x" /dev/shm/x 2>/dev/null; then exit 77; fi
    exec "$@"
"""


def remounted(program, cwd):
    """The program in a mount namespace of its own, in which nothing can be written."""
    command = [
        "unshare",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        textwrap.dedent(REMOUNT),
        "sh",
        sys.executable,
    ]
    command += ["-B", "-c", textwrap.dedent(program)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=cwd)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="Linux's mount namespaces make a disk read-only")
def test_a_disk_that_is_read_only(tmp_path):
    """The lesson goes on; what cannot be kept is told, and a job says that the machine is at fault."""
    done = remounted(READ_ONLY, tmp_path)
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip("this machine lets nobody mount in a namespace of their own")
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert told[:2] == ["True", "✓ 5.1 done"]
    assert (
        told[2] == "picture.svg: cannot be written (Read-only file system). Give another path, or make room."
    )
    assert told[3:5] == [
        "ro: Starting · Failed",
        "  InternalServerError: We encountered an internal error. Please try again.",
    ]
    assert "This machine, not SageMaker: no folder for temporary files can be written" in told[5]
    assert "Set TMPDIR to one that can, and start the kernel again." in " ".join(done.stdout.split())


WORK = """
    import boto3
    from lab_env import Lab, scenario

    lab = Lab.start(chapter=5)
    scenario.build_endpoint(boto3.client)
    boto3.client("sagemaker").create_training_job(**lab.job | {"TrainingJobName": "x"})
    print(str(lab.wait("x"))[-9:])
    with lab.session_in(lab.names.subnet_a, role=scenario.TRAINING_ROLE) as inside:
        inside.client("s3").list_objects_v2(Bucket=scenario.TRAINING_BUCKET)
    print(lab.attacker.client("sts").get_caller_identity()["Account"])
    print(len(lab.audit("NET").controls), boto3.client("sts").get_caller_identity()["Account"])
"""


def test_nothing_is_sent_where_the_machine_would_lead(tmp_path):
    """Real-looking keys, a profile, endpoints, proxies: neither a job nor the attacker nor the audit comes there."""
    decoy = Decoy()
    url = f"http://127.0.0.1:{decoy.port}"
    home = tmp_path / ".aws"
    home.mkdir()
    home.joinpath("config").write_text(f"[profile real]\nregion = eu-west-1\nendpoint_url = {url}\n")
    home.joinpath("credentials").write_text(
        "[real]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n"
    )
    variables = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS", "HTTP_PROXY", "HTTPS_PROXY",
                 "ALL_PROXY", "http_proxy", "https_proxy", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                 "AWS_EC2_METADATA_SERVICE_ENDPOINT")  # fmt: skip
    led = dict.fromkeys(variables, url) | {"AWS_PROFILE": "real", "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
                                           "AWS_SECRET_ACCESS_KEY": "real", "HOME": str(tmp_path)}  # fmt: skip
    done = run(WORK, **led)
    decoy.close()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Completed", "999988887777", "6 123456789012"]
    assert decoy.visitors == []
    assert "AKIAREAL" not in done.stdout + done.stderr


KILLED = """
    import sys, time
    import boto3
    from lab_env import Lab, scenario

    print("started", flush=True)
    lab = Lab.start(chapter=5)
    print("open", flush=True)
    scenario.build_endpoint(boto3.client)
    boto3.client("sagemaker").create_training_job(**lab.job | {"TrainingJobName": "x"})
    print("job", flush=True)
    lab.wait("x")
    print("over", flush=True)
    time.sleep(60)
"""


def children(pid):
    """Processes that a kernel left behind, by the system's own list."""
    found = []
    for status in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"KILLED_KERNEL={pid}".encode() in status.read_bytes():
                found.append(int(status.parent.name))
    return found


# ``PRIVATE_PATH_LONG=1`` kills at every step.
STEPS = ("started", "open", "job", "over") if os.environ.get("PRIVATE_PATH_LONG") else ("job",)


@POSIX
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_kernel_leaves_nothing_that_runs(step):
    """kill -9 at each step: its job's processes end too, and the next start works as if nothing had been."""
    mark = f"{os.getpid()}-{step}"
    command = [sys.executable, "-c", textwrap.dedent(KILLED)]
    given = os.environ | {"KILLED_KERNEL": mark}
    kernel = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=given)
    for line in kernel.stdout:
        if line.strip() == step:
            break
    kernel.send_signal(signal.SIGKILL)
    kernel.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while Path("/proc").exists() and children(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path("/proc").exists() or children(mark) == []
    done = run("from lab_env import Lab; print(Lab.start(chapter=5).trace(on_premises=True).trace.outcome)")
    assert done.stdout == "dropped\n", done.stderr


def test_a_folder_where_a_file_should_be(tmp_path):
    tmp_path.joinpath("vpcs.json").mkdir()
    with pytest.raises(InvalidInput):
        read_path(tmp_path)
