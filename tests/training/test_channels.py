"""What a training job's container is given: channels in their modes and types, and what SageMaker tells it."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from tests.training.made import left, put, run, stages

BUCKET = scenario.TRAINING_BUCKET


def channel(name: str, prefix: str, kind: str = "S3Prefix", **more: Any) -> dict[str, Any]:
    """An input channel of the training bucket."""
    source = {"S3DataType": kind, "S3Uri": f"s3://{BUCKET}/{prefix}"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, **more}


CODE = channel("code", "code/readmission/")
SHOW = """
import json, os, pathlib
for name in json.loads(os.environ["SM_CHANNELS"]):
    if name != "code":
        folder = pathlib.Path(os.environ["SM_CHANNEL_" + name.upper().replace("-", "_")])
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                print(name, path.relative_to(folder).as_posix(), path.stat().st_size, path.read_text().strip())
"""


def read_calls(lab: Lab, name: str) -> list[str]:
    """The S3 operations that a job's agent made, in order."""
    return [
        a.operation for a in lab.ledger if a.place.startswith(f"training job {name}") and a.service == "s3"
    ]


def test_several_channels_each_in_its_mode(solved: Lab) -> None:
    for key, text in {"a/1.txt": "one", "a/deep/2.txt": "two", "b/3.txt": "three"}.items():
        put(f"many/{key}", text)
    channels = [
        channel("train", "many/a/"),
        channel("held-out", "many/b/", InputMode="FastFile", ContentType="text/plain"),
        CODE,
    ]
    described = run(solved, "several", SHOW, InputDataConfig=channels)
    assert described["TrainingJobStatus"] == "Completed"
    assert solved.log("several") == ["held-out 3.txt 5 three", "train 1.txt 3 one", "train deep/2.txt 3 two"]
    assert described["InputDataConfig"][1]["ContentType"] == "text/plain"


def test_fast_file_reads_only_what_is_asked_for(solved: Lab) -> None:
    put("big/0.bin", bytes(range(256)) * 4096 * 8)
    put("big/1.bin", b"never read")
    script = """
import os, pathlib
folder = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"])
print(folder, sorted(os.listdir(folder)), (folder / "1.bin").stat().st_size)
with open(folder / "0.bin", "rb") as file:
    file.seek(-4, os.SEEK_END)
    print(list(file.read()), file.tell(), os.path.getsize(folder / "0.bin"))
    file.seek(3)
    print(list(file.read(2)))
"""
    described = run(
        solved, "fast", script, InputDataConfig=[channel("train", "big/", InputMode="FastFile"), CODE]
    )
    assert described["TrainingJobStatus"] == "Completed"
    assert solved.log("fast") == [
        "/opt/ml/input/data/train ['0.bin', '1.bin'] 10",
        "[252, 253, 254, 255] 8388608 8388608",
        "[3, 4]",
    ]
    # Two lists, the code's download, two ranged reads, the upload.
    assert read_calls(solved, "fast").count("GetObject") == 3


FAST = [
    pytest.param("open(folder + '/1.txt', 'w')", "OSError: [Errno 30] Read-only file system", id="written"),
    pytest.param("os.open(folder + '/1.txt', os.O_RDONLY)", "are opened with open()", id="a file descriptor"),
    pytest.param("import mmap; mmap.mmap(open(folder + '/1.txt', 'rb').fileno(), 0)", "fileno", id="mapped"),
    pytest.param(
        "s3.delete_object(Bucket='meridian-phi-training', Key='few/1.txt'); open(folder + '/1.txt').read()",
        "Input/output error (s3://meridian-phi-training/few/1.txt: An error occurred (NoSuchKey)",
        id="gone meanwhile",
    ),
]


@pytest.mark.parametrize(("line", "said"), FAST)
def test_what_a_streamed_file_refuses(solved: Lab, line: str, said: str) -> None:
    put("few/1.txt", "one")
    script = f"import boto3, os\ns3 = boto3.client('s3')\nfolder = os.environ['SM_CHANNEL_TRAIN']\n{line}"
    described = run(
        solved, "refused", script, InputDataConfig=[channel("train", "few/", InputMode="FastFile"), CODE]
    )
    assert stages(described)[-2:] == ["Training", "Failed"]
    assert said in solved.log("refused")[-1]
    assert left() == []


def test_fast_file_under_network_isolation_still_reads(solved: Lab) -> None:
    put("few/1.txt", "one")
    channels = [channel("train", "few/", InputMode="FastFile"), CODE]
    described = run(solved, "isolated", SHOW, InputDataConfig=channels, EnableNetworkIsolation=True)
    assert described["TrainingJobStatus"] == "Completed"
    assert solved.log("isolated") == ["train 1.txt 3 one"]


