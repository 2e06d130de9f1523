"""Pure: judge a state by controls, each with citations, evidence and the change that would mend it."""

from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status, TrainingSite
from lab_env.compliance.report import Report, audit

__all__ = ["AuditState", "Control", "Evidence", "Finding", "Report", "Status", "TrainingSite", "audit"]
