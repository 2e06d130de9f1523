"""What carries data into another account through an endpoint of a service, from ``writes.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lab_env.access import AccessRequest
from lab_env.compliance.model import Firm
from lab_env.compliance.supposed import STRANGER, STRANGERS_ACCOUNT
from lab_env.compliance.ways import everybody
from lab_env.network.model import VpcEndpoint


@dataclass(frozen=True, slots=True)
class Write:
    """How data is handed over to a service.

    Attributes:
        service: the last part of the endpoint service's name: ``ecr.api``.
        actions: IAM actions.
        resource: the ARN of what they act on, to be filled with Region and account.
        shared: whether that resource's own policy may let another account's principals in.
    """

    service: str
    actions: tuple[str, ...]
    resource: str
    shared: bool


@cache
def writes() -> Mapping[str, Write]:
    """Every service that can be judged, by the last part of its endpoint service's name."""
    text = files(__package__).joinpath("writes.toml").read_text(encoding="utf-8")
    found = (
        Write(item["service"], tuple(item["actions"]), item["resource"], item["shared"])
        for item in tomllib.loads(text)["writes"]
    )
    return {item.service: item for item in found}


def named(endpoint: VpcEndpoint) -> tuple[str, str]:
    """The Region in the name of an endpoint's service, and what stands behind it: ``us-east-1``, ``ecr.api``."""
    _, _, region, service = (*endpoint.service.split(".", 3), "", "", "")[:4]
    return region, service


def writing(endpoint: VpcEndpoint) -> Write | None:
    """How data would be handed over through an endpoint; ``None`` where the table does not know its service."""
    return writes().get(named(endpoint)[1])


def into_another_account(
    endpoint: VpcEndpoint, write: Write, firm: Firm
) -> Iterator[tuple[str, AccessRequest]]:
    """Requests that would carry data into a stranger's account, each with the name of who makes it.

    Args:
        endpoint: what they go through.
        write: how data is handed over to its service.
        firm: whose principals ask as well, where the stranger's resource could let them.
    """
    region, _ = named(endpoint)
    resource = write.resource.format(region=region, account=STRANGERS_ACCOUNT)
    people = {STRANGER: everybody(firm)[STRANGER], **(everybody(firm) if write.shared else {})}
    for principal, name in people.items():
        for action in write.actions:
            yield name, AccessRequest(principal, action, resource=resource, region=region)