def test_fast_file_wants_a_folder(solved: Lab) -> None:
    put("few/1.txt", "one")
    described = run(
        solved, "partial", SHOW, InputDataConfig=[channel("train", "few/1", InputMode="FastFile"), CODE]
    )
    assert stages(described) == ["Starting", "Downloading", "Failed"]
    assert described["FailureReason"] == (
        "ClientError: Data download failed:Failed to download data. For FastFile mode, partial S3 prefix is not "
        "supported."
    )


def test_a_manifest_names_the_objects(solved: Lab) -> None:
    for key in ("a/1.txt", "a/2.txt", "b/3.txt"):
        put(f"listed/{key}", key)
    put("lists/train.json", json.dumps([{"prefix": f"s3://{BUCKET}/listed/"}, "b/3.txt", "a/1.txt"]))
    channels = [channel("train", "lists/train.json", "ManifestFile"), CODE]
    assert run(solved, "listed", SHOW, InputDataConfig=channels)["TrainingJobStatus"] == "Completed"
    assert solved.log("listed") == ["train a/1.txt 7 a/1.txt", "train b/3.txt 7 b/3.txt"]


def test_a_share_of_the_keys_for_the_first_of_two_instances(solved: Lab) -> None:
    for number in range(5):
        put(f"shared/{number}.txt", str(number))
    shared = channel("train", "shared/")
    shared["DataSource"]["S3DataSource"]["S3DataDistributionType"] = "ShardedByS3Key"
    resources = {**solved.job["ResourceConfig"], "InstanceCount": 2}
    run(solved, "shared", SHOW, InputDataConfig=[shared, CODE], ResourceConfig=resources)
    assert [line.split()[1] for line in solved.log("shared")] == ["0.txt", "2.txt", "4.txt"]


REFUSED = [
    (
        channel("train", "few/", InputMode="Pipe"),
        "InputMode of channel train: Pipe is not modelled: use File or FastFile.",
    ),
    (
        channel("train", "few/", "AugmentedManifestFile"),
        "S3DataType AugmentedManifestFile of channel train is not modelled",
    ),
    (
        channel("train", "few/", CompressionType="Gzip"),
        "CompressionType Gzip of channel train: it is used only in Pipe mode.",
    ),
    (
        channel("train", "few/", RecordWrapperType="RecordIO"),
        "RecordWrapperType RecordIO of channel train is not modelled",
    ),
    (
        {
            "ChannelName": "train",
            "DataSource": {
                "FileSystemDataSource": {
                    "FileSystemId": "fs-0123456789",
                    "FileSystemAccessMode": "ro",
                    "FileSystemType": "EFS",
                    "DirectoryPath": "/data",
                }
            },
        },
        "The data source of channel train is FileSystemDataSource: the lab models S3DataSource only.",
    ),
]


@pytest.mark.parametrize(("refused", "message"), REFUSED)
def test_a_channel_that_is_not_modelled_is_refused_by_name(
    lab: Lab, refused: dict[str, Any], message: str
) -> None:
    put("few/1.txt", "one")
    with pytest.raises(ClientError) as raised:
        boto3.client("sagemaker").create_training_job(**{**lab.job, "InputDataConfig": [refused, CODE]})
    assert raised.value.response["Error"]["Code"] == "ValidationException"
    assert message in raised.value.response["Error"]["Message"]


CONTRACT = """
import json, os, pathlib, sys
print(sys.argv[1:], os.environ["SM_HP_RATE"], os.environ["COLOUR"], os.environ["TRAINING_JOB_NAME"])
config = pathlib.Path("/opt/ml/input/config")
print(json.loads((config / "hyperparameters.json").read_text())["rate"])
print(json.loads((config / "inputdataconfig.json").read_text())["train"])
print(json.loads(os.environ["SM_HPS"]), json.loads((config / "resourceconfig.json").read_text())["hosts"])
"""


def test_hyperparameters_are_strings_and_the_environment_is_the_jobs(solved: Lab) -> None:
    parameters = {**solved.job["HyperParameters"], "rate": "0.1", "name": '"quoted"'}
    described = run(solved, "told", CONTRACT, HyperParameters=parameters, Environment={"COLOUR": "blue"})
    assert described["Environment"] == {"COLOUR": "blue"}
    assert described["HyperParameters"] == parameters
    assert solved.log("told") == [
        "['--epochs', '3', '--name', 'quoted', '--rate', '0.1'] 0.1 blue told",
        "0.1",
        "{'TrainingInputMode': 'File', 'S3DistributionType': 'FullyReplicated', 'RecordWrapperType': 'None'}",
        "{'epochs': 3, 'name': 'quoted', 'rate': 0.1} ['algo-1']",
    ]
