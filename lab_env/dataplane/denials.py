"""A denial as the service sends it, and keys that nobody owns.

*Troubleshoot access denied error messages* (IAM User Guide); *Error responses* (Amazon S3 API Reference); *Common
errors* of the query and JSON services.
"""

from __future__ import annotations

from lab_env.access import AccessDecision
from lab_env.cloud.call import ApiCall
from lab_env.cloud.refusals import AwsError
from lab_env.cloud.rest_operations import speaks_json
from lab_env.policy.decision import Decision
from lab_env.policy.messages import PLAIN, access_denied, s3_tells

_INVALID = "The security token included in the request is invalid."


def denied(call: ApiCall, decision: AccessDecision, *, json: bool) -> AwsError:
    """The error that a denied call gets.

    Args:
        call: the call.
        decision: a denial.
        json: whether the call came in the JSON protocol (not REST's).
    """
    found = decision.denied
    if found is None:
        raise ValueError("the call is allowed: there is nothing to say")
    return _denial(call, _message(call, found, decision.decisions), json=json)


def _message(call: ApiCall, found: Decision, all_of_them: tuple[Decision, ...]) -> str:
    # To a stranger S3 says as little about its key as about its bucket.
    if call.service == "s3" and not all(s3_tells(one) for one in all_of_them if one.request.service == "s3"):
        return PLAIN
    return access_denied(found)


def _denial(call: ApiCall, message: str, *, json: bool) -> AwsError:
    if call.service == "ec2":
        return AwsError("UnauthorizedOperation", message, 403)
    if json:
        return AwsError("AccessDeniedException", message, 400)
    if speaks_json(call.service):
        return AwsError("AccessDeniedException", message, 403)
    return AwsError("AccessDenied", message, 403)


def unknown_key(call: ApiCall, *, json: bool) -> AwsError:
    """The error of a call that is signed with a key that is nobody's."""
    if call.service == "s3":
        message = "The AWS Access Key Id you provided does not exist in our records."
        return AwsError("InvalidAccessKeyId", message, 403, fields={"AWSAccessKeyId": call.access_key})
    if call.service == "ec2":
        message = "AWS was not able to validate the provided access credentials"
        return AwsError("AuthFailure", message, 401)
    if json or speaks_json(call.service):
        return AwsError("UnrecognizedClientException", _INVALID, 400 if json else 403)
    return AwsError("InvalidClientTokenId", _INVALID, 403)


def unsigned(call: ApiCall, *, json: bool) -> AwsError:
    """The error of an unsigned call to a service that takes none."""
    if call.service == "ec2":
        return AwsError("MissingParameter", "The request must contain the parameter AWSAccessKeyId", 400)
    if json:
        return AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 400)
    return AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
