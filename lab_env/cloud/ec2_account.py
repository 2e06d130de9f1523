"""An account without default VPCs, and subnets that are nobody's default.

The lab's account had its default VPCs removed in every Region, a common baseline for accounts that hold sensitive data:
nothing can be placed on a network that nobody designed. moto, in turn, treats the first subnet of a zone as a default
one, which hands public addresses to instances. Nor does anything stay behind of a VPC that was deleted.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models import vpcs as moto_vpcs

from lab_env.cloud.patches import Patches


def fill(patches: Patches) -> None:
    """Let a Region begin without a default VPC, and make plain subnets plain."""
    _no_default_vpc(patches)
    _plain_subnets(patches)
    _forget_network_acls(patches)
    # moto keeps the ids of AWS's endpoint services for the life of the process.
    patches.set(moto_vpcs, "DEFAULT_VPC_ENDPOINT_SERVICES", {})
    # Listing endpoint services makes moto import its CloudFormation, which needs packages that the lab does without.
    for lists in ("IMPLEMENTED_ENDPOINT_SERVICES", "COVERED_ENDPOINT_SERVICES"):
        kept = [service for service in getattr(moto_vpcs, lists) if service != "cloudformation"]
        patches.set(moto_vpcs, lists, kept)


def _no_default_vpc(patches: Patches) -> None:
    original = EC2Backend.create_default_vpc

    def create_default_vpc(self: Any) -> Any:
        # moto asks while the backend is being made, before the attribute that holds the answer exists.
        return original(self) if hasattr(self, "default_vpc") else None

    patches.set(EC2Backend, "create_default_vpc", create_default_vpc)


def _plain_subnets(patches: Patches) -> None:
    original = EC2Backend.create_subnet

    def create_subnet(self: Any, vpc_id: str, *args: Any, **kwargs: Any) -> Any:
        subnet = original(self, vpc_id, *args, **kwargs)
        if not self.get_vpc(vpc_id).is_default:
            subnet.default_for_az = subnet.map_public_ip_on_launch = False
        return subnet

    patches.set(EC2Backend, "create_subnet", create_subnet)


def _forget_network_acls(patches: Patches) -> None:
    """A VPC's network ACLs go with it, and a subnet's association with the subnet; moto keeps both."""
    delete_vpc, delete_subnet = EC2Backend.delete_vpc, EC2Backend.delete_subnet

    def with_acls(self: Any, vpc_id: str) -> Any:
        gone = delete_vpc(self, vpc_id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            del self.network_acls[acl.id]
        return gone

    def with_association(self: Any, subnet_id: str) -> Any:
        gone = delete_subnet(self, subnet_id)
        for acl in self.network_acls.values():
            stale = [key for key, item in acl._associations.items() if item.subnet_id == subnet_id]
            for key in stale:
                del acl._associations[key]
        return gone

    patches.set(EC2Backend, "delete_vpc", with_acls)
    patches.set(EC2Backend, "delete_subnet", with_association)
