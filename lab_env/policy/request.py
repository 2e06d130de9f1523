"""A request as policies see it: who, what, on what, and the condition context.

*Policy evaluation logic* (processing the request context), *AWS global condition context keys*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lab_env.errors import InvalidInput
from lab_env.policy.context import Context
from lab_env.policy.patterns import ARN_PARTS, split_arn
from lab_env.policy.principals import Caller, CallerKind, caller_of


@dataclass(frozen=True, slots=True)
class Request:
    """One call to be decided.

    What follows from the caller and the resource (``aws:PrincipalArn``, ``aws:PrincipalAccount``,
    ``aws:ResourceAccount`` …) need not be given in ``context``; what is given there counts, and ``None`` takes a key
    away.

    Attributes:
        principal: ARN of a user, role, role session, federated user or account root; a service principal's name; or
            ``anonymous``.
        action: ``service:Operation``.
        resource: ARN; ``*`` where the call names none.
        resource_account: the account that owns the resource; by default the one in its ARN, else the caller's own.
        context: condition keys and their values.
        absent: for keys that are not there, why (``{"aws:SourceVpce": "the call came through nat-…"}``); told in
            explanations only.

    Raises:
        InvalidInput: the principal, the action or a context value cannot be used.
    """

    principal: str
    action: str
    resource: str = "*"
    resource_account: str = ""
    context: Mapping[str, object] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    caller: Caller = field(init=False, repr=False, compare=False)
    keys: Context = field(init=False, repr=False, compare=False)
    arn: tuple[str, ...] = field(init=False, repr=False, compare=False)
    action_name: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        service, colon, operation = self.action.partition(":")
        if not (service and colon and operation) or "*" in self.action:
            raise InvalidInput("an action is written service:Operation.", where=repr(self.action))
        caller = caller_of(self.principal, _principal_arn(self.context))
        resource = self.resource
        if resource == "*" and self.action.lower() == "s3:listallmybuckets":
            # The user guides' own policies allow this call, which names no resource, on arn:aws:s3:::*.
            resource = "arn:aws:s3:::*"
        arn = split_arn(resource)
        owner = self.resource_account or (arn[4] if len(arn) == ARN_PARTS else "") or caller.account
        object.__setattr__(self, "caller", caller)
        object.__setattr__(self, "arn", arn)
        object.__setattr__(self, "action_name", self.action.lower())
        object.__setattr__(self, "resource_account", owner)
        object.__setattr__(self, "keys", self._keys(service.lower()))

    @property
    def service(self) -> str:
        """The action's service prefix, in lower case."""
        return self.action.partition(":")[0].lower()

    @property
    def same_account(self) -> bool:
        """Whether the caller belongs to the account that owns the resource."""
        return bool(self.caller.account) and self.caller.account == self.resource_account

    def _keys(self, service: str) -> Context:
        # What is given comes last and counts, in whatever case it is written.
        found = Context({**derived_keys(self.caller, self.resource_account, service), **self.context})
        if found.get("aws:calledvia") and "aws:ViaAWSService" not in self.context:
            found.put("aws:ViaAWSService", value=True)
        return found


def _principal_arn(context: Mapping[str, object]) -> str:
    """``aws:PrincipalArn``, where the context gives it, in any case."""
    for name, value in context.items():
        if len(name) == _PRINCIPAL_ARN_LENGTH and name.lower() == "aws:principalarn":
            return Context({name: value}).single(name) or ""
    return ""


_PRINCIPAL_ARN_LENGTH = len("aws:PrincipalArn")


def derived_keys(caller: Caller, resource_account: str, service: str) -> dict[str, str]:
    """The keys that AWS sets in every request of this caller, as far as the caller and the resource settle them.

    *AWS global condition context keys*: properties of the principal, of the resource and of the request.
    """
    keys = {"aws:ViaAWSService": "false"}
    if caller.kind in _TYPES:
        keys["aws:PrincipalType"] = _TYPES[caller.kind]
    if caller.kind is CallerKind.ANONYMOUS:
        keys["aws:PrincipalAccount"] = "anonymous"
    elif caller.kind is CallerKind.SERVICE:
        keys |= {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": caller.name}
    elif caller.account:
        keys |= {
            "aws:PrincipalArn": caller.principal_arn,
            "aws:PrincipalAccount": caller.account,
            "aws:PrincipalIsAWSService": "false",
        }
        if service == "kms":
            keys["kms:CallerAccount"] = caller.account
    if caller.kind is CallerKind.USER:
        keys["aws:username"] = caller.name
    if caller.kind is CallerKind.ROOT:
        keys["aws:userid"] = caller.account
    if resource_account:
        keys["aws:ResourceAccount"] = resource_account
        if service == "s3":
            keys["s3:ResourceAccount"] = resource_account
    return keys


_TYPES = {
    CallerKind.ANONYMOUS: "Anonymous",
    CallerKind.FEDERATED: "FederatedUser",
    CallerKind.ROOT: "Account",
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.SESSION: "AssumedRole",
}
