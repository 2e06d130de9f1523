"""What a request may do: pure functions from a `Request` and its policies to a `Decision`. See MODEL.md."""

from lab_env.policy.decision import Decision
from lab_env.policy.document import Policy, inspect
from lab_env.policy.evaluate import evaluate
from lab_env.policy.findings import STORED_BY_AWS, Code, Finding, MalformedPolicy
from lab_env.policy.kinds import Kind
from lab_env.policy.layers import Layer, LayerResult, PolicySet, Verdict
from lab_env.policy.messages import Denial, access_denied, denial
from lab_env.policy.request import Request

__all__ = [
    "STORED_BY_AWS",
    "Code",
    "Decision",
    "Denial",
    "Finding",
    "Kind",
    "Layer",
    "LayerResult",
    "MalformedPolicy",
    "Policy",
    "PolicySet",
    "Request",
    "Verdict",
    "access_denied",
    "denial",
    "evaluate",
    "inspect",
]
