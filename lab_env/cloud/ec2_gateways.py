"""NAT gateways, internet gateways and elastic IP addresses in the states that AWS gives them.

Follows *NAT gateways*, *Troubleshoot NAT gateways* and *Enable internet access for a VPC using an internet gateway*.
moto's NAT gateways are always available, hold addresses of anywhere, keep their interface when deleted, and a missing
one is no error.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError, MissingParameterError
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.responses import EC2Response
from moto.ec2.utils import add_tag_specification, random_nat_gateway_id

from lab_env.cloud.ec2_addresses import free
from lab_env.cloud.ec2_refusals import before
from lab_env.cloud.patches import Patches
from lab_env.errors import NotModelled


class ZonalNatGateway(NatGateway):
    """A NAT gateway in one subnet; moto's class with AWS's way of coming to be."""

    def __init__(self, backend: Any, subnet: Any, connectivity: str, tags: dict[str, str]) -> None:
        self.ec2_backend = backend
        self.id = random_nat_gateway_id()
        self.subnet_id, self.vpc_id = subnet.id, subnet.vpc_id
        self.connectivity_type = connectivity
        self.state = "available"
        self.address_set: list[dict[str, Any]] = []
        self.failure_code: str | None = None
        self.failure_message: str | None = None
        self.delete_time: Any = None
        self._created_at = utcnow()
        self._eni: Any = None
        self.add_tags(tags)

    def fail(self, code: str, message: str) -> None:
        """End in state ``failed``: it holds no address and no interface."""
        self.state, self.failure_code, self.failure_message = "failed", code, message


def fill(patches: Patches) -> None:
    """Answer NAT gateways in moto's place; refuse gateway and address operations that AWS refuses."""
    patches.set(EC2Response, "create_nat_gateway", _create)
    patches.set(EC2Response, "delete_nat_gateway", _delete)
    before(patches, "describe_nat_gateways", _check_known)
    before(patches, "attach_internet_gateway", _check_attach)
    before(patches, "detach_internet_gateway", _check_detach)
    before(patches, "delete_internet_gateway", _check_delete_gateway)
    before(patches, "associate_address", _check_associate)
    before(patches, "release_address", _check_release)


def has_internet_gateway(backend: Any, vpc: str) -> bool:
    """Whether an internet gateway is attached to a VPC."""
    return any(igw.vpc is not None and igw.vpc.id == vpc for igw in backend.internet_gateways.values())


def _create(self: Any) -> ActionResult:
    if self.params.get("AvailabilityMode", "zonal") != "zonal":
        raise NotModelled("a Regional NAT gateway (AvailabilityMode regional).")
    backend, connectivity = self.ec2_backend, self.params.get("ConnectivityType") or "public"
    if not self.params.get("SubnetId"):
        raise MissingParameterError("SubnetId")
    subnet = backend.get_subnet(self.params["SubnetId"])
    allocation = self.params.get("AllocationId")
    if connectivity == "public" and not allocation:
        raise MissingParameterError("AllocationId")
    if connectivity == "private" and allocation:
        raise EC2ClientError("InvalidParameter", "AllocationId is not supported for a private NAT gateway.")
    address = backend.address_by_allocation([allocation])[0] if allocation else None
    tags = add_tag_specification(self.params.get("TagSpecifications", []))
    made = ZonalNatGateway(backend, subnet, connectivity, tags)
    backend.nat_gateways[made.id] = made
    _come_up(made, subnet, address, self.params.get("PrivateIpAddress"))
    # AWS answers before it is done; the next describe shows how it ended.
    told = {"State": "pending", "NatGatewayAddresses": made.address_set, "Tags": made.tag_list}
    return ActionResult(
        {"NatGateway": _described(made) | told | {"FailureCode": None, "FailureMessage": None}}
    )


def _described(nat: Any) -> dict[str, Any]:
    return {
        "NatGatewayId": nat.id,
        "SubnetId": nat.subnet_id,
        "VpcId": nat.vpc_id,
        "ConnectivityType": nat.connectivity_type,
        "CreateTime": nat.create_time,
    }


