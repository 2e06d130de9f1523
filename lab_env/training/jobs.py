"""``CreateTrainingJob`` that trains: the kernel's side of each job's process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Condition, Lock, Thread
from typing import Any

from moto.core.models import botocore_stubber

from lab_env.cloud.clock import LabClock
from lab_env.cloud.mock import MockCloud
from lab_env.cloud.refusals import AwsError
from lab_env.cloud.sagemaker import TrainingJobRecord
from lab_env.dataplane.outbound import JobDoor
from lab_env.dataplane.places import Keys
from lab_env.dataplane.seam import DataPlane
from lab_env.dataplane.sink import Sink
from lab_env.errors import NotFound, TimedOut
from lab_env.training import instances
from lab_env.training.admission import admit
from lab_env.training.failures import INTERNAL, full_subnet
from lab_env.training.instances import JobNetwork
from lab_env.training.logs import JobLogs
from lab_env.training.process import JobProcess
from lab_env.training.waiters import shorten

# DescribeTrainingJob's StatusMessage of each secondary status.
MESSAGES = {
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
}


@dataclass
class TrainingJob:
    """A job as the kernel knows it: its record in moto, its place in the network, and what it has said so far."""

    record: TrainingJobRecord
    request: Mapping[str, Any]
    clock: LabClock
    network: JobNetwork = field(default_factory=JobNetwork)
    stages: list[str] = field(default_factory=lambda: ["Starting"])
    downloaded: tuple[int, int] = (0, 0)
    log: list[str] = field(default_factory=list)
    process: JobProcess | None = None
    over: bool = False


class TrainingService:
    """Runs training jobs, each in a process of its own.

    Args:
        cloud: where their records, roles and network interfaces are.
        plane: the network their calls go through.

    ``sink`` is what hosts outside AWS received from them.
    """

    def __init__(self, cloud: MockCloud, plane: DataPlane) -> None:
        self._cloud, self._plane = cloud, plane
        self.sink = Sink()
        self._door: JobDoor | None = None
        self._opening = Lock()
        self._jobs: dict[str, TrainingJob] = {}
        self._changed = Condition()
        self._logs = JobLogs(cloud)
        self._closing = False
        shorten(cloud.patches)
        cloud.intercept("sagemaker", "CreateTrainingJob", self._create)
        cloud.intercept("sagemaker", "StopTrainingJob", self._stop)

    def job(self, name: str) -> TrainingJob:
        """The job of this name.

        Raises:
            NotFound: when no job of this lab has the name.
        """
        try:
            return self._jobs[name]
        except KeyError:
            known = ", ".join(sorted(self._jobs)) or "none yet"
            raise NotFound(
                f"there is no training job {name!r}.",
                do=f"Create it with sagemaker.create_training_job(...). Jobs of this lab: {known}.",
            ) from None

    def vpc_configs(self) -> list[Mapping[str, Any]]:
        """The ``VpcConfig`` of each job that has one, oldest job first."""
        return [job.request["VpcConfig"] for job in self._jobs.values() if job.request.get("VpcConfig")]

    def wait(
        self, name: str, seconds: float, tell: Callable[[TrainingJob], None] | None = None
    ) -> TrainingJob:
        """Wait until a job is over.

        Args:
            name: the job's name.
            seconds: how long to wait at most, in real seconds.
            tell: called with the job each time it has something new to say.

        Raises:
            NotFound: when there is no such job.
            TimedOut: when it is not over in time; it goes on.
        """
        job = self.job(name)
        with self._changed:
            while not job.over:
                if not self._changed.wait(seconds):
                    raise TimedOut(
                        f"training job {name!r} said nothing for {seconds:.0f} seconds.",
                        do="It may still be running: wait for it once more, or stop it with "
                        f"sagemaker.stop_training_job(TrainingJobName={name!r}).",
                    )
                if tell is not None:
                    tell(job)
        return job

    def close(self) -> None:
        """End every job that still runs, wait until each has let go of what it held, and stop serving."""
        self._closing = True
        with self._changed:
            for job in self._jobs.values():
                while not job.over:
                    if job.process is not None:
                        job.process.end()
                    self._changed.wait(0.1)
        if self._door is not None:
            self._door.close()

    def _create(self, request: dict[str, Any], _: object, region: str) -> dict[str, Any]:
        keys = admit(self._cloud, request, region)
        clock = LabClock(self._cloud.clock.now())
        record = TrainingJobRecord(self._cloud.account, region, request, clock.now())
        job = self._jobs[record.name] = TrainingJob(record, request, clock)
        try:
            job.network = instances.take(self._cloud, request)
        except instances.FullSubnet as full:
            self._end(job, "Failed", full_subnet(str(full)))
        else:
            self._plane.forget()
            Thread(target=self._run, args=(job, keys, region), name=f"job-{record.name}", daemon=True).start()
        return {"TrainingJobArn": record.arn}

    def _stop(self, request: dict[str, Any], _: object, region: str) -> dict[str, Any]:
        name = request["TrainingJobName"]
        job = self._jobs.get(name)
        if job is None:
            arn = f"arn:aws:sagemaker:{region}:{self._cloud.account}:training-job/{name}"
            raise AwsError("ValidationException", f"Requested resource not found: {arn}", 400)
        if job.over:
            raise AwsError(
                "ValidationException",
                f"The request was rejected because the training job is in status {job.record.status}.",
                400,
            )
        job.record.move("Stopping", "Stopping", "Stopping the training job", job.clock.tick())
        if job.process is not None:
            job.process.stop()
        return {}

    def _run(self, job: TrainingJob, keys: Keys, region: str) -> None:
        door = self._open_door()
        tokens = [door.admit(job.network.place(job.record.name, number), job.clock) for number in (0, 1)]
        spec = {
            "request": dict(job.request),
            "region": region,
            "credentials": {
                "access_key": keys.access_key,
                "secret_key": keys.secret_key,
                "token": keys.token,
            },
            "port": door.port,
            "container_token": tokens[0],
            "agent_token": tokens[1],
            "certificates": door.certificates,
        }
        outcome, reason = "Failed", INTERNAL
        try:
            outcome, reason = self._follow(job, spec)
        finally:
            for token in tokens:
                door.dismiss(token)
            self._end(job, outcome, reason)

    def _open_door(self) -> JobDoor:
        with self._opening:
            if self._door is None:
                self._door = JobDoor(
                    self._plane, botocore_stubber.process_request, self.sink, self._cloud.clock
                )
            return self._door

    def _follow(self, job: TrainingJob, spec: dict[str, Any]) -> tuple[str, str]:
        outcome, reason = "Failed", INTERNAL
        if self._closing:
            return outcome, reason
        job.process = JobProcess(spec)
        for said in job.process.events():
            outcome, reason = self._hear(job, said) or (outcome, reason)
        # A fault of the lab's own is shown where the learner looks: in the job's log.
        job.log.extend(job.process.complaints)
        return outcome, reason

    def _hear(self, job: TrainingJob, said: dict[str, Any]) -> tuple[str, str] | None:
        ended = None
        with self._changed:
            match said["event"]:
                case "stage":
                    stage = said["stage"]
                    now = job.clock.tick()
                    if stage == "Downloading":
                        job.record.started_training(now)
                    job.stages.append(stage)
                    job.record.move("InProgress", stage, MESSAGES[stage], now)
                case "downloaded":
                    job.downloaded = (said["done"], said["of"])
                case "log":
                    job.log.append(said["line"])
                case "completed":
                    ended = ("Completed", "")
                case "failed":
                    ended = ("Failed", said["reason"])
                case "stopped":
                    ended = ("Stopped", "")
            self._changed.notify_all()
        return ended

    def _end(self, job: TrainingJob, outcome: str, reason: str) -> None:
        self._logs.write(job.record.name, job.log, job.clock)
        instances.give_back(self._cloud, job.network)
        self._plane.forget()
        with self._changed:
            now = job.clock.tick()
            job.record.ended(now)
            if outcome == "Completed":
                job.record.completed()
            if outcome == "Failed":
                job.record.failed(reason)
            job.record.move(outcome, outcome, MESSAGES[outcome], now)
            job.stages.append(outcome)
            job.over = True
            self._changed.notify_all()
