"""AWS's own prefix lists, each with its Region's addresses (*AWS-managed prefix lists*).

moto has us-east-1's lists in every Region, under random ids, and ``DescribePrefixLists`` leaves out the CIDR blocks.
The addresses come from the same dated file as the tracer's.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.managed_prefixes import ManagedPrefixList

from lab_env.cloud.patches import Patches
from lab_env.snapshot.internet import aws_ranges, prefix_list_id, regions

# Those that a gateway endpoint routes to. AWS has more; the lab models none of the others.
GATEWAY_SERVICES = ("s3", "dynamodb")


def fill(patches: Patches) -> None:
    """Give every Region its own lists, with AWS's ids and addresses."""
    original = EC2Backend.get_managed_prefix_list_entries

    def get_entries(self: Any, prefix_list_id: str) -> Any:
        found = original(self, prefix_list_id)
        if found is None:
            raise EC2ClientError(
                "InvalidPrefixListID.NotFound", f"The prefix list ID '{prefix_list_id}' does not exist"
            )
        return found

    patches.set(EC2Backend, "create_default_pls", _create_lists)
    patches.set(EC2Backend, "get_managed_prefix_list_entries", get_entries)
    patches.set(ManagedPrefixList, "cidrs", property(_cidrs))


def _create_lists(self: Any) -> None:
    if self.region_name not in regions():
        return
    for service in GATEWAY_SERVICES:
        made = ManagedPrefixList(
            self,
            self.region_name,
            address_family="IPv4",
            entry=[{"Cidr": str(cidr)} for cidr in aws_ranges(service, self.region_name)],
            prefix_list_name=f"com.amazonaws.{self.region_name}.{service}",
            owner_id="AWS",
        )
        made.id = prefix_list_id(service, self.region_name)
        made.prefix_list_arn = f"arn:aws:ec2:{self.region_name}:aws:prefix-list/{made.id}"
        # AWS's own lists carry neither.
        made.version = made.max_entries = None
        self.managed_prefix_lists[made.id] = made


def _cidrs(self: Any) -> list[str]:
    latest = list(self.entries.values())[-1] if self.entries else []
    return [entry["Cidr"] for entry in latest]
