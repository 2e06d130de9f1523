"""What people call the parts of a network: a resource's kind in words, its Name tag, its address."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.network.flow import Hop
from lab_env.network.model import Network, VpcEndpoint

KINDS = {
    "vpcs": "VPC",
    "subnets": "subnet",
    "route_tables": "route table",
    "interfaces": "network interface",
    "security_groups": "security group",
    "network_acls": "network ACL",
    "internet_gateways": "internet gateway",
    "nat_gateways": "NAT gateway",
    "vpn_gateways": "virtual private gateway",
    "peerings": "VPC peering connection",
    "endpoints": "VPC endpoint",
    "prefix_lists": "prefix list",
    "on_premises": "data centre",
}
"""The fields of `Network` that hold resources, each with AWS's word for one of them."""

_HOP_KINDS = {
    "dns": "DNS resolver",
    "network-acl": "network ACL",
    "nat-gateway": "NAT gateway",
    "aws-service": "AWS service",
    "on-premises": "on premises",
    "peering": "VPC peering connection",
    "interface": "network interface",
    "direct-connect": "Direct Connect",
}
_SERVICES = {
    "s3": "S3",
    "dynamodb": "DynamoDB",
    "kms": "KMS",
    "sts": "STS",
    "ec2": "EC2",
    "logs": "CloudWatch Logs",
    "monitoring": "CloudWatch",
    "sagemaker": "SageMaker",
    "sagemaker.api": "SageMaker API",
    "sagemaker.runtime": "SageMaker Runtime",
    "ecr.api": "ECR API",
    "ecr.dkr": "ECR registry",
    "secretsmanager": "Secrets Manager",
}
_LONG_NAME = "com.amazonaws."


class Names:
    """The names of one network's resources.

    Args:
        network: whose Name tags and addresses are asked for.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._names = dict(_named(network))

    def of(self, resource: str) -> str:
        """The Name tag of a resource, or an interface's private address; empty when it has none."""
        return self._names.get(resource, "")

    def full(self, resource: str) -> str:
        """``rtb-… (meridian-private)``; the bare id of a resource without a name."""
        name = self.of(resource)
        return f"{resource} ({name})" if name else resource

    def destination(self, destination: object) -> str:
        """A route's destination or a rule's peer: a CIDR, ``pl-… (S3)``, or a named security group."""
        text = str(destination)
        found = self._network.prefix_list.get(text)
        if found is None:
            return self.full(text)
        return f"{text} ({service_name(found.name) if found.owner == 'AWS' else found.name})"


def _named(network: Network) -> Iterator[tuple[str, str]]:
    for field in KINDS:
        yield from (
            (item.id, item.name)
            for item in getattr(network, field)
            if hasattr(item, "id") and hasattr(item, "name")
        )
    yield from ((item.id, str(item.address)) for item in network.interfaces)


def hop_kind(hop: Hop) -> str:
    """The kind of a hop's resource in AWS's own words (``route table``, ``NAT gateway``)."""
    return _HOP_KINDS.get(hop.kind, hop.kind.replace("-", " "))


def service_name(service: str) -> str:
    """``S3`` for ``com.amazonaws.us-east-1.s3``; a service without a short name keeps the last part of its own."""
    own = service.removeprefix(_LONG_NAME).partition(".")[2] if service.startswith(_LONG_NAME) else service
    tail = own.rpartition(".")[2]
    return _SERVICES.get(own) or _SERVICES.get(tail, tail)


def endpoint_label(endpoint: VpcEndpoint) -> str:
    """``gateway endpoint for com.amazonaws.us-east-1.s3``."""
    return f"{endpoint.kind.lower()} endpoint for {endpoint.service}"
