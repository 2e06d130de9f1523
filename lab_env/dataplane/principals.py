"""Who signed a request: the access key's owner, as moto's IAM and STS know it."""

from __future__ import annotations

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

ANONYMOUS = "anonymous"


def principal_of(access_key: str) -> str:
    """The ARN of the principal whose key this is: an assumed role's session or a user; ``anonymous`` without a key.

    A key that nobody owns gives ``anonymous`` too: no request signed with it proves who sent it.
    """
    if not access_key:
        return ANONYMOUS
    for account in list(sts_backends):
        for backend in list(sts_backends[account].values()):
            session = backend.get_assumed_role_from_access_key(access_key)
            if session is not None:
                return str(session.arn)
    for account in list(iam_backends):
        for backend in list(iam_backends[account].values()):
            for user in backend.users.values():
                if any(key.access_key_id == access_key for key in user.access_keys):
                    return str(user.arn)
    return ANONYMOUS
