"""Who calls, and whom a ``Principal`` or ``NotPrincipal`` element means.

*AWS JSON policy elements: Principal* and *NotPrincipal*; how much a match grants follows *Policy evaluation logic*
(resource-based policies and implicit denies in other policy types).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache

from lab_env.errors import InvalidInput

_ACCOUNT = re.compile(r"\d{12}")
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?|[a-z0-9-]+\.internal")
_ARN = re.compile(
    r"arn:[a-z-]+:(?P<service>iam|sts)::(?P<account>\d{12}):"
    r"(?P<kind>root|user|role|assumed-role|federated-user|saml-provider|oidc-provider)(?:/(?P<rest>.+))?"
)
_PROVIDERS = ("accounts.google.com", "www.amazon.com", "graph.facebook.com")
_ANONYMOUS = ("anonymous", "*")
_SERVICE_LINKED = "AWSServiceRoleFor"


class CallerKind(Enum):
    """What kind of principal signed the request."""

    ANONYMOUS = "anonymous"
    SERVICE = "service"
    PROVIDER = "identity provider"
    ROOT = "root user"
    USER = "user"
    ROLE = "role"
    SESSION = "role session"
    FEDERATED = "federated user"


class Grant(IntEnum):
    """How far a Principal element that matches carries, least first."""

    NONE = 0
    ACCOUNT = 1
    """It names the caller's account: that account's own policies must allow too."""
    ROLE = 2
    """It names the caller's role: a permissions boundary and a session policy still limit it."""
    DIRECT = 3
    """It names the caller itself, or everyone."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal of a request.

    Attributes:
        kind: what it is.
        arn: as it signed: for a role session the ``assumed-role`` ARN; a service's name; empty for anonymous.
        account: its account; empty for services and anonymous callers.
        name: the user's or role's name without its path, or the service's name.
        principal_arn: the value of ``aws:PrincipalArn``: for a role session the role's ARN.
    """

    kind: CallerKind
    arn: str = ""
    account: str = ""
    name: str = ""
    principal_arn: str = ""

    @classmethod
    def parse(cls, principal: str, principal_arn: str = "") -> Caller:
        """The caller that ``principal`` names.

        Args:
            principal: an ARN, an account id (its root user), a service principal, or ``anonymous``.
            principal_arn: ``aws:PrincipalArn``, where the context gives it; it tells a session's role path.

        Raises:
            InvalidInput: it is none of these.
        """
        if principal in _ANONYMOUS:
            return cls(CallerKind.ANONYMOUS)
        if _ACCOUNT.fullmatch(principal):
            principal = f"arn:aws:iam::{principal}:root"
        match = _ARN.fullmatch(principal)
        if match is not None:
            return _of_arn(principal, match, principal_arn)
        if principal in _PROVIDERS:
            return cls(CallerKind.PROVIDER, principal, name=principal)
        if _SERVICE.fullmatch(principal):
            return cls(CallerKind.SERVICE, principal, name=principal)
        raise InvalidInput(
            "not a principal.",
            where=repr(principal),
            do="Give the ARN of a user, role, role session or account root, a service principal, or 'anonymous'.",
        )

    @property
    def has_identity_policies(self) -> bool:
        """Whether IAM policies are attached to it: users, roles, their sessions, and not the root user."""
        return self.kind in _WITH_POLICIES

    @property
    def service_linked(self) -> bool:
        """Whether it is a service-linked role, which neither SCPs nor RCPs restrict."""
        return self.kind in (CallerKind.ROLE, CallerKind.SESSION) and self.name.startswith(_SERVICE_LINKED)


@lru_cache(maxsize=1024)
def caller_of(principal: str, principal_arn: str = "") -> Caller:
    """As `Caller.parse`; the same few principals make most requests."""
    return Caller.parse(principal, principal_arn)


_WITH_POLICIES = (CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION, CallerKind.FEDERATED)


