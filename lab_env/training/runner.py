"""The job's process: what SageMaker's agent does around the container, on the job's own network interface.

The kernel writes one job as a line of JSON to this process's standard input, and reads events as lines of JSON from its
standard output. When standard input ends, the kernel is gone, and so is the job.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any, TextIO, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from lab_env.dataplane import remote
from lab_env.training import container
from lab_env.training.container import aws_free
from lab_env.training.failures import algorithm_failure, download_failure, upload_failure


class JobFailed(Exception):
    """The job ends here; the message is its ``FailureReason``."""


class Job:
    """One training job, from its download to its upload.

    Args:
        spec: what `lab_env.training.jobs` writes: the request, credentials, Region, port and tokens.
        folder: an empty folder of its own.
        events: where events are written.
    """

    def __init__(self, spec: dict[str, Any], folder: Path, events: TextIO) -> None:
        self._spec, self._request, self._events = spec, spec["request"], events
        self._layout = container.Layout(folder)
        self._layout.make()
        self._script: subprocess.Popen[str] | None = None
        self.stopping = Event()
        keys = spec["credentials"]
        session = boto3.Session(
            keys["access_key"], keys["secret_key"], keys["token"], region_name=spec["region"]
        )
        self._s3 = session.client("s3", config=Config(retries={"total_max_attempts": 1}))

    def run(self) -> None:
        """Download, train, upload; raises `JobFailed` with the reason at the first step that fails."""
        self._download()
        self._train()
        self._upload()

    def stop(self) -> None:
        """End at the next step; a script that runs is killed. What it has written is not uploaded."""
        self.stopping.set()
        if self._script is not None:
            self._script.kill()

    def _go_on(self) -> None:
        if self.stopping.is_set():
            raise JobFailed("stopped")

    def say(self, event: str, **facts: Any) -> None:
        """Tell the kernel what happens."""
        self._events.write(json.dumps({"event": event, **facts}) + "\n")
        self._events.flush()

    def _download(self) -> None:
        self.say("stage", stage="Downloading")
        wanted: list[tuple[str, str, Path]] = []
        for channel in self._request.get("InputDataConfig", []):
            wanted += self._objects(channel)
        for number, (bucket, key, path) in enumerate(wanted, 1):
            self._go_on()
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with path.open("wb") as file:
                    for block in self._s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1 << 20):
                        file.write(block)
            except Exception as error:
                raise JobFailed(download_failure(error, bucket, key)) from error
            self.say("downloaded", done=number, of=len(wanted))

    def _objects(self, channel: dict[str, Any]) -> list[tuple[str, str, Path]]:
        bucket, prefix = split_uri(channel["DataSource"]["S3DataSource"]["S3Uri"])
        folder = self._layout.channel(channel["ChannelName"])
        folder.mkdir(parents=True, exist_ok=True)
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        except Exception as error:
            raise JobFailed(download_failure(error, bucket, prefix)) from error
        # As on SageMaker, a key keeps the part of its path that follows the prefix's last slash.
        stem = prefix.rpartition("/")[0]
        return [(bucket, key, folder / key[len(stem) :].lstrip("/")) for key in keys if not key.endswith("/")]

    def _train(self) -> None:
        self._go_on()
        self.say("stage", stage="Training")
        given = dict(self._request.get("HyperParameters") or {})
        program = _plain(given.pop(container.PROGRAM, ""))
        source = _plain(given.pop(container.SUBMIT_DIRECTORY, ""))
        own = {name: value for name, value in given.items() if not name.startswith("sagemaker_")}
        self._fetch_code(source)
        variables = container.environment(
            self._layout,
            [channel["ChannelName"] for channel in self._request.get("InputDataConfig", [])],
            own,
            self._request.get("Environment") or {},
        )
        command = [sys.executable, "-u", "-m", "lab_env.training.container", str(self._layout.code / program)]
        self._script = subprocess.Popen(
            [*command, *container.arguments(own)],
            env={**aws_free(os.environ), **variables, **self._container_network()},
            cwd=self._layout.code,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        for line in cast(IO[str], self._script.stdout):
            # The container knows its folder as /opt/ml, and so do its logs.
            self.say("log", line=line.rstrip("\n").replace(str(self._layout.root), container.ROOT))
        if code := self._script.wait():
            raise JobFailed(algorithm_failure(code, self._layout.said_of_failure()))

    def _fetch_code(self, source: str) -> None:
        if source.startswith("s3://"):
            bucket, key = split_uri(source)
            archive = self._layout.root / "sourcedir.tar.gz"
            try:
                archive.write_bytes(self._s3.get_object(Bucket=bucket, Key=key)["Body"].read())
            except Exception as error:
                raise JobFailed(algorithm_failure(1, f"framework error: {error}")) from error
        else:
            archive = self._layout.local(source)
        if not archive.is_file():
            raise JobFailed(algorithm_failure(1, f"framework error: no such file: {source}"))
        container.unpack(archive, self._layout.code)

    def _container_network(self) -> dict[str, str]:
        if self._request.get("EnableNetworkIsolation"):
            return {}
        keys = self._spec["credentials"]
        self._layout.trusted.write_text(self._spec["certificates"])
        return {
            **dict.fromkeys(container.TRUST_VARIABLES, str(self._layout.trusted)),
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_SESSION_TOKEN": keys["token"],
            "AWS_DEFAULT_REGION": self._spec["region"],
            container.PORT_VARIABLE: str(self._spec["port"]),
            container.TOKEN_VARIABLE: self._spec["container_token"],
        }

    def _upload(self) -> None:
        self._go_on()
        self.say("stage", stage="Uploading")
        bucket, prefix = split_uri(self._request["OutputDataConfig"]["S3OutputPath"])
        key = "/".join(part for part in (prefix.rstrip("/"), self._request["TrainingJobName"]) if part)
        kms = self._request["OutputDataConfig"].get("KmsKeyId")
        extra = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms} if kms else {}
        try:
            self._s3.put_object(
                Bucket=bucket, Key=f"{key}/output/model.tar.gz", Body=pack(self._layout.model), **extra
            )
        except Exception as error:
            raise JobFailed(upload_failure(error)) from error


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key (or prefix) of an ``s3://`` URI."""
    parts = urlsplit(uri)
    return parts.netloc, parts.path.lstrip("/")