def _come_up(nat: Any, subnet: Any, address: Any, wanted: str | None) -> None:
    backend = nat.ec2_backend
    if nat.connectivity_type == "public" and not has_internet_gateway(backend, subnet.vpc_id):
        nat.fail("Gateway.NotAttached", f"Network {subnet.vpc_id} has no Internet gateway attached")
        return
    if address is not None and address.association_id:
        nat.fail(
            "Resource.AlreadyAssociated",
            f"Elastic IP address [{address.allocation_id}] is already associated",
        )
        return
    try:
        private = wanted or next(free(subnet))
    except EC2ClientError:
        nat.fail(
            "InsufficientFreeAddressesInSubnet",
            "Subnet has insufficient free addresses to create this NAT gateway",
        )
        return
    eni = backend.create_network_interface(subnet, private, description=f"Interface for NAT Gateway {nat.id}")
    eni.interface_type, eni.requester_managed, eni.status = "nat_gateway", True, "in-use"
    # A NAT gateway has no security group: only its subnet's network ACL stands before it.
    eni._group_set, eni.source_dest_check = [], False
    nat._eni = eni
    if address is not None:
        backend.associate_address(eni=eni, allocation_id=address.allocation_id)
    nat.address_set = [_address(eni, address)]


def _address(eni: Any, address: Any) -> dict[str, Any]:
    told = {
        "NetworkInterfaceId": eni.id,
        "PrivateIp": eni.private_ip_address,
        "IsPrimary": True,
        "Status": "succeeded",
    }
    if address is None:
        return told
    public = {
        "AllocationId": address.allocation_id,
        "AssociationId": address.association_id,
        "PublicIp": address.public_ip,
    }
    return told | public


def _delete(self: Any) -> ActionResult:
    identifier = self.params["NatGatewayId"]
    nat = _known(self.ec2_backend, identifier)
    if nat._eni is not None:
        for address in self.ec2_backend.addresses:
            if address.eni is nat._eni:
                self.ec2_backend.disassociate_address(address=address.public_ip)
        self.ec2_backend.enis.pop(nat._eni.id, None)
        nat._eni = None
    nat.state, nat.delete_time = "deleted", utcnow()
    return ActionResult({"NatGatewayId": identifier})


def _known(backend: Any, identifier: str) -> Any:
    if identifier not in backend.nat_gateways:
        raise EC2ClientError("NatGatewayNotFound", f"NAT gateway {identifier} was not found")
    return backend.nat_gateways[identifier]


def _check_known(request: Any) -> None:
    for identifier in request.params.get("NatGatewayIds", []):
        _known(request.ec2_backend, identifier)


def _check_attach(request: Any) -> None:
    vpc = request.ec2_backend.get_vpc(request.params["VpcId"])
    if has_internet_gateway(request.ec2_backend, vpc.id):
        raise EC2ClientError(
            "InvalidParameterValue", f"Network {vpc.id} already has an internet gateway attached"
        )


def _check_detach(request: Any) -> None:
    vpc = request.params["VpcId"]
    if any(eni.public_ip and eni.vpc_id == vpc for eni in request.ec2_backend.enis.values()):
        raise DependencyViolationError(
            f"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before "
            "detaching the gateway."
        )


def _check_delete_gateway(request: Any) -> None:
    gateway = request.ec2_backend.get_internet_gateway(request.params["InternetGatewayId"])
    if gateway.vpc is not None:
        raise DependencyViolationError(
            f"The internetGateway '{gateway.id}' has dependencies and cannot be deleted."
        )


def _check_associate(request: Any) -> None:
    backend = request.ec2_backend
    if identifier := request.params.get("NetworkInterfaceId"):
        vpc = backend.get_network_interface(identifier).vpc_id
    elif identifier := request.params.get("InstanceId"):
        vpc = backend.get_instance(identifier).vpc_id
    else:
        return
    if not has_internet_gateway(backend, vpc):
        raise EC2ClientError("Gateway.NotAttached", f"Network {vpc} is not attached to any internet gateway")


def _check_release(request: Any) -> None:
    identifier = request.params.get("AllocationId")
    if not identifier:
        return
    address = request.ec2_backend.address_by_allocation([identifier])[0]
    if address.association_id:
        raise EC2ClientError("InvalidIPAddress.InUse", f"Address {identifier} is in use.")
