"""Chapter 08: interface endpoints beside the gateway endpoint, for S3 and for the services around it.

Nothing of it is left to other chapters. Each step may be made again: what stands already stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lab_env.scenario.chapter04 import lay_private_line, propagate_to_second_table
from lab_env.scenario.chapter06 import LOCKED_BUCKETS, Document, bucket_policy, endpoint_policy
from lab_env.scenario.firm import ACCOUNT, ON_PREMISES_CIDR, REGION, VPC_CIDR
from lab_env.scenario.lookups import named, named_endpoint, table_named

ENDPOINT_GROUP, S3_INTERFACE = "meridian-endpoints", "meridian-s3-interface"
# What code and people in the subnet call, by the names of their endpoint services.
SERVICES = ("sagemaker.api", "sts", "kms", "logs", "ecr.api", "ecr.dkr")
READ_LOGS = ["logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:FilterLogEvents"]
_ECR = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
# What people do through each endpoint but Logs'.
NEEDED = {
    "sagemaker.api": [f"sagemaker:{verb}TrainingJob" for verb in ("Create", "Describe", "Stop")],
    "sts": ["sts:AssumeRole", "sts:GetCallerIdentity"],
    "kms": ["kms:DescribeKey", "kms:ListAliases"],
    "ecr.api": _ECR,
    "ecr.dkr": _ECR,
}
_HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
_INBOUND_ONLY = "PrivateDnsOnlyForInboundResolverEndpoint"

Client = Callable[[str], Any]


def endpoint_group(ec2: Any) -> str:
    """The security group of interface endpoints, which lets HTTPS in from the VPC: its id, made if need be."""
    found = ec2.describe_security_groups(Filters=[{"Name": "tag:Name", "Values": [ENDPOINT_GROUP]}])
    if found["SecurityGroups"]:
        return str(found["SecurityGroups"][-1]["GroupId"])
    vpc = table_named(ec2, "meridian-private")["VpcId"]
    tags = named("security-group", ENDPOINT_GROUP)
    group = ec2.create_security_group(
        GroupName=ENDPOINT_GROUP, Description="Interface endpoints", VpcId=vpc, TagSpecifications=tags
    )["GroupId"]
    rule = {**_HTTPS, "IpRanges": [{"CidrIp": VPC_CIDR}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return str(group)


def interface_endpoint(ec2: Any, service: str, letters: str, name: str, **more: Any) -> str:
    """An interface endpoint of the VPC: its id, made if need be.

    Args:
        ec2: a boto3 client.
        service: the endpoint service's own part of its name (``ecr.api``).
        letters: the private subnets it stands in (``"ab"``).
        name: its Name tag.
        more: further parameters of ``create_vpc_endpoint``.
    """
    wanted = {"service-name": f"com.amazonaws.{REGION}.{service}", "vpc-endpoint-type": "Interface"}
    filters = [{"Name": key, "Values": [value]} for key, value in wanted.items()]
    found = ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    if found:
        return str(found[-1]["VpcEndpointId"])
    made = ec2.create_vpc_endpoint(
        VpcId=table_named(ec2, "meridian-private")["VpcId"],
        ServiceName=wanted["service-name"],
        VpcEndpointType="Interface",
        SubnetIds=[_subnet(ec2, letter) for letter in letters],
        SecurityGroupIds=[endpoint_group(ec2)],
        TagSpecifications=named("vpc-endpoint", name),
        **more,
    )
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def build_s3_interface(ec2: Any, *, inbound_only: bool = True) -> str:
    """The interface endpoint for S3 in both private subnets, with private DNS: its id.

    Args:
        ec2: a boto3 client.
        inbound_only: whether hosts of the VPC keep S3's public addresses; takes a gateway endpoint.
    """
    options = {"PrivateDnsEnabled": True, "DnsOptions": {_INBOUND_ONLY: inbound_only}}
    return interface_endpoint(ec2, "s3", "ab", S3_INTERFACE, **options)


def build_services(ec2: Any) -> None:
    """An endpoint in subnet B for each service that people and code in the VPC call."""
    for service in SERVICES:
        interface_endpoint(ec2, service, "b", f"meridian-{service}")


def give_names_back(ec2: Any) -> None:
    """S3's names lead by the gateway endpoint in the VPC; private DNS stays for the data centre (exercise 8.1)."""
    endpoint = build_s3_interface(ec2)
    options = {"PrivateDnsEnabled": True, "DnsOptions": {_INBOUND_ONLY: True}}
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, **options)


def join(client: Client) -> None:
    """The data centre's line, if it is not there, and its routes in both private tables."""
    ec2 = client("ec2")
    standing = ec2.describe_vpn_gateways(Filters=[{"Name": "tag:Name", "Values": ["meridian-vgw"]}])
    if not standing["VpnGateways"]:
        lay_private_line(client)
    propagate_to_second_table(client)


