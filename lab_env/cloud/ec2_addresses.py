"""Private addresses out of their subnet, public ones out of AWS's ranges (*Subnet sizing*; *Elastic IP addresses*).

moto draws both at random: private addresses may repeat, lie outside the subnet or be reserved ones, and elastic IP
addresses are 127.x.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.moto_api._internal import mock_random

from lab_env.snapshot.internet import aws_ranges

# AWS keeps the first four addresses of a subnet and the last one.
RESERVED = 5


def taken(subnet: Any) -> set[str]:
    """The private IPv4 addresses that interfaces hold in a subnet."""
    return {
        address["PrivateIpAddress"]
        for eni in subnet.ec2_backend.enis.values()
        if eni.subnet.id == subnet.id
        for address in eni.private_ip_addresses
    }


def free(subnet: Any) -> Iterator[str]:
    """The addresses that a new interface may take, lowest first.

    Raises:
        EC2ClientError: ``InsufficientFreeAddressesInSubnet``, when asked for one more than there are.
    """
    held, network = taken(subnet), subnet.cidr
    for number in range(int(network.network_address) + 4, int(network.broadcast_address)):
        address = str(IPv4Address(number))
        if address not in held:
            yield address
    raise EC2ClientError(
        "InsufficientFreeAddressesInSubnet",
        "The specified subnet does not have enough free addresses to satisfy the request.",
    )


def free_count(subnet: Any) -> int:
    """``AvailableIpAddressCount``: what is neither reserved nor held."""
    return int(subnet.cidr.num_addresses) - RESERVED - len(taken(subnet))


def check_free(subnet: Any, address: str) -> None:
    """Refuse, as AWS does, an address that a subnet cannot give."""
    network: IPv4Network = subnet.cidr
    number = ip_address(address)
    if number not in network:
        raise EC2ClientError(
            "InvalidParameterValue", f"Address {address} does not fall within the subnet's address range"
        )
    first = int(network.network_address)
    if not first + 4 <= int(number) < int(network.broadcast_address):
        raise EC2ClientError(
            "InvalidParameterValue", f"Address {address} is in subnet's reserved address range"
        )
    if address in taken(subnet):
        raise EC2ClientError("InvalidIPAddress.InUse", f"The specified address is already in use: {address}")


def public_address(backend: Any) -> str:
    """A public address of EC2's in the backend's Region that nobody holds.

    Raises:
        NotModelled: the lab knows no public address of that Region.
    """
    network = aws_ranges("ec2", backend.region_name)[0]
    held = {eip.public_ip for eip in backend.addresses} | {eni.public_ip for eni in backend.enis.values()}
    while True:
        address = str(network[mock_random.randrange(1, network.num_addresses - 1)])
        if address not in held:
            return address
