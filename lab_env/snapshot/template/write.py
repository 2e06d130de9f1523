"""A state → a `Template`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from lab_env.network import Network
from lab_env.snapshot.state import Identity, ServiceState
from lab_env.snapshot.template import network as ec2
from lab_env.snapshot.template import services as others
from lab_env.snapshot.template.document import Template
from lab_env.snapshot.template.draft import Draft

Accepted = Mapping[str, Mapping[str, str]]
"""Findings of checkov's that the owner has accepted: the reasons by check, by logical id."""


def template_of(
    network: Network,
    services: ServiceState,
    account: str,
    *,
    roles: Collection[str] = (),
    accepted: Accepted = MappingProxyType({}),
) -> Template:
    """The template that makes a state again: its VPCs, endpoints, keys, buckets, roles and logs.

    Not in it: objects, jobs, default VPCs, AWS's own keys, and users, whose keys no template can make.

    Args:
        network: the network.
        services: buckets, keys, roles and logs.
        account: the account's id.
        roles: names of the roles to write; none: all.
        accepted: findings that the template says are accepted, and why.

    Raises:
        NotModelled: something stands there that no template is written of; the message names it.
        IncompleteSnapshot: the state lacks what has to be written.
    """
    draft = Draft(account, network.region)
    buckets = [bucket for bucket in services.buckets.values() if bucket.account == account]
    # Those whose logs go elsewhere come after the bucket that takes them, and its policy.
    buckets.sort(key=lambda bucket: (bool(bucket.log_bucket), bucket.name))
    keys = [key for key in services.keys.values() if key.customer_managed]
    chosen = [one for one in services.identities.values() if ":role/" in one.arn and _chosen(one, roles)]
    others.declare(draft, buckets, keys, chosen)
    ec2.write_network(draft, network)
    for key in keys:
        others.write_key(draft, key)
    for role in chosen:
        others.write_role(draft, role)
    ec2.write_endpoints(draft, network)
    for bucket in buckets:
        others.write_bucket(draft, bucket)
    here = set(draft.physical.values())
    for log in services.flow_logs.values():
        if log.resource in here:
            others.write_flow_log(draft, log)
    for trail in services.trails.values():
        others.write_trail(draft, trail)
    for logical, reasons in accepted.items():
        if logical in draft.resources:
            draft.resources[logical] = _excused(draft.resources[logical], reasons)
    told = f"Written by lab_env from what stood in {network.region}."
    return Template(draft.resources, draft.parameters, draft.given, draft.physical, told)


def _excused(resource: Mapping[str, Any], reasons: Mapping[str, str]) -> dict[str, Any]:
    """A resource that says to checkov, in checkov's words, which findings are accepted."""
    skip = [{"id": check, "comment": why} for check, why in reasons.items()]
    kind = {"Type": resource["Type"], "Metadata": {"checkov": {"skip": skip}}}
    return kind | {key: value for key, value in resource.items() if key != "Type"}


def _chosen(role: Identity, roles: Collection[str]) -> bool:
    return not roles or role.arn.rpartition("/")[2] in roles
