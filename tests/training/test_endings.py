"""How a training job ends, and what it leaves: its statuses, its reason, its artifacts, its log."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from threading import Timer
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from tests.training.made import content, create, files, left, put, run, stages, until

MODEL, CHECKPOINTS = "readmission", f"s3://{scenario.MODEL_BUCKET}/checkpoints/mine"
LOOP = """
import os, pathlib, time
pathlib.Path(os.environ["SM_MODEL_DIR"], "epoch-1.json").write_text("1")
print("begun", flush=True)
while True:
    time.sleep(0.01)
"""
STUBBORN = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, lambda *_: print("not yet", flush=True))
pathlib.Path(os.environ["SM_MODEL_DIR"], "half.json").write_text("{")
print("begun", flush=True)
while True:
    time.sleep(0.01)
"""
GRACEFUL = """
import os, pathlib, signal, sys, time
def save(*_):
    pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json").write_text("saved in time")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("begun", flush=True)
while True:
    time.sleep(0.01)
"""
SOON = {"MaxRuntimeInSeconds": 3}


def stop(lab: Lab, name: str) -> Any:
    """Stop a job whose script has begun, and wait for its end."""
    sagemaker = boto3.client("sagemaker")
    until(lambda: lab.log(name), "the script never began")
    sagemaker.stop_training_job(TrainingJobName=name)
    lab._training.wait(name, 30)
    return sagemaker.describe_training_job(TrainingJobName=name)


def test_an_endless_loop_ends_by_its_time_limit(solved: Lab) -> None:
    described = run(solved, "endless", LOOP, StoppingCondition=SOON)
    assert described["TrainingJobStatus"] == "Stopped"
    assert described["SecondaryStatus"] == "MaxRuntimeExceeded"
    assert stages(described) == [
        "Starting",
        "Downloading",
        "Training",
        "Stopping",
        "Uploading",
        "MaxRuntimeExceeded",
    ]
    assert described["SecondaryStatusTransitions"][-1]["StatusMessage"] == (
        "Training job runtime exceeded MaxRuntimeInSeconds provided"
    )
    assert described["TrainingTimeInSeconds"] >= 3
    assert "FailureReason" not in described
    uri = f"{MODEL}/endless/output/model.tar.gz"
    assert described["ModelArtifacts"]["S3ModelArtifacts"].endswith(uri)
    assert files(content(uri)) == {"epoch-1.json": b"1"}
    assert solved.log("endless") == ["begun"]


def test_a_script_saves_its_model_when_it_is_told_to_stop(solved: Lab) -> None:
    create(solved, "graceful", GRACEFUL)
    described = stop(solved, "graceful")
    assert described["TrainingJobStatus"] == described["SecondaryStatus"] == "Stopped"
    assert stages(described) == ["Starting", "Downloading", "Training", "Stopping", "Uploading", "Stopped"]
    assert files(content(f"{MODEL}/graceful/output/model.tar.gz")) == {"model.json": b"saved in time"}


def test_a_script_that_will_not_stop_is_killed_and_leaves_nothing(solved: Lab) -> None:
    create(solved, "stubborn", STUBBORN)
    described = stop(solved, "stubborn")
    assert stages(described) == ["Starting", "Downloading", "Training", "Stopping", "Stopped"]
    assert solved.log("stubborn") == ["begun", "not yet"]
    assert "ModelArtifacts" not in described
    assert left() == []


def test_a_job_that_is_stopped_before_its_script_began_leaves_nothing(solved: Lab) -> None:
    create(solved, "early", LOOP)
    boto3.client("sagemaker").stop_training_job(TrainingJobName="early")
    assert solved._training.wait("early", 30).record.status == "Stopped"
    assert left() == []
    assert solved.log("early") == []


def test_metrics_are_read_from_the_log(solved: Lab) -> None:
    algorithm = {
        **solved.job["AlgorithmSpecification"],
        "MetricDefinitions": [
            {"Name": "loss", "Regex": r"loss ([0-9.]+)"},
            {"Name": "accuracy", "Regex": r"accuracy ([0-9.]+)"},
            {"Name": "absent", "Regex": r"nothing ([0-9.]+)"},
        ],
    }
    described = run(solved, "measured", AlgorithmSpecification=algorithm)
    assert [(m["MetricName"], m["Value"]) for m in described["FinalMetricDataList"]] == [
        ("loss", pytest.approx(0.48)),
        ("accuracy", pytest.approx(0.85)),
    ]


