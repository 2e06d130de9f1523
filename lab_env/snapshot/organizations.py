"""Organizations' answers → the policies that stand above accounts, level by level.

*SCP evaluation* and *RCP evaluation* of the AWS Organizations User Guide: each level (root, organizational units,
account) must allow; neither kind touches the management account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from lab_env.errors import IncompleteSnapshot
from lab_env.policy import Kind, Policy
from lab_env.snapshot.asking import Describe, answer_of, ask, pages
from lab_env.snapshot.policies import stored_policy

Levels = tuple[tuple[Policy, ...], ...]

_SCP, _RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
# Units nest five deep (*Quotas for AWS Organizations*), below the root.
_DEEPEST = 6
_NONE = ("AWSOrganizationsNotInUseException",)


@dataclass(frozen=True, slots=True)
class Organization:
    """What an organization lays upon its accounts.

    Attributes:
        ids: the organization's id, by account.
        scps: service control policies by account, from the root down.
        rcps: resource control policies by account, from the root down.
    """

    ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    scps: Mapping[str, Levels] = field(default_factory=lambda: MappingProxyType({}))
    rcps: Mapping[str, Levels] = field(default_factory=lambda: MappingProxyType({}))


def read_organization(describe: Describe, account: str = "") -> Organization:
    """An organization; an empty one when there is none.

    Its policies can be read from its management account (or one it delegated this to). Where they cannot, none are
    known: they could only forbid more.

    Args:
        describe: asks Organizations.
        account: the account that asks.

    Raises:
        MalformedPolicy: Organizations would never have stored one of the policies.
    """
    answer = ask(describe, "DescribeOrganization", _NONE)
    if answer is None:
        return Organization()
    found = answer.record("Organization")
    name = found.text("Id")
    try:
        accounts = [item.text("Id") for item in pages(describe, "ListAccounts", "Accounts")]
        roots = list(pages(describe, "ListRoots", "Roots"))
    except IncompleteSnapshot:
        return Organization(MappingProxyType({account: name} if account else {}))
    enabled = {
        kind.text("Type")
        for root in roots
        for kind in root.records("PolicyTypes")
        if kind.text("Status", "") == "ENABLED"
    }
    below = [one for one in accounts if one != found.text("MasterAccountId", "")]
    levels = _reader(describe)
    return Organization(
        MappingProxyType(dict.fromkeys(accounts, name)),
        MappingProxyType({one: levels(one, _SCP, Kind.SCP) for one in below} if _SCP in enabled else {}),
        MappingProxyType({one: levels(one, _RCP, Kind.RCP) for one in below} if _RCP in enabled else {}),
    )


def _reader(describe: Describe) -> Callable[[str, str, Kind], Levels]:
    @cache
    def policy(name: str, kind: Kind) -> Policy:
        found = answer_of(describe, "DescribePolicy", PolicyId=name).record("Policy")
        return stored_policy(found.document("Content"), kind, found.record("PolicySummary").text("Name"))

    @cache
    def attached(target: str, kind: str, as_: Kind) -> tuple[Policy, ...]:
        items = pages(describe, "ListPoliciesForTarget", "Policies", TargetId=target, Filter=kind)
        return tuple(policy(item.text("Id"), as_) for item in items)

    def levels(account: str, kind: str, as_: Kind) -> Levels:
        way = [account, *_above(describe, account)]
        return tuple(attached(target, kind, as_) for target in reversed(way))

    return levels


def _above(describe: Describe, child: str) -> Iterator[str]:
    """The units that hold an account, the nearest first, and the root."""
    for _ in range(_DEEPEST):
        parent = next(pages(describe, "ListParents", "Parents", ChildId=child), None)
        if parent is None:
            return
        child = parent.text("Id")
        yield child
        if parent.text("Type", "") == "ROOT":
            return
