"""The job runs in a small subnet whose addresses are all taken."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.fault import Fault, Hands

NAME, LEFT_BEHIND = "meridian-private-c", "left behind by a pipeline"


def _break(hands: Hands) -> None:
    ec2 = hands("ec2")
    subnet = ec2.create_subnet(
        VpcId=hands.id("vpc"),
        CidrBlock="10.20.3.0/28",
        AvailabilityZone=f"{scenario.REGION}a",
        TagSpecifications=scenario.named("subnet", NAME),
    )["Subnet"]["SubnetId"]
    ec2.associate_route_table(RouteTableId=hands.id("private_route_table"), SubnetId=subnet)
    groups = [hands.id("training_security_group")]
    # A /28 has eleven addresses to give; an instance takes two.
    for _ in range(10):
        ec2.create_network_interface(SubnetId=subnet, Groups=groups, Description=LEFT_BEHIND)


def _repair(hands: Hands) -> None:
    ec2 = hands("ec2")
    left = [{"Name": "description", "Values": [LEFT_BEHIND]}]
    for item in ec2.describe_network_interfaces(Filters=left)["NetworkInterfaces"]:
        ec2.delete_network_interface(NetworkInterfaceId=item["NetworkInterfaceId"])


def _tidy(hands: Hands) -> None:
    ec2 = hands("ec2")
    by_name = [{"Name": "tag:Name", "Values": [NAME]}]
    subnet = ec2.describe_subnets(Filters=by_name)["Subnets"][-1]["SubnetId"]
    of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    for table in ec2.describe_route_tables(Filters=of_subnet)["RouteTables"]:
        for one in table["Associations"]:
            if one.get("SubnetId") == subnet:
                ec2.disassociate_route_table(AssociationId=one["RouteTableAssociationId"])
    ec2.delete_subnet(SubnetId=subnet)


FAULT = Fault(
    id="subnet_without_addresses",
    catalogue=23,
    title="The job's subnet is small, and interfaces that nobody uses hold its addresses.",
    level=2,
    concept="a training instance takes two private addresses of its subnet",
    touches=frozenset({"addresses"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "It failed in Starting: no packet was sent yet.",
        "describe_subnets: how many addresses are left where the job runs? Who holds the others?",
        "Delete the network interfaces in that subnet that are attached to nothing.",
    ),
    subnets=(NAME,),
    tidies=_tidy,
)
