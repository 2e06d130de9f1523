"""What AWS itself says when it denies: code, HTTP status, message, and when S3 says nothing but "Access Denied".

*Troubleshoot access denied error messages* (IAM User Guide); *Troubleshoot access denied (403 Forbidden) errors in
Amazon S3* (Amazon S3 User Guide).
"""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.policy.decision import Decision
from lab_env.policy.layers import Layer, Verdict
from lab_env.policy.principals import CallerKind
from lab_env.policy.request import Request

PLAIN = "Access Denied"
"""All that S3 says to a stranger."""

_LAYERS = {
    Layer.RCP: "a resource control policy",
    Layer.SCP: "a service control policy",
    Layer.IDENTITY: "an identity-based policy",
    Layer.BOUNDARY: "a permissions boundary",
    Layer.SESSION: "a session policy",
    Layer.ENDPOINT: "a VPC endpoint policy",
    Layer.RESOURCE: "a resource-based policy",
}

# The services of the older, XML protocols answer 403 AccessDenied, EC2 has a code of its own, and the JSON ones
# answer 400 AccessDeniedException.
_XML = ("iam", "sts", "s3", "sns", "sqs", "cloudformation", "autoscaling", "elasticloadbalancing", "rds")
_EC2 = "You are not authorized to perform this operation. "


@dataclass(frozen=True, slots=True)
class Denial:
    """A denial in the service's own form.

    Attributes:
        code: the error code.
        message: its text; empty for a HEAD request, whose answer has no body.
        status: the HTTP status.
    """

    code: str
    message: str
    status: int


def access_denied(decision: Decision) -> str:
    """The message with which the service denies.

    Args:
        decision: a denial.

    Raises:
        ValueError: the decision allows.
    """
    if decision.allowed or decision.decided_by is None:
        raise ValueError("the request is allowed: there is nothing to say")
    request = decision.request
    if request.service == "s3" and not s3_tells(decision):
        return PLAIN
    user = f"User: {request.caller.arn or 'anonymous'} is not authorized to perform: {request.action}"
    said = f"{user}{_on(request)} {because(decision)}"
    return _EC2 + said if request.service == "ec2" else said


def denial(decision: Decision, *, head: bool = False) -> Denial:
    """The denial as the service sends it.

    Args:
        decision: a denial.
        head: whether the call was a HEAD request (``HeadObject``, ``HeadBucket``): its answer has no body, so that
            clients show the bare status.

    Raises:
        ValueError: the decision allows.
    """
    message = access_denied(decision)
    service = decision.request.service
    if head:
        return Denial("403", "Forbidden", 403)
    if service == "ec2":
        return Denial("UnauthorizedOperation", message, 403)
    if service in _XML:
        return Denial("AccessDenied", message, 403)
    return Denial("AccessDeniedException", message, 400)


def because(decision: Decision) -> str:
    """The reason in AWS's words: ``because no identity-based policy allows the s3:GetObject action``."""
    layer = decision.decided_by
    if layer is None:
        return ""
    name = _LAYERS[layer]
    if layer is Layer.RESOURCE and decision.request.action_name.startswith("sts:assumerole"):
        name = "the role trust policy"
    if decision.verdict is Verdict.EXPLICITLY_DENIED:
        return f"with an explicit deny in {name}"
    return f"because no {name.split(' ', 1)[1]} allows the {decision.request.action} action"


def s3_tells(decision: Decision) -> bool:
    """Whether S3 gives the caller a reason.

    It does in one account, and in one organization unless an endpoint's policy denied; never to anybody else.
    """
    request = decision.request
    if request.caller.kind is CallerKind.ANONYMOUS:
        return False
    if request.same_account:
        return True
    own, theirs = (request.keys.single(f"aws:{whose}OrgID") for whose in ("Principal", "Resource"))
    return own is not None and own == theirs and decision.decided_by is not Layer.ENDPOINT


def _on(request: Request) -> str:
    if request.resource == "*":
        return ""
    return (
        f' on resource: "{request.resource}"'
        if request.service == "s3"
        else f" on resource: {request.resource}"
    )
