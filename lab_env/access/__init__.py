"""Pure: from a trace and a request to a decision. Data plane and controls ask here and nowhere else."""

from lab_env.access.decide import AccessDecision, AccessRequest, decide

__all__ = ["AccessDecision", "AccessRequest", "decide"]