def _of_arn(principal: str, match: re.Match[str], principal_arn: str) -> Caller:
    kind, rest, account = match["kind"], match["rest"] or "", match["account"]
    if kind == "root":
        return Caller(CallerKind.ROOT, principal, account, principal_arn=principal)
    if not rest or (kind == "assumed-role" and rest.count("/") != 1):
        raise InvalidInput("this ARN of a principal is incomplete.", where=principal)
    if kind == "assumed-role":
        role = rest.split("/")[0]
        partition = principal.split(":", 2)[1]
        own = principal_arn or f"arn:{partition}:iam::{account}:role/{role}"
        return Caller(CallerKind.SESSION, principal, account, role, own)
    found = {
        "user": CallerKind.USER,
        "role": CallerKind.ROLE,
        "federated-user": CallerKind.FEDERATED,
    }.get(kind, CallerKind.PROVIDER)
    return Caller(found, principal, account, rest.rsplit("/", 1)[-1], principal_arn or principal)


@dataclass(frozen=True, slots=True)
class Principals:
    """A Principal or NotPrincipal element.

    Attributes:
        everyone: it holds ``"*"`` or ``{"AWS": "*"}``.
        aws: account ids, and ARNs of users, roles, sessions and federated users.
        services: service principals.
        federated: identity providers.
        canonical: canonical user ids, which name an account by a number that only S3 knows.
    """

    everyone: bool = False
    aws: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    federated: frozenset[str] = frozenset()
    canonical: frozenset[str] = frozenset()

    def grant(self, caller: Caller, *, root_only: bool = False) -> Grant:
        """How far a match carries for ``caller``.

        Args:
            caller: who asks.
            root_only: the element stands in a gateway endpoint's policy, where an account means its root user alone
                and no other principal but ``*`` can be named (*Control access to VPC endpoints*).
        """
        if self.everyone:
            return Grant.DIRECT
        if caller.kind in (CallerKind.SERVICE, CallerKind.PROVIDER):
            named = caller.arn in self.services or caller.arn in self.federated
            return Grant.DIRECT if named else Grant.NONE
        if root_only:
            return (
                Grant.DIRECT if caller.kind is CallerKind.ROOT and self._has_account(caller) else Grant.NONE
            )
        if caller.arn in self.aws or (caller.kind is CallerKind.ROOT and self._has_account(caller)):
            # A request said to come from the role itself stands for a session of it.
            return Grant.ROLE if caller.kind is CallerKind.ROLE else Grant.DIRECT
        if caller.kind in (CallerKind.ROLE, CallerKind.SESSION) and self._has_role(caller):
            return Grant.ROLE
        return Grant.ACCOUNT if self._has_account(caller) else Grant.NONE

    def spares(self, caller: Caller) -> bool:
        """Whether, as a NotPrincipal element, it leaves ``caller`` out.

        AWS asks for the caller's account too, and for a session's role: what is not listed is denied.
        """
        if self.everyone:
            return True
        if caller.kind in (CallerKind.SERVICE, CallerKind.PROVIDER):
            return caller.arn in self.services or caller.arn in self.federated
        if not self._has_account(caller):
            return False
        if caller.kind is CallerKind.ROOT:
            return True
        if caller.kind is CallerKind.SESSION:
            return caller.arn in self.aws and self._has_role(caller)
        return caller.arn in self.aws

    def _has_account(self, caller: Caller) -> bool:
        if not caller.account:
            return False
        return caller.account in self.aws or any(
            f"arn:{partition}:iam::{caller.account}:root" in self.aws for partition in _PARTITIONS
        )

    def _has_role(self, caller: Caller) -> bool:
        if caller.principal_arn in self.aws:
            return True
        # A session's ARN does not tell its role's path; a role's name is unique in its account without it.
        opening = caller.principal_arn.partition(":role/")[0] + ":role/"
        told = caller.principal_arn != f"{opening}{caller.name}" or caller.kind is CallerKind.ROLE
        return not told and any(
            arn.startswith(opening) and arn.rsplit("/", 1)[-1] == caller.name for arn in self.aws
        )


PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
"""The members of a Principal element."""

_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


def principals(element: Mapping[str, Iterable[str]] | str) -> Principals:
    """A Principal element whose form has been checked."""
    if isinstance(element, str):
        return Principals(everyone=True)
    aws, *others = (frozenset(element.get(kind, ())) for kind in PRINCIPAL_TYPES)
    return Principals("*" in aws, aws, *others)
