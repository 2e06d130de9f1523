"""Which services a VPC endpoint can be made for, and of which kinds (*AWS services that integrate with it*)."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES

from lab_env.cloud.ec2_prefix_lists import GATEWAY_SERVICES
from lab_env.errors import NotModelled
from lab_env.snapshot.internet import regions

# Names that moto's list of AWS's services lacks.
_ALSO = frozenset(
    {"s3", "dynamodb", "sagemaker.api", "sagemaker.runtime", "ecr.api", "ecr.dkr", "logs", "sts", "kms"}
)
_KNOWN = frozenset(AWS_ENDPOINT_SERVICES) | _ALSO


def check_service(backend: Any, name: str, kind: str) -> None:
    """Refuse a service that AWS does not offer in the backend's Region, or not as this kind of endpoint.

    Raises:
        EC2ClientError: ``InvalidServiceName`` or ``InvalidParameter``.
        NotModelled: Gateway Load Balancer endpoints, endpoint services of customers, S3 Express.
    """
    region, prefix = backend.region_name, f"com.amazonaws.{backend.region_name}."
    short = name.removeprefix(prefix)
    if short == "s3express" or name.startswith("com.amazonaws.vpce.") or kind not in {"Gateway", "Interface"}:
        raise NotModelled(f"a VPC endpoint of type {kind} for {name}.")
    if not name.startswith(prefix) or short not in _KNOWN:
        raise EC2ClientError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
    if kind == "Gateway" and short not in GATEWAY_SERVICES:
        raise EC2ClientError(
            "InvalidParameter",
            "Endpoint type (Gateway) does not match available service types ([Interface]).",
        )
    if kind == "Gateway" and region not in regions():
        raise NotModelled(f"Region {region}: the lab knows no prefix list of it.")


def short_name(service: str) -> str:
    """The service's own part of an endpoint service's name: ``s3`` of ``com.amazonaws.us-east-1.s3``."""
    return service.split(".", 3)[3]
