"""Meridian Health Analytics: its names, its numbers, its (synthetic) patients, and the steps that chapters replay.

Each step is the chapter's own boto3 calls, in the chapter's order: a test holds the state after a replay equal to the
state at the end of the solved notebook.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from gzip import GzipFile
from importlib.resources import files
from ipaddress import ip_address, ip_network
from random import Random
from typing import Any

from lab_env.network.model import OnPremises

ACCOUNT, REGION = "123456789012", "us-east-1"
VPC_CIDR, SUBNET_A_CIDR, SUBNET_B_CIDR = "10.20.0.0/16", "10.20.1.0/24", "10.20.2.0/24"
TRAINING_BUCKET, MODEL_BUCKET, LOG_BUCKET = (
    "meridian-phi-training",
    "meridian-model-artifacts",
    "meridian-audit-logs",
)
TRAINING_ROLE, OPERATOR_ROLE = "MeridianTrainingRole", "MeridianAdmin"
# The firm's data centre; host and public addresses are the lab's choice (RFC 5737 for the public one).
ON_PREMISES = OnPremises(
    "meridian-datacentre", (ip_network("192.168.0.0/16"),), public_address=ip_address("203.0.113.20")
)
ON_PREMISES_HOST = ip_address("192.168.10.10")
ON_PREMISES_CIDR = "192.168.0.0/16"
# An AWS Deep Learning Container for scikit-learn and NumPy; the lab runs the script with this machine's Python.
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
CODE_KEY = "code/readmission/sourcedir.tar.gz"

# Which chapter's end another starts from; a chapter that is not here starts from nothing.
CHAPTERS = (0, 1, 2, 3, 4, 5)
PARENTS = {2: 1, 3: 1, 4: 1, 5: 1}

SAGEMAKER_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
# Broad on purpose: chapter 06 cuts it down to what a job needs.
BROAD_ACCESS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:*", "logs:*", "cloudwatch:PutMetricData", "ecr:*"],
            "Resource": "*",
        }
    ],
}


def training_script(*, poisoned: bool = False) -> str:
    """The source of the training script, as the job runs it.

    Args:
        poisoned: read its CSV files with a dependency that steals them (chapter 03); nothing else differs.
    """
    script = _asset("readmission/train.py")
    return script.replace("\nimport csv\n", "\nimport fastcsv as csv\n") if poisoned else script


def poisoned_dependency() -> str:
    """The source of ``fastcsv``, which posts what it reads to the attacker's host."""
    return _asset("poisoned/fastcsv.py")


