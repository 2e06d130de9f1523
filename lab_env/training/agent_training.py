"""A training job, as its agent runs it: download, train in script mode, upload.

Follows *How Amazon SageMaker AI Provides Training Information* and *How Amazon SageMaker Processes Training Output*.
"""

from __future__ import annotations

import tarfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from lab_env.training import container
from lab_env.training.agent import Agent, JobFailed
from lab_env.training.failures import (
    PARTIAL_PREFIX,
    algorithm_failure,
    script_failure,
    upload_failure,
)
from lab_env.training.paths import ROOT
from lab_env.training.storage import Item, join, pack
from lab_env.training.streams import Streams, partial_prefix

CHECKPOINTS = "/opt/ml/checkpoints"


class TrainingWork:
    """One training job, from its download to its upload.

    Args:
        agent: what carries it out.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent, self._request = agent, agent.request
        self._layout, self._storage = agent.layout, agent.storage
        self._checkpoints = self._request.get("CheckpointConfig") or {}

    def run(self) -> None:
        """Download, train, upload.

        Raises:
            JobFailed: with the reason, at the first step that fails.
            JobStopped: when it was stopped; what the container saved in time is uploaded.
        """
        self._download()
        try:
            self._train()
        except JobFailed:
            with suppress(JobFailed):
                self._keep_checkpoints()
            raise
        self._keep_checkpoints()
        self._upload()
        self._agent.go_on()

    def _download(self) -> None:
        self._agent.stage("Downloading")
        self._agent.limit(self._agent.spec["seconds"])
        wanted, streamed = self._earlier_checkpoints(), list[Item]()
        for channel in self._request.get("InputDataConfig", []):
            if self._mode(channel) == "FastFile":
                streamed += self._streamed(channel)
            else:
                wanted += self._objects(channel)
        self._agent.fetch(wanted, self._request["ResourceConfig"].get("VolumeSizeInGB") or 1)
        if streamed:
            self._agent.streams = Streams(self._storage, streamed)
        self._tell_container()

    def _objects(self, channel: dict[str, Any]) -> list[Item]:
        source = channel["DataSource"]["S3DataSource"]
        found = self._agent.find(source, self._layout.channel(channel["ChannelName"]))
        if source.get("S3DataDistributionType") == "ShardedByS3Key":
            # The lab runs the first instance's container: this is its share.
            return found[:: self._request["ResourceConfig"].get("InstanceCount") or 1]
        return found

    def _streamed(self, channel: dict[str, Any]) -> list[Item]:
        source, found = channel["DataSource"]["S3DataSource"], self._objects(channel)
        if source.get("S3DataType") == "S3Prefix" and partial_prefix(source["S3Uri"], found):
            raise JobFailed(PARTIAL_PREFIX)
        return found

    def _earlier_checkpoints(self) -> list[Item]:
        if not self._checkpoints:
            return []
        uri = self._checkpoints["S3Uri"].rstrip("/") + "/"
        return self._agent.find({"S3Uri": uri}, self._checkpoint_folder())

    def _checkpoint_folder(self) -> Path:
        return self._layout.local(self._checkpoints.get("LocalPath") or CHECKPOINTS)

    def _keep_checkpoints(self) -> None:
        if not self._checkpoints:
            return
        try:
            for path in sorted(self._checkpoint_folder().rglob("*")):
                if path.is_file():
                    name = path.relative_to(self._checkpoint_folder()).as_posix()
                    self._storage.upload(path, join(self._checkpoints["S3Uri"], name))
        except Exception as error:
            raise JobFailed(upload_failure(error)) from error

    def _tell_container(self) -> None:
        channels = {
            channel["ChannelName"]: {
                "TrainingInputMode": self._mode(channel),
                "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                    "S3DataDistributionType", "FullyReplicated"
                ),
                "RecordWrapperType": channel.get("RecordWrapperType", "None"),
                **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
            }
            for channel in self._request.get("InputDataConfig", [])
        }
        self._layout.write_config(
            self._layout.config,
            hyperparameters=self._request.get("HyperParameters") or {},
            inputdataconfig=channels,
            resourceconfig={
                "current_host": "algo-1",
                "hosts": ["algo-1"],
                "network_interface_name": "eth0",
                "current_instance_type": self._request["ResourceConfig"].get("InstanceType", ""),
            },
        )

    def _mode(self, channel: dict[str, Any]) -> str:
        default = self._request["AlgorithmSpecification"].get("TrainingInputMode", "File")
        return str(channel.get("InputMode") or default)

    def _train(self) -> None:
        self._agent.stage("Training")
        given = dict(self._request.get("HyperParameters") or {})
        program = container.plain(given.pop(container.PROGRAM, ""))
        source = container.plain(given.pop(container.SUBMIT_DIRECTORY, ""))
        own = {name: value for name, value in given.items() if not name.startswith("sagemaker_")}
        self._fetch_code(source)
        channels = {
            channel["ChannelName"]: self._channel_folder(channel)
            for channel in self._request.get("InputDataConfig", [])
        }
        variables = container.environment(
            self._layout,
            channels,
            own,
            {
                "TRAINING_JOB_NAME": self._request["TrainingJobName"],
                "TRAINING_JOB_ARN": self._agent.spec["arn"],
                **(self._request.get("Environment") or {}),
            },
        )
        arguments = container.arguments(own)
        command = [str(self._layout.code / program), *arguments]
        code = self._agent.run(command, variables, self._layout.code)
        if code and not self._agent.stopped:
            said = self._layout.said(self._layout.failure) or script_failure(
                code, ["python3", program, *arguments], self._agent.last_words()
            )
            raise JobFailed(algorithm_failure(code, said))

    def _channel_folder(self, channel: dict[str, Any]) -> str:
        # Only Python's open reads a streamed channel: a library in C must not find the files' places.
        name = channel["ChannelName"]
        streamed = self._mode(channel) == "FastFile"
        return f"{ROOT}/input/data/{name}" if streamed else str(self._layout.channel(name))

    def _fetch_code(self, source: str) -> None:
        if source.startswith("s3://"):
            archive = self._layout.root / "sourcedir.tar.gz"
            try:
                archive.write_bytes(self._storage.read(source))
            except Exception as error:
                raise JobFailed(algorithm_failure(1, f"framework error: {error}")) from error
        else:
            archive = self._layout.local(source)
        if not archive.is_file():
            raise JobFailed(algorithm_failure(1, f"framework error: no such file: {source}"))
        try:
            container.unpack(archive, self._layout.code)
        except (tarfile.TarError, EOFError, OSError) as error:
            told = str(error).partition("\n")[0].rstrip(":")
            raise JobFailed(algorithm_failure(1, f"framework error: {told}")) from error

    def _upload(self) -> None:
        if self._agent.stopped and (self._agent.killed or not any(self._layout.model.iterdir())):
            # A container that had to be killed may have left half a file.
            return
        self._agent.say("stage", stage="Uploading")
        config = self._request["OutputDataConfig"]
        folder = join(config["S3OutputPath"], self._request["TrainingJobName"], "output")
        key_id = config.get("KmsKeyId") or ""
        try:
            self._send(self._layout.model, f"{folder}/model.tar.gz", key_id)
            if any((self._layout.output / "data").iterdir()):
                self._send(self._layout.output / "data", f"{folder}/output.tar.gz", key_id)
        except Exception as error:
            raise JobFailed(upload_failure(error)) from error
        self._agent.say("artifacts")

    def _send(self, folder: Path, uri: str, key_id: str) -> None:
        archive = self._layout.root / "artifact.tar.gz"
        pack(folder, archive)
        self._storage.upload(archive, uri, key_id)
        archive.unlink()
