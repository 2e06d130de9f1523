"""Pure: judge a state by controls, each with citations, evidence and the change that would mend it."""

from lab_env.compliance.audit import audit
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Firm, Status, TrainingSite
from lab_env.compliance.report import Report

__all__ = [
    "AuditState",
    "Control",
    "Evidence",
    "Finding",
    "Firm",
    "Report",
    "Status",
    "TrainingSite",
    "audit",
]