def let_data_centre_in(client: Client) -> None:
    """The S3 interface endpoint's groups take HTTPS from the VPC and from the data centre (exercise 8.2)."""
    ec2 = client("ec2")
    endpoint = build_s3_interface(ec2)
    join(client)
    standing = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]
    rule = {**_HTTPS, "IpRanges": [{"CidrIp": cidr} for cidr in (VPC_CIDR, ON_PREMISES_CIDR)]}
    for group in ec2.describe_security_groups(GroupIds=[item["GroupId"] for item in standing["Groups"]])[
        "SecurityGroups"
    ]:
        if group["IpPermissions"]:
            ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
        ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[rule])


def two_doors_policy(bucket: str, *endpoints: str) -> Document:
    """Chapter 06's bucket policy with more than one endpoint in it.

    Args:
        bucket: its name.
        endpoints: ids of the endpoints that objects may come through.
    """
    document = bucket_policy(bucket, endpoints[0])
    document["Statement"][0]["Condition"]["StringNotEquals"]["aws:SourceVpce"] = list(endpoints)
    return document


def admit_second_endpoint(client: Client, s3: Any) -> None:
    """Both buckets take objects through either S3 endpoint (exercise 8.3).

    Args:
        client: gives a boto3 client by service name.
        s3: whose calls change the policies.
    """
    ec2 = client("ec2")
    doors = (named_endpoint(ec2, "meridian-s3")["VpcEndpointId"], build_s3_interface(ec2))
    for bucket in LOCKED_BUCKETS:
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(two_doors_policy(bucket, *doors)))


def limit_s3_interface(ec2: Any) -> None:
    """The second way to S3 gets the first one's policy: the firm's buckets."""
    endpoint = build_s3_interface(ec2)
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(endpoint_policy()))


def logs_policy() -> Document:
    """Through the Logs endpoint the firm's principals read logs, and nobody does anything else."""
    statement = {
        "Sid": "TheFirmReadsLogs",
        "Effect": "Allow",
        "Principal": "*",
        "Action": READ_LOGS,
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def limit_logs(ec2: Any) -> None:
    """The Logs endpoint serves the firm's principals, to read (exercise 8.4)."""
    endpoint = interface_endpoint(ec2, "logs", "b", "meridian-logs")
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(logs_policy()))


def own_policy(actions: str | list[str]) -> Document:
    """An endpoint policy for the firm's own principals, on the firm's own resources.

    Args:
        actions: what they may do.
    """
    own = {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}
    statement = {"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "*"}
    return {
        "Version": "2012-10-17",
        "Statement": [{**statement, "Condition": {"StringEquals": own}}],
    }


def limit_services(ec2: Any) -> None:
    """Each of the other services' endpoints serves the firm alone, with what people need."""
    for service, actions in NEEDED.items():
        endpoint = interface_endpoint(ec2, service, "b", f"meridian-{service}")
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(own_policy(actions)))
    limit_logs(ec2)


def limit_dynamodb(ec2: Any) -> None:
    """DynamoDB's gateway leads to the firm's own tables."""
    endpoint = named_endpoint(ec2, "meridian-dynamodb")["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(own_policy("dynamodb:*")))


def build_dynamodb(ec2: Any) -> None:
    """A gateway endpoint for DynamoDB on both private tables, and no interface endpoint (exercise 8.5)."""
    service = f"com.amazonaws.{REGION}.dynamodb"
    found = ec2.describe_vpc_endpoints(Filters=[{"Name": "service-name", "Values": [service]}])
    # Where the lesson went another way before, begin anew.
    if found["VpcEndpoints"]:
        ec2.delete_vpc_endpoints(VpcEndpointIds=[item["VpcEndpointId"] for item in found["VpcEndpoints"]])
    tables = [table_named(ec2, name) for name in ("meridian-private", "meridian-private-b")]
    ec2.create_vpc_endpoint(
        VpcId=tables[0]["VpcId"],
        ServiceName=service,
        VpcEndpointType="Gateway",
        RouteTableIds=[table["RouteTableId"] for table in tables],
        TagSpecifications=named("vpc-endpoint", "meridian-dynamodb"),
    )


def build_both_kinds(client: Client) -> None:
    """What the chapter builds: the data centre's line, both S3 endpoints, the services', DynamoDB's."""
    ec2 = client("ec2")
    build_s3_interface(ec2)
    let_data_centre_in(client)
    admit_second_endpoint(client, client("s3"))
    limit_s3_interface(ec2)
    build_services(ec2)
    limit_services(ec2)
    build_dynamodb(ec2)
    limit_dynamodb(ec2)


def _subnet(ec2: Any, letter: str) -> str:
    by_name = [{"Name": "tag:Name", "Values": [f"meridian-private-{letter}"]}]
    return str(ec2.describe_subnets(Filters=by_name)["Subnets"][-1]["SubnetId"])
