"""JOB-2: volume and output are encrypted with the firm's key."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.jobs import jobs_of
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.need import key_named
from lab_env.compliance.ways import services_of
from lab_env.compliance.wording import listed
from lab_env.snapshot.state import ServiceState, TrainingJob

ID = "JOB-2"


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each training job, past ones too; without any, nothing to judge."""
    services, firm = services_of(state)
    jobs = jobs_of(state)
    if not jobs:
        yield Finding(ID, Status.NOTHING_TO_JUDGE, "", "No training job was ever created.")
    for job in jobs:
        yield _finding(job, services, firm.account)


def _finding(job: TrainingJob, services: ServiceState, account: str) -> Finding:
    keys = {"volume": job.volume_key, "output": job.output_key}
    faults = [
        f"its {what} with {_fault(key, services, account)}"
        for what, key in keys.items()
        if _fault(key, services, account)
    ]
    evidence = (Evidence(job.name, ", ".join(f"{what} key: {key or 'none'}" for what, key in keys.items())),)
    if not faults:
        sentence = f"{job.name} encrypts its volume and its output with the firm's key."
        return Finding(ID, Status.HOLDS, job.name, sentence, evidence=evidence)
    change = (
        'sagemaker.create_training_job(**{**job, "ResourceConfig": {**job["ResourceConfig"], "VolumeKmsKeyId": key}, '
        '"OutputDataConfig": {**job["OutputDataConfig"], "KmsKeyId": key}})'
    )
    return Finding(
        ID, Status.DOES_NOT_HOLD, job.name, f"{job.name} encrypts {listed(faults)}.", change, evidence
    )


def _fault(key: str, services: ServiceState, account: str) -> str:
    """Whose key it is when it is not the firm's, as the end of a sentence; empty when it is."""
    if not key:
        return "a key of AWS's"
    found = services.keys.get(key_named(services, key))
    if found is None:
        return f"{key}, which is no key of the firm's"
    if not found.customer_managed:
        return f"{key}, which AWS manages"
    if found.arn.split(":")[4] != account:
        return f"{key}, a key of another account"
    return "" if found.enabled else f"{key}, which is disabled"


CONTROL = Control(
    id=ID,
    title="volume and output are encrypted with the firm's key",
    question="Is what a job keeps on its volumes and what it writes encrypted with a key that the firm controls?",
    citations=("HIPAA 164.312(a)(2)(iv)", "GDPR Article 32(1)"),
    aws_config=(),
    security_hub=(),
    prowler=("sagemaker_training_jobs_volume_and_output_encryption_enabled",),
    judge=judge,
)