def pack(folder: Path) -> bytes:
    """A folder as ``tar.gz``, the same bytes each time: names in order, no times, no owners."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w") as archive,
    ):
        for path in sorted(folder.rglob("*")):
            facts = archive.gettarinfo(path, path.relative_to(folder).as_posix())
            facts.mtime, facts.uid, facts.gid, facts.uname, facts.gname = 0, 0, 0, "", ""
            with path.open("rb") if path.is_file() else io.BytesIO() as content:
                archive.addfile(facts, content)
    return packed.getvalue()


def _plain(value: str) -> str:
    # The SageMaker SDK writes hyperparameters as JSON texts; people write them plainly.
    return str(json.loads(value)) if value.startswith('"') else value


def _end_with_kernel(job: Job, folder: Path) -> None:
    # Not sys.stdin: a thread that waits in its buffer would trip the interpreter as it ends.
    told = os.read(0, 64)
    # Told to stop, or the kernel is gone: either way nothing may be left.
    job.stop()
    if not told:
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)


def main() -> None:
    """Run the one job that the first line of standard input names."""
    spec = json.loads(_first_line())
    # Whatever a library prints must not be taken for an event.
    events, sys.stdout = sys.stdout, sys.stderr
    remote.install(spec["port"], spec["agent_token"])
    with tempfile.TemporaryDirectory(prefix="private-path-") as name:
        folder = Path(name).resolve()
        job = Job(spec, folder, events)
        Thread(target=_end_with_kernel, args=(job, folder), daemon=True).start()
        try:
            job.run()
        except JobFailed as failure:
            if job.stopping.is_set():
                job.say("stopped")
            else:
                job.say("failed", reason=str(failure))
        else:
            job.say("completed")


def _first_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1 << 16)
    return line


if __name__ == "__main__":
    main()
