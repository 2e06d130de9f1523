"""What a simulation is given: policies, resources, context keys, checked as IAM checks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from lab_env.cloud.refusals import AwsError
from lab_env.errors import NotModelled
from lab_env.policy import STORED_BY_AWS, Kind, MalformedPolicy, Policy

RESOURCE = "ResourcePolicy"
_LISTS = ("List", "list")


@dataclass(frozen=True, slots=True)
class Given:
    """The policies of a simulation.

    Attributes:
        identity: the identity's, then those of ``PolicyInputList``.
        boundaries: the permissions boundary.
        scps: service control policies, level by level.
        texts: the text of each policy that came as text, by its name.
    """

    identity: tuple[Policy, ...] = ()
    boundaries: tuple[Policy, ...] = ()
    scps: tuple[tuple[Policy, ...], ...] = ()
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def read(
        cls, params: Mapping[str, Any], *, identity: tuple[Policy, ...], boundaries: tuple[Policy, ...] = ()
    ) -> Given:
        """The policies of a request, beside those that the identity has.

        Args:
            params: the request's parameters.
            identity: the identity's own policies.
            boundaries: its permissions boundary, which ``PermissionsBoundaryPolicyInputList`` takes the place of.

        Raises:
            AwsError: ``InvalidInput``: a policy is malformed.
            NotModelled: ``PolicyExclusionList`` names anything but all service control policies.
        """
        for name in ("ResourceHandlingOption",):
            if params.get(name):
                raise NotModelled(f"{name} of a policy simulation.")
        named = dict(_texts(params, "PolicyInputList"))
        bound = dict(_texts(params, "PermissionsBoundaryPolicyInputList"))
        levels = tuple(
            tuple(
                _policy(text, Kind.SCP, f"OrderedOrganizationPolicyInputList.{number}.{own}")
                for own, text in enumerate(inputs(level, "ServiceControlPolicyInputList"), 1)
            )
            for number, level in enumerate(inputs(params, "OrderedOrganizationPolicyInputList"), 1)
        )
        return cls(
            (*identity, *(_policy(text, Kind.IDENTITY, name) for name, text in named.items())),
            tuple(_policy(text, Kind.BOUNDARY, name) for name, text in bound.items()) or boundaries,
            levels,
            named | bound | {RESOURCE: str(params.get("ResourcePolicy") or "")},
        )

    def under(self, scps: tuple[tuple[Policy, ...], ...]) -> Given:
        """The same in an account with these service control policies, unless the request brought some."""
        return self if self.scps else replace(self, scps=scps)


def refuse(message: str, *, code: str = "InvalidInput", status: int = 400) -> AwsError:
    """The error that IAM answers with."""
    return AwsError(code, message, status)


def inputs(params: Mapping[str, Any], name: str) -> list[Any]:
    """A list of the request; empty when it is not there."""
    return list(params.get(name) or ())


def excluded(params: Mapping[str, Any], kind: str) -> bool:
    """Whether the request leaves out all policies of a kind (``scp``).

    Raises:
        NotModelled: it leaves out others.
    """
    kinds = {item.get("PolicyType") for item in inputs(params, "PolicyExclusionList")}
    if kinds - {"scp", "rcp"}:
        raise NotModelled(f"PolicyExclusionList of {', '.join(sorted(map(str, kinds)))}.")
    return kind in kinds


def resource_policy(params: Mapping[str, Any], caller: str) -> Policy | None:
    """The resource policy of a request.

    Raises:
        AwsError: ``InvalidInput``: it is malformed, or there is no user whom its Principal could mean (*The simulation
            of resource-based policies isn't supported for IAM roles*).
    """
    text = str(params.get("ResourcePolicy") or "")
    if params.get("CallerArn") and ":user/" not in caller:
        raise refuse(f"Invalid Caller Arn: {caller} is not the ARN of an IAM user.")
    if not text:
        return None
    if ":user/" not in caller:
        raise refuse("Invalid Input: a CallerArn of an IAM user is required with a ResourcePolicy.")
    return _policy(text, Kind.RESOURCE, RESOURCE)


def context(params: Mapping[str, Any]) -> dict[str, object]:
    """The context keys of a request.

    Raises:
        AwsError: ``InvalidInput``: an entry has no value, or several and is no list.
    """
    found: dict[str, object] = {}
    for entry in inputs(params, "ContextEntries"):
        name, values = str(entry.get("ContextKeyName") or ""), inputs(entry, "ContextKeyValues")
        several = str(entry.get("ContextKeyType") or "string").endswith(_LISTS)
        if not name or ":" not in name:
            raise refuse(f"Invalid Context Key Name: {name}")
        if not several and len(values) != 1:
            raise refuse(f"Invalid Context Key Values: {name} needs exactly one value.")
        found[name] = values if several else values[0]
    return found


def _texts(params: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    for number, text in enumerate(inputs(params, name), 1):
        yield f"{name}.{number}", str(text)


def _policy(text: str, kind: Kind, name: str) -> Policy:
    try:
        return Policy.parse(text, kind=kind, source=name, tolerate=STORED_BY_AWS)
    except MalformedPolicy as fault:
        raise refuse(f"Invalid Input Policy: {fault}") from fault
