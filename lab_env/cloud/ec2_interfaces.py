"""Network interfaces that hold real addresses and real security groups (*Elastic network interfaces*).

moto invents a security group for an unknown id, lists the groups of an instance's interface in an order that changes
from run to run, and shows a public address on the interface but not beside the private one it stands for.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.subnets import Subnet

from lab_env.cloud.ec2_addresses import check_free, free, free_count, public_address
from lab_env.cloud.patches import Patches


def fill(patches: Patches) -> None:
    """Take every interface's addresses from its subnet and its groups from its VPC."""
    _addresses(patches)
    _public_addresses(patches)
    patches.set(Subnet, "available_ip_address_count", property(free_count))
    patches.set(Subnet, "get_available_subnet_ip", lambda self, instance: next(free(self)))  # noqa: ARG005
    patches.set(Subnet, "request_ip", lambda self, ip, instance: check_free(self, ip))  # noqa: ARG005
    patches.set(NetworkInterface, "group_set", property(_group_set))
    patches.set(NetworkInterface, "private_ip_addresses", property(_read_addresses, _write_addresses))


def check_groups(backend: Any, vpc: str, group_ids: list[str], subnet: str) -> None:
    """Refuse security groups that do not exist or that belong to another VPC."""
    for group_id in group_ids:
        group = backend.get_security_group_from_id(group_id)
        if group is None:
            raise EC2ClientError(
                "InvalidGroup.NotFound", f"The security group '{group_id}' does not exist in VPC '{vpc}'"
            )
        if group.vpc_id != vpc:
            raise EC2ClientError(
                "InvalidParameter",
                f"Security group {group_id} and subnet {subnet} belong to different networks.",
            )


def _addresses(patches: Patches) -> None:
    original = EC2Backend.create_network_interface

    def create_network_interface(
        self: Any,
        subnet: Any,
        private_ip_address: Any = None,
        private_ip_addresses: list[Any] | None = None,
        group_ids: list[str] | None = None,
        *args: Any,
        secondary_ips_count: Any = None,
        **kwargs: Any,
    ) -> Any:
        place = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
        check_groups(self, place.vpc_id, group_ids or [], place.id)
        primary = private_ip_address[0] if isinstance(private_ip_address, list) else private_ip_address
        addresses = _chosen(place, primary, private_ip_addresses or [], int(secondary_ips_count or 0))
        if "device_index" in kwargs:
            # Made by RunInstances: AWS deletes it with its instance, moto would leave it behind.
            kwargs["delete_on_termination"] = True
        return original(self, place, addresses[0]["PrivateIpAddress"], addresses, group_ids, *args, **kwargs)

    def assign(self: Any, eni_id: str, wanted: list[str] | None = None, count: int | None = None) -> Any:
        eni = self.get_network_interface(eni_id)
        _assign(eni, wanted or [], count or 0)
        return eni

    patches.set(EC2Backend, "create_network_interface", create_network_interface)
    patches.set(EC2Backend, "assign_private_ip_addresses", assign)


def _chosen(subnet: Any, primary: str | None, listed: list[Any], more: int) -> list[dict[str, Any]]:
    """The addresses of a new interface: those asked for, then the lowest free ones."""
    asked = [item if isinstance(item, dict) else {"PrivateIpAddress": item} for item in listed]
    asked.sort(key=lambda item: not item.get("Primary"))
    wanted = [primary] if primary else []
    wanted += [item["PrivateIpAddress"] for item in asked if item["PrivateIpAddress"] not in wanted]
    for address in wanted:
        check_free(subnet, address)
    rest = (address for address in free(subnet) if address not in wanted)
    while len(wanted) < 1 + more:
        wanted.append(next(rest))
    return [{"Primary": place == 0, "PrivateIpAddress": address} for place, address in enumerate(wanted)]


def _assign(eni: Any, wanted: list[str], count: int) -> None:
    held = {item["PrivateIpAddress"] for item in eni.private_ip_addresses}
    new = [address for address in wanted if address not in held]
    for address in new:
        check_free(eni.subnet, address)
    source = free(eni.subnet)
    new += [next(source) for _ in range(0 if wanted else count)]
    eni.private_ip_addresses += [{"Primary": False, "PrivateIpAddress": address} for address in new]


def _public_addresses(patches: Patches) -> None:
    original = EC2Backend.allocate_address

    def allocate_address(self: Any, domain: str, address: str | None = None, tags: Any = None) -> Any:
        return original(self, domain, address or public_address(self), tags)

    def check_auto_public_ip(self: Any) -> None:
        if str(self.public_ip_auto_assign or "").lower() == "true":
            self.public_ip = public_address(self.ec2_backend)

    patches.set(EC2Backend, "allocate_address", allocate_address)
    patches.set(NetworkInterface, "check_auto_public_ip", check_auto_public_ip)


def _group_set(self: Any) -> list[Any]:
    of_instance = self.instance.security_groups if self.instance else []
    return list({group.id: group for group in (*self._group_set, *(of_instance or []))}.values())


def _read_addresses(self: Any) -> list[dict[str, Any]]:
    # moto changes this list in place, so it must be the list itself.
    held: list[dict[str, Any]] = vars(self)["lab_addresses"]
    for item in held:
        if item.get("Primary"):
            item.pop("Association", None)
            if vars(self).get("public_ip"):
                item["Association"] = self.association
    return held


def _write_addresses(self: Any, value: list[dict[str, Any]]) -> None:
    vars(self)["lab_addresses"] = value
