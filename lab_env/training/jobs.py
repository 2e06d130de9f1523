"""SageMaker's jobs that really run (``CreateTrainingJob`` and its like): the kernel's side of each job's process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Condition, Lock, Thread
from typing import Any

from moto.core.models import botocore_stubber

from lab_env.cloud import sagemaker_models
from lab_env.cloud.clock import LabClock
from lab_env.cloud.mock import MockCloud
from lab_env.cloud.refusals import AwsError
from lab_env.cloud.sagemaker import JobRecord
from lab_env.dataplane.outbound import JobDoor
from lab_env.dataplane.seam import DataPlane
from lab_env.dataplane.sink import Sink
from lab_env.errors import NotFound, TimedOut
from lab_env.training import instances, volumes
from lab_env.training.admission import Demand
from lab_env.training.agent import MAX_RUNTIME_EXCEEDED
from lab_env.training.companions import blocked
from lab_env.training.failures import INTERNAL, full_subnet, no_companions
from lab_env.training.instances import JobNetwork
from lab_env.training.kinds import KINDS, TRAINING, Kind
from lab_env.training.logs import JobLogs
from lab_env.training.metrics import final_metrics
from lab_env.training.process import JobProcess
from lab_env.training.volumes import VolumeGrant
from lab_env.training.waiters import shorten


@dataclass
class Job:
    """A job as the kernel knows it: its record in moto, its place in the network, and what it has said so far."""

    kind: Kind
    record: JobRecord
    request: Mapping[str, Any]
    demand: Demand
    region: str
    clock: LabClock
    network: JobNetwork = field(default_factory=JobNetwork)
    stages: list[str] = field(default_factory=lambda: ["Starting"])
    downloaded: tuple[int, int] = (0, 0)
    log: list[str] = field(default_factory=list)
    grant: VolumeGrant | None = None
    process: JobProcess | None = None
    over: bool = False


TrainingJob = Job


class TrainingService:
    """Runs SageMaker's jobs, each in a process of its own.

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
        self._jobs: dict[tuple[str, str], Job] = {}
        self._changed = Condition()
        self._logs = JobLogs(cloud)
        self._closing = False
        shorten(cloud.patches)
        sagemaker_models.fill(cloud.patches, cloud.clock)
        for kind in KINDS:
            cloud.intercept("sagemaker", f"Create{kind.title}Job", partial(self._create, kind))
            cloud.intercept("sagemaker", f"Stop{kind.title}Job", partial(self._stop, kind))

    def job(self, name: str) -> Job:
        """The job of this name; of jobs of several kinds that share it, the newest.

        Raises:
            NotFound: when no job of this lab has the name.
        """
        named = [job for (_, known), job in self._jobs.items() if known == name]
        if not named:
            known = ", ".join(sorted({known for _, known in self._jobs})) or "none yet"
            raise NotFound(
                f"there is no training job {name!r}.",
                do=f"Create it with sagemaker.create_training_job(...). Jobs of this lab: {known}.",
            )
        return named[-1]

    def vpc_configs(self) -> list[Mapping[str, Any]]:
        """The ``VpcConfig`` of each training job that has one, oldest job first."""
        return [job.demand.vpc for job in self._jobs.values() if job.kind is TRAINING and job.demand.vpc]

    def wait(self, name: str, seconds: float, tell: Callable[[Job], None] | None = None) -> Job:
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
                        f"{job.kind.word} job {name!r} said nothing for {seconds:.0f} seconds.",
                        do="It may still be running: wait for it once more, or stop it with "
                        f"sagemaker.stop_{job.kind.word}_job({job.kind.title}JobName={name!r}).",
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

    def _create(self, kind: Kind, request: dict[str, Any], _: object, region: str) -> dict[str, Any]:
        demand = kind.admit(self._cloud, request, region)
        clock = LabClock(self._cloud.clock.now())
        record = kind.record(self._cloud.account, region, request, clock.now())
        job = self._jobs[kind.word, record.name] = Job(kind, record, request, demand, region, clock)
        if reason := self._prepare(job):
            self._end(job, "Failed", reason)
        else:
            Thread(target=self._run, args=(job,), name=f"job-{record.name}", daemon=True).start()
        return {f"{kind.title}JobArn": record.arn}

    def _prepare(self, job: Job) -> str:
        """Take what the job's instances need; why they cannot be had, where they cannot."""
        demand, name = job.demand, job.record.name
        try:
            job.network = instances.take(self._cloud, name, demand.vpc, demand.instances, job.kind.word)
            self._plane.forget()
            job.grant = volumes.take(self._cloud, self._plane, demand, job.region)
        except instances.FullSubnet as full:
            return full_subnet(str(full))
        except volumes.KeyRefused as refused:
            return str(refused)
        if demand.encrypted and (why := blocked(self._plane.network(), job.network.interfaces)):
            return no_companions(why)
        return ""

    def _stop(self, kind: Kind, request: dict[str, Any], _: object, region: str) -> dict[str, Any]:
        name = request[f"{kind.title}JobName"]
        job = self._jobs.get((kind.word, name))
        if job is None:
            arn = f"arn:aws:sagemaker:{region}:{self._cloud.account}:{kind.word}-job/{name}"
            raise AwsError("ValidationException", f"Requested resource not found: {arn}", 400)
        with self._changed:
            if job.over:
                raise AwsError(
                    "ValidationException",
                    f"The request was rejected because the {kind.word} job is in status {job.record.status}.",
                    400,
                )
            self._move(job, "Stopping", "Stopping", job.clock.tick())
        if job.process is not None:
            job.process.stop()
        return {}

    def _run(self, job: Job) -> None:
        door = self._open_door()
        name, word, keys = job.record.name, job.kind.word, job.demand.keys
        tokens = [door.admit(job.network.place(name, number, word), job.clock) for number in (0, 1)]
        spec = {
            "kind": word,
            "arn": job.record.arn,
            "request": dict(job.request),
            "isolated": job.demand.isolated,
            "seconds": job.demand.seconds,
            "more": dict(job.demand.more),
            "region": job.region,
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

    def _follow(self, job: Job, spec: dict[str, Any]) -> tuple[str, str]:
        outcome, reason = "Failed", INTERNAL
        if self._closing:
            return outcome, reason
        job.process = JobProcess(spec)
        if job.record.status == "Stopping":
            job.process.stop()
        for said in job.process.events():
            outcome, reason = self._hear(job, said) or (outcome, reason)
        # A fault of the lab's own is shown where the learner looks: in the job's log.
        job.log.extend(job.process.complaints)
        return outcome, reason

    def _hear(self, job: Job, said: dict[str, Any]) -> tuple[str, str] | None:
        ended = None
        with self._changed:
            match said["event"]:
                case "stage":
                    self._enter(job, said["stage"])
                case "stopping":
                    self._move(job, "Stopping", "Stopping", job.clock.tick())
                case "downloaded":
                    job.downloaded = (said["done"], said["of"])
                case "log":
                    job.log.append(said["line"])
                case "artifacts":
                    job.record.left_artifacts()
                case "message":
                    job.record.said(said["text"])
                case "completed":
                    ended = ("Completed", "")
                case "failed":
                    ended = ("Failed", said["reason"])
                case "stopped":
                    ended = (said["why"], "")
            self._changed.notify_all()
        return ended

    def _enter(self, job: Job, stage: str) -> None:
        now = job.clock.tick()
        if stage == "Downloading":
            job.record.started(now)
        job.stages.append(stage)
        self._move(job, "Stopping" if job.record.status == "Stopping" else "InProgress", stage, now)

    def _move(self, job: Job, status: str, secondary: str, now: datetime) -> None:
        job.record.move(status, secondary, job.kind.messages.get(secondary, ""), now)

    def _end(self, job: Job, outcome: str, reason: str) -> None:
        stream = f"{job.record.name}/{job.kind.host(job.record.name)}"
        self._logs.write(job.kind.log_group, stream, job.log, job.clock)
        instances.give_back(self._cloud, job.network)
        volumes.give_back(self._cloud, job.grant, job.region)
        self._plane.forget()
        with self._changed:
            status = outcome
            if outcome == MAX_RUNTIME_EXCEEDED:
                status = "Stopped"
                job.record.lasted(job.demand.seconds, job.clock)
            now = job.clock.tick()
            job.record.ended(now)
            job.record.measured(final_metrics(job.demand.metrics, job.log), now)
            if outcome == "Failed":
                job.record.failed(reason)
            self._move(job, status, outcome, now)
            job.stages.append(outcome)
            job.over = True
            self._changed.notify_all()