def test_a_metric_that_cannot_be_read_is_refused(lab: Lab) -> None:
    algorithm = {
        **lab.job["AlgorithmSpecification"],
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss (["}],
    }
    with pytest.raises(boto3.client("sagemaker").exceptions.ClientError, match="metric loss cannot be read"):
        create(lab, "unread", AlgorithmSpecification=algorithm)


RESUME = """
import pathlib
folder = pathlib.Path("/opt/ml/checkpoints")
before = sorted(path.name for path in folder.iterdir())
print("resumes from", before, flush=True)
(folder / f"epoch-{len(before) + 1}.json").write_text("weights")
if len(before) == 1:
    raise ValueError("interrupted")
"""


def test_checkpoints_outlive_a_job_that_fails_and_feed_the_next(solved: Lab) -> None:
    checkpoints = {"S3Uri": CHECKPOINTS}
    assert run(solved, "first", RESUME, CheckpointConfig=checkpoints)["TrainingJobStatus"] == "Completed"
    failed = run(solved, "second", RESUME, CheckpointConfig=checkpoints)
    assert "ValueError: interrupted" in failed["FailureReason"]
    assert left(prefix=f"{MODEL}/second") == []
    run(solved, "third", RESUME, CheckpointConfig=checkpoints)
    assert [solved.log(name)[0] for name in ("first", "second", "third")] == [
        "resumes from []",
        "resumes from ['epoch-1.json']",
        "resumes from ['epoch-1.json', 'epoch-2.json']",
    ]
    assert left(prefix="checkpoints/") == [f"checkpoints/mine/epoch-{number}.json" for number in (1, 2, 3)]


def test_what_stands_in_the_output_folder_is_an_archive_of_its_own(solved: Lab) -> None:
    script = (
        "import os, pathlib\npathlib.Path(os.environ['SM_OUTPUT_DATA_DIR'], 'report.txt').write_text('fine')\n"
        "pathlib.Path('/opt/ml/model/model.bin').write_bytes(bytes(20 << 20))"
    )
    described = run(solved, "reporting", script)
    assert described["TrainingJobStatus"] == "Completed"
    assert left(prefix=MODEL) == [f"{MODEL}/reporting/output/{name}.tar.gz" for name in ("model", "output")]
    assert files(content(f"{MODEL}/reporting/output/output.tar.gz")) == {"report.txt": b"fine"}
    assert len(files(content(f"{MODEL}/reporting/output/model.tar.gz"))["model.bin"]) == 20 << 20


def test_a_model_of_several_parts_arrives_whole(solved: Lab) -> None:
    script = "import os, pathlib\npathlib.Path('/opt/ml/model/noise.bin').write_bytes(os.urandom(33 << 20))"
    assert run(solved, "large", script)["TrainingJobStatus"] == "Completed"
    parts = [
        a.operation for a in solved.ledger if a.place.startswith("training job large") and a.service == "s3"
    ]
    assert parts[-5:] == ["CreateMultipartUpload", *["UploadPart"] * 3, "CompleteMultipartUpload"]
    assert len(files(content(f"{MODEL}/large/output/model.tar.gz"))["noise.bin"]) == 33 << 20


# Linux has a device that is always full; elsewhere the script says what the system would.
FULL = """
import errno, os
if not os.path.exists("/dev/full"):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
with open("/dev/full", "w") as file:
    file.write("a model")
"""


def test_a_full_disk_in_the_script_is_the_scripts_failure(solved: Lab) -> None:
    described = run(solved, "full", FULL)
    assert stages(described) == ["Starting", "Downloading", "Training", "Failed"]
    assert "OSError: [Errno 28] No space left on device" in described["FailureReason"]
    assert left() == []


def test_a_volume_too_small_for_its_data_fails_the_download(solved: Lab) -> None:
    # 17 channels with one object of 64 MB: each has a folder of its own, and the volume holds them all.
    put("large/0", bytes(64 << 20))
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{scenario.TRAINING_BUCKET}/large/"}
    more = [{"ChannelName": f"more-{number}", "DataSource": {"S3DataSource": source}} for number in range(17)]
    channels = [*solved.job["InputDataConfig"], *more]
    small = {**solved.job["ResourceConfig"], "VolumeSizeInGB": 1}
    described = run(solved, "crammed", InputDataConfig=channels, ResourceConfig=small)
    assert stages(described) == ["Starting", "Downloading", "Failed"]
    assert described["FailureReason"] == "ClientError: Data download failed:Insufficient disk space"
    assert left() == []


@pytest.fixture
def kernel_heeds_interrupts() -> Iterator[None]:
    """A kernel's own way with SIGINT; a test runner's worker may have another."""
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, kept)


@pytest.mark.usefixtures("kernel_heeds_interrupts")
def test_an_interrupt_of_the_cell_that_waits_is_not_the_jobs(solved: Lab) -> None:
    create(solved, "waited", "import time; print('begun', flush=True); time.sleep(2); print('done')")
    until(lambda: solved.log("waited"), "the script never began")

    Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        solved.wait("waited", seconds=10)
    assert solved._training.wait("waited", 30).record.status == "Completed"
    assert solved.log("waited") == ["begun", "done"]
