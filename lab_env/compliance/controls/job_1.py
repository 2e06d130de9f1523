"""JOB-1: the job runs in the VPC, with network isolation and inter-container encryption."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.jobs import jobs_of
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.wording import listed
from lab_env.snapshot.state import TrainingJob

ID = "JOB-1"


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each training job, past ones too; without any, nothing to judge."""
    jobs = jobs_of(state)
    if not jobs:
        yield Finding(ID, Status.NOTHING_TO_JUDGE, "", "No training job was ever created.")
    for job in jobs:
        yield _finding(job)


def _finding(job: TrainingJob) -> Finding:
    faults = list(_faults(job))
    where = f"in {listed(job.subnets)}" if job.subnets else "in SageMaker's own VPC"
    evidence = (
        Evidence(
            job.name,
            f"{where}, network isolation {_on(job.isolated)}, traffic encryption {_on(job.encrypted_traffic)}",
        ),
    )
    if not faults:
        sentence = f"{job.name} runs {where}, isolated, and encrypts what its containers say to one another."
        return Finding(ID, Status.HOLDS, job.name, sentence, evidence=evidence)
    told, parameters = zip(*faults, strict=True)
    change = f"sagemaker.create_training_job(**{{**job, {', '.join(parameters)}}})"
    return Finding(ID, Status.DOES_NOT_HOLD, job.name, f"{job.name} {listed(told)}.", change, evidence)


def _faults(job: TrainingJob) -> Iterator[tuple[str, str]]:
    """What is wrong, as the end of a sentence, with what the next job's request should say. No job can be changed."""
    if not job.subnets:
        yield "runs in no VPC of the firm's", '"VpcConfig": {"Subnets": […], "SecurityGroupIds": […]}'
    if not job.isolated:
        yield "lets its container call out (no network isolation)", '"EnableNetworkIsolation": True'
    if not job.encrypted_traffic:
        fault = "does not encrypt the traffic between its containers"
        yield fault, '"EnableInterContainerTrafficEncryption": True'


def _on(setting: bool) -> str:  # noqa: FBT001 - a word for it
    return "on" if setting else "off"


CONTROL = Control(
    id=ID,
    title="the job runs in the VPC, with network isolation and inter-container encryption",
    question="Do training jobs run in the firm's VPC, unable to call out, their own traffic encrypted?",
    citations=("HIPAA 164.312(a)(1)", "HIPAA 164.312(e)(2)(ii)", "GDPR Article 25", "GDPR Article 32(1)"),
    aws_config=(),
    security_hub=(),
    prowler=(
        "sagemaker_training_jobs_vpc_settings_configured",
        "sagemaker_training_jobs_network_isolation_enabled",
        "sagemaker_training_jobs_intercontainer_encryption_enabled",
    ),
    judge=judge,
)
