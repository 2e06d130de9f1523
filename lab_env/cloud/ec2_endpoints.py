"""VPC endpoints as AWS makes, changes and deletes them.

Follows *Gateway endpoints*, *Access an AWS service using an interface VPC endpoint* and *PrivateLink for Amazon S3*.
moto accepts any service name and a second endpoint on one route table, adds no route when a table is associated later,
places interfaces outside their subnets, and drops ``DnsOptions``.
"""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidVpcEndPointIdError
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.responses import EC2Response
from moto.ec2.utils import add_tag_specification, random_vpc_ep_id

from lab_env.cloud import ec2_endpoint_gateway as gateway
from lab_env.cloud import ec2_endpoint_interface as interface
from lab_env.cloud.ec2_endpoint_services import check_service
from lab_env.cloud.patches import Patches

GATEWAY, INTERFACE = "Gateway", "Interface"
# What AWS writes when no policy is given, in its own words for each kind.
_DEFAULT_POLICY = {
    GATEWAY: json.dumps(
        {
            "Version": "2008-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
        },
        separators=(",", ":"),
    ),
    INTERFACE: json.dumps(
        {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]},
        indent=2,
        separators=(", ", ": "),
    ),
}
_POLICY_LIMIT = 20_480


def fill(patches: Patches) -> None:
    """Answer the four operations on VPC endpoints in moto's place, on moto's state."""
    patches.set(EC2Response, "create_vpc_endpoint", _create)
    patches.set(EC2Response, "modify_vpc_endpoint", _modify)
    patches.set(EC2Response, "delete_vpc_endpoints", _delete)
    patches.set(VPCEndPoint, "groups", property(_groups))


def _create(self: Any) -> ActionResult:
    backend, kind = self.ec2_backend, self.params.get("VpcEndpointType") or GATEWAY
    vpc = backend.get_vpc(self.params.get("VpcId"))
    service = self.params.get("ServiceName")
    check_service(backend, service, kind)
    endpoint = VPCEndPoint(
        backend,
        random_vpc_ep_id(),
        vpc.id,
        service,
        kind,
        _policy(self.params.get("PolicyDocument"), kind),
        route_table_ids=[],
        subnet_ids=[],
        client_token=self.params.get("ClientToken"),
        tags=add_tag_specification(self.params.get("TagSpecifications", [])),
        private_dns_enabled=False,
        dns_entries=[],
    )
    endpoint.ip_address_type, endpoint.requester_managed = "ipv4", False
    endpoint.service_region = backend.region_name
    create = gateway.create if kind == GATEWAY else interface.create
    create(endpoint, self)
    backend.vpc_end_points[endpoint.id] = endpoint
    return ActionResult({"VpcEndpoint": endpoint})


def _modify(self: Any) -> ActionResult:
    endpoint = self.ec2_backend.get_vpc_end_point(self.params.get("VpcEndpointId"))
    policy = endpoint.policy_document
    if self.params.get("ResetPolicy"):
        policy = _DEFAULT_POLICY[endpoint.vpc_endpoint_type]
    elif (text := self.params.get("PolicyDocument")) is not None:
        policy = _policy(text, endpoint.vpc_endpoint_type)
    modify = gateway.modify if endpoint.vpc_endpoint_type == GATEWAY else interface.modify
    modify(endpoint, self)
    endpoint.policy_document = policy
    return ActionResult({"Return": True})


def _delete(self: Any) -> ActionResult:
    unsuccessful = []
    for identifier in self.params.get("VpcEndpointIds", []):
        try:
            _delete_one(self.ec2_backend, identifier)
        except EC2ClientError as error:
            told = {"Code": error.code, "Message": error.message}
            unsuccessful.append({"ResourceId": identifier, "Error": told})
    return ActionResult({"Unsuccessful": unsuccessful})


def _delete_one(backend: Any, identifier: str) -> None:
    endpoint = backend.vpc_end_points.get(identifier)
    if endpoint is None:
        raise InvalidVpcEndPointIdError(identifier)
    delete = gateway.delete if endpoint.vpc_endpoint_type == GATEWAY else interface.delete
    delete(endpoint)
    del backend.vpc_end_points[identifier]


def _policy(text: str | None, kind: str) -> str:
    if text is None:
        return _DEFAULT_POLICY[kind]
    try:
        sound = isinstance(json.loads(text), dict) and len(text) <= _POLICY_LIMIT
    except ValueError:
        sound = False
    if not sound:
        raise EC2ClientError(
            "InvalidPolicyDocument",
            "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.",
        )
    return text


def _groups(self: Any) -> list[dict[str, str]]:
    groups = (self.ec2_backend.get_security_group_from_id(one) for one in self.security_group_ids)
    return [{"GroupId": group.id, "GroupName": group.name} for group in groups]
