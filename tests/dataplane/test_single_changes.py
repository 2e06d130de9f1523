"""Change one thing by hand, and the outcome follows: real calls from a real interface at the end of chapter 05.

Each row is one change, and what a client in subnet A then sees: an error class of botocore's and the explanation code
of the hop that decided, or the way its call took.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from lab_env import Lab
from lab_env.dataplane.failures import trace_of

Change = Callable[[Any, Lab], Any]
ANYWHERE = "0.0.0.0/0"


def delete_endpoint(ec2: Any, lab: Lab) -> None:
    ec2.delete_vpc_endpoints(VpcEndpointIds=[lab.names.s3_endpoint])


def leave_table(ec2: Any, lab: Lab) -> None:
    table = lab.names.private_route_table
    ec2.modify_vpc_endpoint(VpcEndpointId=lab.names.s3_endpoint, RemoveRouteTableIds=[table])


def association_of(ec2: Any, subnet: str) -> str:
    wanted = [{"Name": "association.subnet-id", "Values": [subnet]}]
    table = ec2.describe_route_tables(Filters=wanted)["RouteTables"][0]
    found = [a for a in table["Associations"] if a.get("SubnetId") == subnet]
    return str(found[0]["RouteTableAssociationId"])


def fall_back_to_main_table(ec2: Any, lab: Lab) -> None:
    ec2.disassociate_route_table(AssociationId=association_of(ec2, lab.names.subnet_a))


def bare_table(ec2: Any, lab: Lab) -> None:
    table = ec2.create_route_table(VpcId=lab.names.vpc)["RouteTable"]["RouteTableId"]
    ec2.replace_route_table_association(
        AssociationId=association_of(ec2, lab.names.subnet_a), RouteTableId=table
    )


def egress(*allowed: dict[str, Any]) -> Change:
    """Take the default egress rule away, and allow only this."""

    def change(ec2: Any, lab: Lab) -> None:
        group = lab.names.training_security_group
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}]
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
        for permission in allowed:
            filled = {**permission}
            if "PrefixListIds" in permission:
                filled["PrefixListIds"] = [{"PrefixListId": s3_prefix_list(ec2)}]
            ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[filled])

    return change


def s3_prefix_list(ec2: Any) -> str:
    wanted = [{"Name": "prefix-list-name", "Values": ["com.amazonaws.us-east-1.s3"]}]
    return str(ec2.describe_managed_prefix_lists(Filters=wanted)["PrefixLists"][0]["PrefixListId"])


def tcp(low: int, high: int, **peer: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": low, "ToPort": high, **peer}


def acl_of(ec2: Any, subnet: str) -> tuple[str, str]:
    wanted = [{"Name": "association.subnet-id", "Values": [subnet]}]
    acl = ec2.describe_network_acls(Filters=wanted)["NetworkAcls"][0]
    association = next(a for a in acl["Associations"] if a["SubnetId"] == subnet)
    return acl["NetworkAclId"], association["NetworkAclAssociationId"]


def entry(
    ec2: Any,
    acl: str,
    number: int,
    action: str,
    *,
    out: bool,
    ports: tuple[int, int] | None,
    cidr: str = ANYWHERE,
) -> None:
    """One rule of a network ACL; no ports: all traffic."""
    kind: dict[str, Any] = {"Protocol": "-1"}
    if ports:
        kind = {"Protocol": "6", "PortRange": {"From": ports[0], "To": ports[1]}}
    ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=number, RuleAction=action, Egress=out, CidrBlock=cidr, **kind
    )


def deny(*, out: bool, ports: tuple[int, int]) -> Change:
    def change(ec2: Any, lab: Lab) -> None:
        entry(ec2, acl_of(ec2, lab.names.subnet_a)[0], 50, "deny", out=out, ports=ports)

    return change


def own_acl(*, out: tuple[int, int] | None = None, back: tuple[int, int] | None = None) -> Change:
    """A new network ACL for subnet A, which denies all but TCP to ``out`` and from anywhere to ``back``."""

    def change(ec2: Any, lab: Lab) -> None:
        acl = ec2.create_network_acl(VpcId=lab.names.vpc)["NetworkAcl"]["NetworkAclId"]
        if out:
            entry(ec2, acl, 100, "allow", out=True, ports=out)
        if back:
            entry(ec2, acl, 100, "allow", out=False, ports=back)
        _, association = acl_of(ec2, lab.names.subnet_a)
        ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=acl)

    return change


def attribute(name: str, *, on: bool) -> Change:
    def change(ec2: Any, lab: Lab) -> None:
        ec2.modify_vpc_attribute(VpcId=lab.names.vpc, **{name: {"Value": on}})

    return change


def gateway_instead_of_endpoint(ec2: Any, lab: Lab) -> None:
    leave_table(ec2, lab)
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=lab.names.vpc)
    ec2.create_route(RouteTableId=lab.names.private_route_table, DestinationCidrBlock=ANYWHERE, GatewayId=igw)


def gateway_beside_endpoint(ec2: Any, lab: Lab) -> None:
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=lab.names.vpc)
    ec2.create_route(RouteTableId=lab.names.private_route_table, DestinationCidrBlock=ANYWHERE, GatewayId=igw)


def interface_endpoint(*, inbound: bool, private_dns_inbound_only: bool = False) -> Change:
    def change(ec2: Any, lab: Lab) -> None:
        group = ec2.create_security_group(GroupName="endpoint", Description="endpoint", VpcId=lab.names.vpc)[
            "GroupId"
        ]
        if inbound:
            rule = tcp(443, 443, IpRanges=[{"CidrIp": "10.20.0.0/16"}])
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        ec2.create_vpc_endpoint(
            VpcId=lab.names.vpc,
            ServiceName="com.amazonaws.us-east-1.s3",
            VpcEndpointType="Interface",
            SubnetIds=[lab.names.subnet_b],
            SecurityGroupIds=[group],
            PrivateDnsEnabled=True,
            DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": private_dns_inbound_only},
        )

    return change


def restrict_endpoint_policy(ec2: Any, lab: Lab) -> None:
    nothing = '{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}'
    ec2.modify_vpc_endpoint(VpcEndpointId=lab.names.s3_endpoint, PolicyDocument=nothing)


TIMEOUT, UNRESOLVED = ConnectTimeoutError, EndpointConnectionError

LOST = [
    pytest.param(delete_endpoint, TIMEOUT, "NO_ROUTE_TO_DESTINATION", id="endpoint deleted"),
    pytest.param(leave_table, TIMEOUT, "NO_ROUTE_TO_DESTINATION", id="endpoint leaves the table"),
    pytest.param(
        fall_back_to_main_table, TIMEOUT, "NO_ROUTE_TO_DESTINATION", id="main table rules the subnet"
    ),
    pytest.param(bare_table, TIMEOUT, "NO_ROUTE_TO_DESTINATION", id="subnet gets a bare table"),
    pytest.param(egress(), TIMEOUT, "ENI_SG_RULES_MISMATCH", id="no egress rule"),
    pytest.param(
        egress(tcp(80, 80, IpRanges=[{"CidrIp": ANYWHERE}])), TIMEOUT, "ENI_SG_RULES_MISMATCH", id="egress 80"
    ),
    pytest.param(
        egress(tcp(443, 443, IpRanges=[{"CidrIp": "10.0.0.0/8"}])),
        TIMEOUT,
        "ENI_SG_RULES_MISMATCH",
        id="egress 10/8",
    ),
    pytest.param(
        egress({"IpProtocol": "udp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": ANYWHERE}]}),
        TIMEOUT,
        "ENI_SG_RULES_MISMATCH",
        id="egress udp 443",
    ),
    pytest.param(
        deny(out=True, ports=(443, 443)), TIMEOUT, "SUBNET_ACL_RESTRICTION", id="NACL denies 443 out"
    ),
    pytest.param(
        deny(out=False, ports=(1024, 65535)), TIMEOUT, "SUBNET_ACL_RESTRICTION", id="NACL denies the answer"
    ),
    pytest.param(own_acl(), TIMEOUT, "SUBNET_ACL_RESTRICTION", id="new NACL denies all"),
    pytest.param(
        own_acl(out=(443, 443), back=(443, 443)),
        TIMEOUT,
        "SUBNET_ACL_RESTRICTION",
        id="NACL lets only 443 in",
    ),
    pytest.param(
        own_acl(out=(443, 443), back=(32768, 40000)),
        TIMEOUT,
        "SUBNET_ACL_RESTRICTION",
        id="NACL lets some ports in",
    ),
    pytest.param(
        own_acl(out=(80, 80), back=(1024, 65535)),
        TIMEOUT,
        "SUBNET_ACL_RESTRICTION",
        id="NACL lets only 80 out",
    ),
    pytest.param(attribute("EnableDnsSupport", on=False), UNRESOLVED, "", id="DNS support off"),
    pytest.param(
        gateway_instead_of_endpoint,
        TIMEOUT,
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        id="internet gateway without a public address",
    ),
    pytest.param(
        interface_endpoint(inbound=False), TIMEOUT, "ENI_SG_RULES_MISMATCH", id="endpoint's group is shut"
    ),
]

REACHED = [
    pytest.param(
        egress(tcp(443, 443, PrefixListIds=[])), "gateway-endpoint", id="egress to the prefix list only"
    ),
    pytest.param(own_acl(out=(443, 443), back=(1024, 65535)), "gateway-endpoint", id="NACL with both halves"),
    pytest.param(attribute("EnableDnsHostnames", on=False), "gateway-endpoint", id="DNS hostnames off"),
    pytest.param(gateway_beside_endpoint, "gateway-endpoint", id="default route beside the endpoint"),
    pytest.param(
        interface_endpoint(inbound=True), "interface-endpoint", id="private DNS to an interface endpoint"
    ),
    pytest.param(
        interface_endpoint(inbound=True, private_dns_inbound_only=True),
        "gateway-endpoint",
        id="private DNS for on-premises names only",
    ),
]


def list_from_subnet_a(lab: Lab, region: str = "us-east-1", bucket: str = "") -> Any:
    groups = [lab.names.training_security_group]
    with lab.session_in(lab.names.subnet_a, role=lab.names.training_role, security_groups=groups) as session:
        client = session.client("s3", region_name=region)
        return client.list_objects_v2(Bucket=bucket or lab.names.training_bucket)


@pytest.mark.parametrize(("change", "error", "code"), LOST)
def test_a_change_that_cuts_the_way(solved: Lab, change: Change, error: type[Exception], code: str) -> None:
    assert list_from_subnet_a(solved)["KeyCount"] == 13
    change(boto3.client("ec2"), solved)
    with pytest.raises(error) as raised:
        list_from_subnet_a(solved)
    trace = trace_of(raised.value)
    assert trace is not None
    assert trace.blockers[0].code == code


@pytest.mark.parametrize(("change", "way"), REACHED)
def test_a_change_that_leaves_a_way(solved: Lab, change: Change, way: str) -> None:
    change(boto3.client("ec2"), solved)
    assert list_from_subnet_a(solved)["KeyCount"] == 13
    assert [a.trace.exit.value for a in solved.ledger if a.place.startswith("eni-")] == [way]


def test_an_endpoint_policy_that_allows_nothing(solved: Lab) -> None:
    """The way is there, and the answer is no."""
    restrict_endpoint_policy(boto3.client("ec2"), solved)
    with pytest.raises(ClientError, match="with an explicit deny in a VPC endpoint policy"):
        list_from_subnet_a(solved)
    assert [a.code for a in solved.ledger if a.place.startswith("eni-")] == ["AccessDenied"]


def test_another_region_is_not_in_the_prefix_list(solved: Lab) -> None:
    with pytest.raises(ConnectTimeoutError) as raised:
        list_from_subnet_a(solved, "eu-west-1", "meridian-eu-archive")
    trace = trace_of(raised.value)
    assert trace is not None
    assert trace.blockers[0].code == "NO_ROUTE_TO_DESTINATION"


def test_a_job_fails_in_sagemakers_words_and_trains_again_once_repaired(solved: Lab) -> None:
    """A change as a job sees it: its FailureReason names endpoint, NAT, security groups and NACL, as AWS's does."""
    ec2, sagemaker = boto3.client("ec2"), boto3.client("sagemaker")
    leave_table(ec2, solved)
    sagemaker.create_training_job(**{**solved.job, "TrainingJobName": "cut"})
    cut = solved._training.wait("cut", 60)
    assert cut.stages == ["Starting", "Downloading", "Failed"]
    assert sagemaker.describe_training_job(TrainingJobName="cut")["FailureReason"] == (
        "ClientError: Data download failed:Please ensure that the subnet's route table has a route to an S3 VPC "
        "endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic "
        "to S3."
    )
    ec2.modify_vpc_endpoint(
        VpcEndpointId=solved.names.s3_endpoint, AddRouteTableIds=[solved.names.private_route_table]
    )
    sagemaker.create_training_job(**{**solved.job, "TrainingJobName": "mended"})
    assert solved._training.wait("mended", 60).record.status == "Completed"
