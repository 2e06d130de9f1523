"""Pure: from a way and a request to a decision. Data plane and controls ask here and nowhere else."""

from lab_env.access.decide import AccessDecision, Attempted, attempt, decide
from lab_env.access.request import AccessRequest

__all__ = ["AccessDecision", "AccessRequest", "Attempted", "attempt", "decide"]
