"""Interface endpoints: an interface in each chosen subnet, security groups and DNS names.

Follows *Access an AWS service using an interface VPC endpoint* and *AWS PrivateLink for Amazon S3*.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.moto_api._internal import mock_random

from lab_env.cloud.ec2_addresses import free
from lab_env.cloud.ec2_endpoint_services import short_name
from lab_env.cloud.ec2_interfaces import check_groups
from lab_env.cloud.ec2_prefix_lists import GATEWAY_SERVICES

# The hosted zone of us-east-1's endpoint-specific names, and the hidden one of private names.
_VPCE_ZONE, _PRIVATE_ZONE = "Z7HUB22UULQXV", "Z0PRIVATEDNSHIDDEN"
_INBOUND_ONLY = "PrivateDnsOnlyForInboundResolverEndpoint"


def create(endpoint: Any, request: Any) -> None:
    """Place a new interface endpoint in the subnets and groups of a request.

    Without ``PrivateDnsEnabled`` private DNS is on (the API reference's default), except for services that also have
    gateway endpoints, whose examples in the S3 guide leave it out where no gateway endpoint exists.
    """
    _no_route_tables(request, "RouteTableIds")
    backend = endpoint.ec2_backend
    service = short_name(endpoint.service_name)
    endpoint.security_group_ids = list(dict.fromkeys(request.params.get("SecurityGroupIds", [])))
    check_groups(backend, endpoint.vpc_id, endpoint.security_group_ids, "")
    if not endpoint.security_group_ids:
        endpoint.security_group_ids = [backend.get_default_security_group(endpoint.vpc_id).id]
    endpoint.network_interface_ids = []
    endpoint.dns_suffix = mock_random.get_random_string(8, lower_case=True)
    wanted = request.params.get("PrivateDnsEnabled")
    private = wanted if wanted is not None else service not in GATEWAY_SERVICES
    _set_dns(endpoint, private=private, options=request.params.get("DnsOptions") or {})
    _add_subnets(endpoint, request.params.get("SubnetIds", []), _addresses(request))


def modify(endpoint: Any, request: Any) -> None:
    """Change the subnets, the security groups and the private DNS of an interface endpoint."""
    _no_route_tables(request, "AddRouteTableIds", "RemoveRouteTableIds")
    private = request.params.get("PrivateDnsEnabled")
    options = request.params.get("DnsOptions") or {}
    if private is not None or options:
        _set_dns(
            endpoint, private=endpoint.private_dns_enabled if private is None else private, options=options
        )
    _change_groups(endpoint, request)
    _remove_subnets(endpoint, request.params.get("RemoveSubnetIds", []))
    new = [one for one in request.params.get("AddSubnetIds", []) if one not in endpoint.subnet_ids]
    _add_subnets(endpoint, new, _addresses(request))


def delete(endpoint: Any) -> None:
    """Give the endpoint's interfaces back."""
    for identifier in endpoint.network_interface_ids:
        endpoint.ec2_backend.enis.pop(identifier, None)


def _no_route_tables(request: Any, *names: str) -> None:
    if any(request.params.get(name) for name in names):
        raise EC2ClientError(
            "InvalidParameter", "Route table IDs are only supported for Gateway type VPC Endpoint."
        )


def _addresses(request: Any) -> dict[str, str]:
    chosen = request.params.get("SubnetConfigurations", [])
    return {item["SubnetId"]: item["Ipv4"] for item in chosen if item.get("Ipv4")}


def _add_subnets(endpoint: Any, identifiers: list[str], addresses: dict[str, str]) -> None:
    backend = endpoint.ec2_backend
    subnets = _new_subnets(endpoint, identifiers)
    # Chosen before anything is made: a full subnet must leave nothing behind.
    chosen = [addresses.get(subnet.id) or next(free(subnet)) for subnet in subnets]
    for subnet, address in zip(subnets, chosen, strict=True):
        eni = backend.create_network_interface(
            subnet,
            address,
            group_ids=endpoint.security_group_ids,
            description=f"VPC Endpoint Interface {endpoint.id}",
        )
        eni.interface_type, eni.requester_managed, eni.status = "vpc_endpoint", True, "in-use"
        endpoint.subnet_ids.append(subnet.id)
        endpoint.network_interface_ids.append(eni.id)
    _write_names(endpoint)


def _new_subnets(endpoint: Any, identifiers: list[str]) -> list[Any]:
    subnets = [endpoint.ec2_backend.get_subnet(one) for one in dict.fromkeys(identifiers)]
    zones = {endpoint.ec2_backend.get_subnet(one).availability_zone for one in endpoint.subnet_ids}
    for subnet in subnets:
        if subnet.vpc_id != endpoint.vpc_id:
            raise EC2ClientError(
                "InvalidParameter", f"Subnet {subnet.id} does not belong to VPC {endpoint.vpc_id}."
            )
        if subnet.availability_zone in zones:
            raise EC2ClientError(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet.id}",
            )
        zones.add(subnet.availability_zone)
    return subnets


