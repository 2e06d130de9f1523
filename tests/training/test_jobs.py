"""Training jobs end to end: real processes, real calls through the seam."""

from __future__ import annotations

import io
import json
import os
import tarfile
import time
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from lab_env.errors import NotFound
from tests.training.made import archive, left, run, stages, until

ENDLESS = "import os, time; print('process', os.getpid(), flush=True); time.sleep(600)"


def alive(process: int) -> bool:
    """Whether a process of this machine still runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_job_trains_and_leaves_its_model_and_its_log(solved: Lab) -> None:
    described = run(solved, "good")
    assert described["TrainingJobStatus"] == described["SecondaryStatus"] == "Completed"
    assert stages(described) == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert described["BillableTimeInSeconds"] > 0
    uri = described["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == "s3://meridian-model-artifacts/readmission/good/output/model.tar.gz"
    body = (
        boto3.client("s3").get_object(Bucket=scenario.MODEL_BUCKET, Key=uri.split("/", 3)[3])["Body"].read()
    )
    with tarfile.open(fileobj=io.BytesIO(body)) as model:
        learned = json.load(model.extractfile("model.json"))
    assert learned["features"] == ["age", "length_of_stay", "prior_admissions", "hba1c"]
    assert learned["weights"][3] == max(learned["weights"]), (
        "earlier admissions weigh most in the synthetic data"
    )
    logs = boto3.client("logs")
    stream = logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")["logStreams"][0][
        "logStreamName"
    ]
    assert stream.startswith("good/algo-1-")
    events = logs.get_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=stream)["events"]
    assert [event["message"] for event in events] == solved.log("good")
    assert solved.log("good")[2] == "epoch 3/3 loss 0.48 held-out accuracy 0.85"


def test_the_model_beats_its_stated_baseline(solved: Lab) -> None:
    run(solved, "measured")
    *_, last, baseline = solved.log("measured")
    assert float(last.split()[-1]) > float(baseline.split()[-1]) + 0.2


def test_addresses_are_taken_and_given_back(solved: Lab) -> None:
    ec2 = boto3.client("ec2")

    def free() -> int:
        subnet = ec2.describe_subnets(SubnetIds=[solved.names.subnet_a])["Subnets"][0]
        return int(subnet["AvailableIpAddressCount"])

    before = free()
    boto3.client("sagemaker").create_training_job(
        **{
            **solved.job,
            "TrainingJobName": "two",
            "ResourceConfig": {**solved.job["ResourceConfig"], "InstanceCount": 2},
        }
    )
    assert free() == before - 4
    interfaces = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert all("Association" not in interface for interface in interfaces)
    solved._training.wait("two", 60)
    assert free() == before
    assert not ec2.describe_network_interfaces()["NetworkInterfaces"]


def test_without_vpc_config_it_works_and_nothing_of_ours_governs_it(lab: Lab) -> None:
    job = {**lab.job, "TrainingJobName": "ungoverned"}
    del job["VpcConfig"]
    boto3.client("sagemaker").create_training_job(**job)
    assert lab._training.wait("ungoverned", 60).record.status == "Completed"
    ways = {attempt.trace.flow.source for attempt in lab.ledger if attempt.place.startswith("training job")}
    assert [type(source).__name__ for source in ways] == ["ServiceSource"]
    assert not any(
        hop.resource.startswith(("rtb-", "sg-", "acl-")) for hop in lab.trace(job="ungoverned").trace.forward
    )


def test_a_private_job_leaves_nothing_in_the_model_bucket_when_it_fails(lab: Lab) -> None:
    described = run(lab, "private")
    assert stages(described) == ["Starting", "Downloading", "Failed"]
    assert "ModelArtifacts" not in described
    assert boto3.client("s3").list_objects_v2(Bucket=scenario.MODEL_BUCKET)["KeyCount"] == 0


FAULTY = [
    pytest.param(
        "raise SystemExit(3)",
        'AlgorithmError: ExecuteUserScriptError:\nExitCode 3\nErrorMessage ""\n'
        'Command "python3 train.py --epochs 3", exit code: 3',
        id="exit code",
    ),
    pytest.param(
        "1 / 0",
        'AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "Traceback (most recent call last):\n'
        "  File '/opt/ml/code/train.py', line 1, in <module>\n",
        id="exception",
    ),
    pytest.param(
        "epochs = = 3", "ErrorMessage \"  File '/opt/ml/code/train.py', line 1\n", id="syntax error"
    ),
    pytest.param(
        "1 / 0",
        'ZeroDivisionError: division by zero"\nCommand "python3 train.py --epochs 3", exit code: 1',
        id="the exception's last line",
    ),
    pytest.param(
        "import os, pathlib, sys\n"
        "p = pathlib.Path(os.environ['SM_MODEL_DIR']).parent / 'output' / 'failure'\n"
        "p.write_text('no such column: hba1c'); sys.exit(1)",
        "AlgorithmError: no such column: hba1c, exit code: 1",
        id="failure file",
    ),
    pytest.param(
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "exit code: 137", id="out of memory"
    ),
]


@pytest.mark.parametrize(("script", "reason"), FAULTY)
def test_a_script_that_fails(solved: Lab, script: str, reason: str) -> None:
    described = run(solved, "faulty", script)
    assert stages(described) == ["Starting", "Downloading", "Training", "Failed"]
    assert reason in described["FailureReason"]
    assert left() == []


def test_a_long_log_is_kept_whole(solved: Lab) -> None:
    run(solved, "chatty", "for number in range(10_500):\n    print(number)")
    logs, group = boto3.client("logs"), "/aws/sagemaker/TrainingJobs"
    [stream] = logs.describe_log_streams(logGroupName=group)["logStreams"]
    where = {"logGroupName": group, "logStreamName": stream["logStreamName"]}
    last = logs.get_log_events(**where, limit=10_000, startFromHead=False)["events"]
    first = logs.get_log_events(**where, limit=1, startFromHead=True)["events"]
    assert (first[0]["message"], last[-1]["message"]) == ("0", "10499")


def test_the_log_names_the_containers_own_paths(solved: Lab) -> None:
    run(solved, "traceback", "raise ValueError('no')")
    assert any('File "/opt/ml/code/train.py", line 1' in line for line in solved.log("traceback"))


def test_a_script_killed_from_outside_fails_the_job(solved: Lab) -> None:
    described = run(solved, "killed", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    assert described["FailureReason"].endswith(", exit code: 143")


CALLS_S3 = """
import boto3
body = boto3.client("s3").get_object(Bucket="meridian-phi-training", Key="train/2025-01.csv")["Body"].read()
print(len(body.splitlines()), "lines")
"""


def test_the_scripts_own_boto3_calls_take_the_jobs_way(solved: Lab) -> None:
    assert run(solved, "caller", CALLS_S3)["TrainingJobStatus"] == "Completed"
    assert solved.log("caller") == ["201 lines"]
    assert {a.trace.exit.value for a in solved.ledger if a.place.startswith("training job")} == {
        "gateway-endpoint"
    }


def test_under_network_isolation_the_script_has_neither_keys_nor_network(solved: Lab) -> None:
    described = run(solved, "isolated", CALLS_S3, EnableNetworkIsolation=True)
    assert "NoCredentialsError" in described["FailureReason"]
    assert any("NoCredentialsError" in line for line in solved.log("isolated"))


def test_a_scripts_own_connection_is_lost_where_the_subnet_has_no_way_for_it(solved: Lab) -> None:
    described = run(solved, "leaky", "import socket; socket.create_connection(('192.0.2.1', 443), timeout=5)")
    assert described["TrainingJobStatus"] == "Failed"
    assert solved.log("leaky")[-1] == "TimeoutError: timed out"


def test_stop_ends_a_job_that_runs(solved: Lab) -> None:
    script = "import time; print('running', flush=True); time.sleep(600)"
    boto3.client("s3").put_object(
        Bucket=scenario.TRAINING_BUCKET, Key=scenario.CODE_KEY, Body=archive(script)
    )
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_training_job(**{**solved.job, "TrainingJobName": "endless"})
    until(lambda: solved.log("endless"), "the script never began")
    sagemaker.stop_training_job(TrainingJobName="endless")
    assert solved._training.wait("endless", 30).record.status == "Stopped"
    with pytest.raises(ClientError, match="in status Stopped"):
        sagemaker.stop_training_job(TrainingJobName="endless")


def test_the_standard_waiter_and_describe_agree_with_wait(solved: Lab) -> None:
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_training_job(**{**solved.job, "TrainingJobName": "waited"})
    started = time.monotonic()
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="waited")
    assert time.monotonic() - started < 20, "the waiter's 120 seconds between two looks are shortened"
    described = sagemaker.describe_training_job(TrainingJobName="waited")
    assert described["TrainingJobStatus"] == solved._training.job("waited").record.status == "Completed"


def test_waiting_for_a_job_that_is_not_there_says_which_there_are(lab: Lab) -> None:
    with pytest.raises(NotFound, match="none yet"):
        lab._training.wait("nobody", 1)


def test_a_full_subnet_fails_the_job_and_keeps_nothing(lab: Lab) -> None:
    ec2 = boto3.client("ec2")
    small = ec2.create_subnet(VpcId=lab.names.vpc, CidrBlock="10.20.3.0/28")["Subnet"]["SubnetId"]
    for _ in range(10):
        ec2.create_network_interface(SubnetId=small)
    config = {**lab.job["VpcConfig"], "Subnets": [small]}
    described = run(lab, "crowded", VpcConfig=config)
    assert stages(described) == ["Starting", "Failed"]
    assert described["FailureReason"] == (
        f"ClientError: There are not enough free addresses in subnet '{small}' to satisfy the requested number of "
        "instances."
    )
    assert "TrainingStartTime" not in described
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 10


def test_closing_the_lab_ends_its_jobs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    lab = Lab.start(chapter=5)
    scenario.build_endpoint(boto3.client)
    boto3.client("s3").put_object(
        Bucket=scenario.TRAINING_BUCKET, Key=scenario.CODE_KEY, Body=archive(ENDLESS)
    )
    boto3.client("sagemaker").create_training_job(**{**lab.job, "TrainingJobName": "abandoned"})
    job = lab._training.job("abandoned")
    until(lambda: job.log, "the script never began")
    assert list(tmp_path.iterdir())
    lab.stop()
    assert job.over
    assert list(tmp_path.iterdir()) == []
    script = int(job.log[0].split()[-1])
    until(lambda: not alive(script), "the script outlived its lab")