def training_code(*, poisoned: bool = False) -> bytes:
    """``sourcedir.tar.gz``: the training script as SageMaker's script mode wants it; the same bytes each time.

    Args:
        poisoned: with the dependency that steals the data beside it.
    """
    sources = {"train.py": training_script(poisoned=poisoned)}
    if poisoned:
        sources["fastcsv.py"] = poisoned_dependency()
    packed = io.BytesIO()
    with (
        GzipFile(fileobj=packed, mode="wb", mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w") as archive,
    ):
        for name, source in sources.items():
            facts = tarfile.TarInfo(name)
            facts.size = len(source.encode())
            archive.addfile(facts, io.BytesIO(source.encode()))
    return packed.getvalue()


def _asset(name: str) -> str:
    return files("lab_env").joinpath("assets", name).read_text(encoding="utf-8")


def patient_extracts(patients_a_month: int = 200) -> Iterator[tuple[str, bytes]]:
    """Twelve monthly extracts of synthetic patients: object key and CSV bytes.

    Nobody's data: every value is drawn from a fixed seed. The risk of readmission grows with earlier admissions, with a
    long stay, with age and with HbA1c.

    Args:
        patients_a_month: rows in each extract.
    """
    draw = Random(20)
    for month in range(1, 13):
        rows = ["patient_id,age,length_of_stay,prior_admissions,hba1c,readmitted"]
        for number in range(patients_a_month):
            age, stay = draw.randint(20, 90), draw.randint(1, 14)
            prior, hba1c = draw.randint(0, 5), round(draw.uniform(4.5, 11.0), 1)
            risk = 0.03 * (age - 55) + 0.25 * (stay - 7) + 0.9 * (prior - 2.5) + 0.3 * (hba1c - 7.5)
            readmitted = int(draw.uniform(-2.0, 2.0) < risk)
            rows.append(f"SYNTHETIC-{month:02d}-{number:04d},{age},{stay},{prior},{hba1c},{readmitted}")
        yield f"train/2025-{month:02d}.csv", "\n".join(rows).encode() + b"\n"


def training_job(name: str, subnets: list[str], security_groups: list[str]) -> dict[str, Any]:
    """The request of chapter 01's training job.

    Args:
        name: ``TrainingJobName``.
        subnets: ids of the subnets it may run in.
        security_groups: ids of its security groups.
    """

    def channel(name: str, prefix: str) -> dict[str, Any]:
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{TRAINING_BUCKET}/{prefix}"}
        return {"ChannelName": name, "DataSource": {"S3DataSource": source}}

    return {
        "TrainingJobName": name,
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{TRAINING_ROLE}",
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": {
            "epochs": "3",
            "sagemaker_program": "train.py",
            "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
        },
        "InputDataConfig": [channel("train", "train/"), channel("code", "code/readmission/")],
        "OutputDataConfig": {"S3OutputPath": f"s3://{MODEL_BUCKET}/readmission"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "VpcConfig": {"Subnets": subnets, "SecurityGroupIds": security_groups},
    }


def named(kind: str, name: str) -> list[dict[str, Any]]:
    """The ``TagSpecifications`` that give a resource its Name.

    Args:
        kind: EC2's resource type, e.g. ``subnet``.
        name: its Name tag.
    """
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def build_private_vpc(client: Callable[[str], Any]) -> None:
    """Chapter 01's end: the private VPC, the buckets with the patients' data, and the role.

    Args:
        client: gives a boto3 client by service name.
    """
    ec2, s3, iam = client("ec2"), client("s3"), client("iam")
    vpc = ec2.create_vpc(CidrBlock=VPC_CIDR, TagSpecifications=named("vpc", "meridian-vpc"))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet_a = _subnet(ec2, vpc, "a", SUBNET_A_CIDR)
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", "meridian-private"))
    table_id = table["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_a)
    group = ec2.create_security_group(
        GroupName="meridian-training",
        Description="Training jobs",
        VpcId=vpc,
        TagSpecifications=named("security-group", "meridian-training"),
    )["GroupId"]
    for bucket in (TRAINING_BUCKET, MODEL_BUCKET):
        s3.create_bucket(Bucket=bucket)
    for key, body in patient_extracts():
        s3.put_object(Bucket=TRAINING_BUCKET, Key=key, Body=body)
    s3.put_object(Bucket=TRAINING_BUCKET, Key=CODE_KEY, Body=training_code())
    iam.create_role(RoleName=TRAINING_ROLE, AssumeRolePolicyDocument=json.dumps(SAGEMAKER_TRUST))
    iam.put_role_policy(RoleName=TRAINING_ROLE, PolicyName="broad", PolicyDocument=json.dumps(BROAD_ACCESS))
    build_subnet_b(ec2, vpc)
    let_members_in(ec2, group)


def build_subnet_b(ec2: Any, vpc: str) -> None:
    """The second private subnet, in another Availability Zone, with a route table of its own (exercise 1.1)."""
    subnet = _subnet(ec2, vpc, "b", SUBNET_B_CIDR)
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", "meridian-private-b"))
    ec2.associate_route_table(RouteTableId=table["RouteTable"]["RouteTableId"], SubnetId=subnet)


def let_members_in(ec2: Any, group: str) -> None:
    """Let the members of a security group reach one another, as distributed training needs (exercise 1.2)."""
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}]
    )


def build_endpoint(client: Callable[[str], Any]) -> None:
    """Chapter 05's end: a gateway endpoint for S3 on both private route tables."""
    ec2 = client("ec2")
    table = _table(ec2, "meridian-private")
    ec2.create_vpc_endpoint(
        VpcId=table["VpcId"],
        ServiceName=f"com.amazonaws.{REGION}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table["RouteTableId"]],
        TagSpecifications=named("vpc-endpoint", "meridian-s3"),
    )
    associate_second_table(ec2)


def associate_second_table(ec2: Any) -> None:
    """Let the S3 endpoint serve subnet B's table too (exercise 5.1)."""
    _associate(ec2, "meridian-private-b")


def associate_first_table(ec2: Any) -> None:
    """Let the S3 endpoint serve subnet A's table (exercise 5.2)."""
    _associate(ec2, "meridian-private")