def _remove_subnets(endpoint: Any, identifiers: list[str]) -> None:
    enis = endpoint.ec2_backend.enis
    for identifier in [one for one in endpoint.network_interface_ids if enis[one].subnet.id in identifiers]:
        endpoint.network_interface_ids.remove(identifier)
        del enis[identifier]
    endpoint.subnet_ids = [one for one in endpoint.subnet_ids if one not in identifiers]


def _change_groups(endpoint: Any, request: Any) -> None:
    backend = endpoint.ec2_backend
    remove = request.params.get("RemoveSecurityGroupIds", [])
    groups = [*endpoint.security_group_ids, *request.params.get("AddSecurityGroupIds", [])]
    groups = [one for one in dict.fromkeys(groups) if one not in remove]
    check_groups(backend, endpoint.vpc_id, groups, "")
    if not groups:
        raise EC2ClientError("InvalidParameter", "A VPC endpoint needs at least one security group.")
    endpoint.security_group_ids = groups
    for identifier in endpoint.network_interface_ids:
        backend.enis[identifier]._group_set = [backend.get_security_group_from_id(one) for one in groups]


def _set_dns(endpoint: Any, *, private: bool, options: dict[str, Any]) -> None:
    backend, service = endpoint.ec2_backend, short_name(endpoint.service_name)
    kept = {key: value for key, value in options.items() if value is not None}
    inbound_only = kept.pop(_INBOUND_ONLY, None)
    if inbound_only is None:
        # AWS's default for services with both kinds of endpoint.
        before = getattr(endpoint, "dns_options", {}).get(_INBOUND_ONLY)
        inbound_only = before if before is not None else private and service in GATEWAY_SERVICES
    inbound_only = bool(inbound_only) and private
    if inbound_only and not _has_gateway(endpoint):
        raise EC2ClientError(
            "InvalidParameter",
            f"To set {_INBOUND_ONLY} to true, the VPC {endpoint.vpc_id} must have a Gateway endpoint for the service.",
        )
    if private:
        _check_private(endpoint, backend)
    endpoint.private_dns_enabled = private
    endpoint.dns_options = {"DnsRecordIpType": "ipv4"} | kept
    if private and service in GATEWAY_SERVICES:
        endpoint.dns_options[_INBOUND_ONLY] = inbound_only
    _write_names(endpoint)


def _check_private(endpoint: Any, backend: Any) -> None:
    vpc = backend.get_vpc(endpoint.vpc_id)
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        raise EC2ClientError(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
            f"for {vpc.id}",
        )
    for other in backend.vpc_end_points.values():
        same = (other.vpc_id, other.service_name) == (endpoint.vpc_id, endpoint.service_name)
        if same and other is not endpoint and other.private_dns_enabled:
            raise EC2ClientError(
                "InvalidParameter",
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{_private_names(endpoint)[0]} in the VPC {vpc.id}",
            )


def _has_gateway(endpoint: Any) -> bool:
    return any(
        (other.vpc_id, other.service_name, other.vpc_endpoint_type)
        == (endpoint.vpc_id, endpoint.service_name, "Gateway")
        for other in endpoint.ec2_backend.vpc_end_points.values()
    )


def _private_names(endpoint: Any) -> list[str]:
    service, region = short_name(endpoint.service_name), endpoint.ec2_backend.region_name
    if service == "s3":
        return [
            f"{name}.{region}.amazonaws.com" for name in ("s3", "*.s3", "*.s3-accesspoint", "*.s3-control")
        ]
    host = ".".join(reversed(service.split(".")))
    return [
        f"{host}.{region}.amazonaws.com",
        *([f"*.{host}.{region}.amazonaws.com"] if service == "ecr.dkr" else []),
    ]


def _write_names(endpoint: Any) -> None:
    """DnsEntries: the Regional name, one for each zone, and the private names when private DNS is on."""
    backend, region = endpoint.ec2_backend, endpoint.ec2_backend.region_name
    service = short_name(endpoint.service_name)
    domain = f"{'.'.join(reversed(service.split('.')))}.{region}.vpce.amazonaws.com"
    wildcard = "*." if service == "s3" else ""
    stem = f"{wildcard}{endpoint.id}-{endpoint.dns_suffix}"
    zones = [backend.get_subnet(one).availability_zone for one in endpoint.subnet_ids]
    names = [f"{stem}.{domain}", *(f"{stem}-{zone}.{domain}" for zone in zones)]
    private = _private_names(endpoint) if endpoint.private_dns_enabled else []
    endpoint.dns_entries = [{"DnsName": name, "HostedZoneId": _VPCE_ZONE} for name in names]
    endpoint.dns_entries += [{"DnsName": name, "HostedZoneId": _PRIVATE_ZONE} for name in private]
