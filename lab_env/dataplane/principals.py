"""Who signed a request: the access key's owner, as moto's IAM and STS know it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from lab_env import scenario
from lab_env.policy import Kind, Policy
from lab_env.snapshot.policies import stored_policy

ANONYMOUS = "anonymous"
# IAM lists no root user: the lab gives the firm's root user one key.
ROOT_ACCESS_KEY = "AKIAMERIDIANROOTUSER"
_ROOTS = MappingProxyType({ROOT_ACCESS_KEY: f"arn:aws:iam::{scenario.ACCOUNT}:root"})


@dataclass(frozen=True, slots=True)
class Signer:
    """The principal of a request.

    Attributes:
        arn: an assumed role's session, a user, an account's root, or ``anonymous``.
        access_key: the id of the key; empty for anonymous.
        session: the session policies that the credentials were given with.
        user_id: ``aws:userid``; empty where it is not known.
    """

    arn: str = ANONYMOUS
    access_key: str = ""
    session: tuple[Policy, ...] = ()
    user_id: str = ""


NOBODY = Signer()


def signer_of(access_key: str) -> Signer | None:
    """The principal whose key this is; `NOBODY` without a key, ``None`` when the key is nobody's or is inactive."""
    if not access_key:
        return NOBODY
    if access_key in _ROOTS:
        return Signer(_ROOTS[access_key], access_key)
    return _role_session(access_key) or _user(access_key)


def _role_session(access_key: str) -> Signer | None:
    for account in list(sts_backends):
        for backend in list(sts_backends[account].values()):
            session = backend.get_assumed_role_from_access_key(access_key)
            if session is not None:
                given = (session.policy,) if session.policy else ()
                limits = tuple(stored_policy(text, Kind.IDENTITY, "session policy") for text in given)
                return Signer(str(session.arn), access_key, limits, str(session.user_id))
    return None


def _user(access_key: str) -> Signer | None:
    for account in list(iam_backends):
        for backend in list(iam_backends[account].values()):
            for user in backend.users.values():
                for key in user.access_keys:
                    if key.access_key_id == access_key and key.status == "Active":
                        return Signer(str(user.arn), access_key, user_id=str(user.id))
    return None