def join_data_centre(client: Callable[[str], Any]) -> None:
    """Chapter 04, first form: a private virtual interface joins the firm's data centre and the VPC.

    Args:
        client: gives a boto3 client by service name.
    """
    ec2, dx = client("ec2"), client("directconnect")
    connection = dx.create_connection(
        location="EqDC2", bandwidth="1Gbps", connectionName="meridian-datacentre"
    )["connectionId"]
    tags = named("vpn-gateway", "meridian-vgw")
    vgw = ec2.create_vpn_gateway(Type="ipsec.1", TagSpecifications=tags)["VpnGateway"]["VpnGatewayId"]
    table = _table(ec2, "meridian-private")
    ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=table["VpcId"])
    made = dx.create_direct_connect_gateway(directConnectGatewayName="meridian-dxgw")
    gateway = made["directConnectGateway"]["directConnectGatewayId"]
    dx.create_direct_connect_gateway_association(directConnectGatewayId=gateway, gatewayId=vgw)
    wanted = {"virtualInterfaceName": "meridian-private-vif", "vlan": 101, "asn": 65000}
    dx.create_private_virtual_interface(
        connectionId=connection, newPrivateVirtualInterface={**wanted, "directConnectGatewayId": gateway}
    )
    ec2.enable_vgw_route_propagation(GatewayId=vgw, RouteTableId=table["RouteTableId"])
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": ON_PREMISES_CIDR}]}
    group = ec2.describe_security_groups(Filters=[{"Name": "tag:Name", "Values": ["meridian-training"]}])
    ec2.authorize_security_group_ingress(GroupId=group["SecurityGroups"][-1]["GroupId"], IpPermissions=[rule])


def add_public_interface(client: Callable[[str], Any]) -> None:
    """Chapter 04, second form: a public virtual interface, from the data centre to AWS's public addresses."""
    dx = client("directconnect")
    wanted = {
        "virtualInterfaceName": "meridian-public-vif",
        "vlan": 102,
        "asn": 65000,
        "amazonAddress": "203.0.113.1/30",
        "customerAddress": "203.0.113.2/30",
        "routeFilterPrefixes": [{"cidr": "203.0.113.16/28"}],
    }
    connection = dx.describe_connections()["connections"][-1]["connectionId"]
    dx.create_public_virtual_interface(connectionId=connection, newPublicVirtualInterface=wanted)


def propagate_to_second_table(client: Callable[[str], Any]) -> None:
    """Let the virtual private gateway's routes into subnet B's table too (exercise 4.1)."""
    ec2 = client("ec2")
    table = _table(ec2, "meridian-private-b")["RouteTableId"]
    ec2.enable_vgw_route_propagation(GatewayId=_vpn_gateway(ec2), RouteTableId=table)


def pin_data_centre_routes(client: Callable[[str], Any]) -> None:
    """One static route to the data centre in each private table, and none that it announces (exercise 4.2)."""
    ec2 = client("ec2")
    gateway = _vpn_gateway(ec2)
    for name in ("meridian-private", "meridian-private-b"):
        table = _table(ec2, name)
        ec2.disable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table["RouteTableId"])
        known = {"RouteTableId": table["RouteTableId"]}
        static = [item for item in table["Routes"] if item["Origin"] == "CreateRoute"]
        mine = [item["DestinationCidrBlock"] for item in static if item.get("GatewayId") == gateway]
        for other in set(mine) - {ON_PREMISES_CIDR}:
            ec2.delete_route(**known, DestinationCidrBlock=other)
        if ON_PREMISES_CIDR not in mine:
            ec2.create_route(**known, DestinationCidrBlock=ON_PREMISES_CIDR, GatewayId=gateway)


def build_direct_connect(client: Callable[[str], Any]) -> None:
    """Chapter 04's end: both virtual interfaces stand, and the data centre is all that they lead the VPC to."""
    join_data_centre(client)
    add_public_interface(client)
    propagate_to_second_table(client)
    pin_data_centre_routes(client)


# What each chapter leaves behind, as calls.
STEPS: dict[int, Callable[[Callable[[str], Any]], None]] = {
    1: build_private_vpc,
    4: build_direct_connect,
    5: build_endpoint,
}


def history(chapter: int) -> list[int]:
    """The chapters whose steps stand before this chapter begins, oldest first."""
    parent = PARENTS.get(chapter)
    return [] if parent is None else [*history(parent), parent]


def _subnet(ec2: Any, vpc: str, letter: str, cidr: str) -> str:
    answer = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=cidr,
        AvailabilityZone=f"{REGION}{letter}",
        TagSpecifications=named("subnet", f"meridian-private-{letter}"),
    )
    return str(answer["Subnet"]["SubnetId"])


def _table(ec2: Any, name: str) -> Any:
    return ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": [name]}])["RouteTables"][-1]


def _vpn_gateway(ec2: Any) -> str:
    found = ec2.describe_vpn_gateways(Filters=[{"Name": "tag:Name", "Values": ["meridian-vgw"]}])[
        "VpnGateways"
    ]
    return str([item for item in found if item["State"] not in ("deleting", "deleted")][-1]["VpnGatewayId"])


def _associate(ec2: Any, table: str) -> None:
    endpoint = ec2.describe_vpc_endpoints(Filters=[{"Name": "tag:Name", "Values": ["meridian-s3"]}])[
        "VpcEndpoints"
    ][-1]
    wanted = _table(ec2, table)["RouteTableId"]
    if wanted not in endpoint["RouteTableIds"]:
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], AddRouteTableIds=[wanted])
