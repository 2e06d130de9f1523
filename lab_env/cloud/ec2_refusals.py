"""Checks before an EC2 operation, and what AWS refuses to delete while something depends on it.

moto deletes subnets with interfaces in them, groups in use and VPCs with gateways.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.responses import EC2Response

from lab_env.cloud.patches import Patches


def before(patches: Patches, operation: str, check: Callable[[Any], None]) -> None:
    """Let ``check`` look at a request before moto answers it.

    Args:
        patches: where the change is remembered.
        operation: moto's name for the operation (``delete_subnet``).
        check: takes moto's response object (its parameters, its backend) and raises to refuse.
    """
    original = getattr(EC2Response, operation)

    def checked(self: Any) -> Any:
        check(self)
        return original(self)

    patches.set(EC2Response, operation, checked)


def fill(patches: Patches) -> None:
    """Refuse the deletions that AWS refuses."""
    before(patches, "delete_subnet", _delete_subnet)
    before(patches, "delete_security_group", _delete_security_group)
    before(patches, "delete_network_interface", _delete_network_interface)
    before(patches, "delete_vpc", _delete_vpc)
    before(patches, "delete_route_table", _delete_route_table)


def _delete_subnet(request: Any) -> None:
    subnet = request.ec2_backend.get_subnet(request.params.get("SubnetId"))
    if any(eni.subnet.id == subnet.id for eni in request.ec2_backend.enis.values()):
        raise DependencyViolationError(f"The subnet '{subnet.id}' has dependencies and cannot be deleted.")


def _delete_security_group(request: Any) -> None:
    backend = request.ec2_backend
    group = backend.get_security_group_by_name_or_id(
        request.params.get("GroupId") or request.params.get("GroupName")
    )
    if group is None:
        return
    if group.is_default:
        raise EC2ClientError(
            "CannotDelete",
            f'the specified group: "{group.id}" name: "{group.name}" cannot be deleted by a user',
        )
    used = any(group.id in {item.id for item in eni.group_set} for eni in backend.enis.values())
    named = any(
        group.id in _named(other) for other in backend.groups[group.vpc_id].values() if other is not group
    )
    if used or named:
        raise DependencyViolationError(f"resource {group.id} has a dependent object")


def _named(group: Any) -> set[str]:
    """The groups that a group's rules name as peers."""
    rules = (*group.ingress_rules, *group.egress_rules)
    return {rule.source_group["GroupId"] for rule in rules if rule.source_group}


def _delete_network_interface(request: Any) -> None:
    eni = request.ec2_backend.get_network_interface(request.params.get("NetworkInterfaceId"))
    if eni.status == "in-use":
        raise EC2ClientError(
            "InvalidNetworkInterface.InUse", f"The network interface '{eni.id}' is currently in use."
        )


def _delete_vpc(request: Any) -> None:
    backend = request.ec2_backend
    vpc = backend.get_vpc(request.params.get("VpcId"))
    in_the_way = (
        any(gateway.vpc is vpc for gateway in backend.internet_gateways.values())
        or any(endpoint.vpc_id == vpc.id for endpoint in backend.vpc_end_points.values())
        or any(not group.is_default for group in backend.groups[vpc.id].values())
    )
    if in_the_way:
        raise DependencyViolationError(f"The vpc '{vpc.id}' has dependencies and cannot be deleted.")


def _delete_route_table(request: Any) -> None:
    backend = request.ec2_backend
    table = backend.get_route_table(request.params.get("RouteTableId"))
    endpoints = (item.route_table_ids or [] for item in backend.vpc_end_points.values())
    if table.main_association_id or any(table.id in ids for ids in endpoints):
        raise DependencyViolationError(f"The routeTable '{table.id}' has dependencies and cannot be deleted.")
