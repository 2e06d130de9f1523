"""The training jobs that the controls judge."""

from __future__ import annotations

from lab_env.compliance.model import AuditState
from lab_env.compliance.ways import services_of
from lab_env.snapshot.state import TrainingJob


def jobs_of(state: AuditState) -> tuple[TrainingJob, ...]:
    """The firm's training jobs in every Region that was read, by name.

    A job that never began (``Failed`` before it had its data) is among them: it was asked for as it was.

    Raises:
        IncompleteSnapshot: they were not read.
    """
    services, firm = services_of(state)
    own = (job for job in services.jobs.values() if job.arn.split(":")[4] == firm.account)
    return tuple(sorted(own, key=lambda job: (job.name, job.region)))
