"""Subnet A lost its explicit association: the VPC's main table rules it, which leads nowhere."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    ec2, table = hands("ec2"), hands.id("private_route_table")
    for one in ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Associations"]:
        ec2.disassociate_route_table(AssociationId=one["RouteTableAssociationId"])


def _repair(hands: Hands) -> None:
    hands("ec2").associate_route_table(
        RouteTableId=hands.id("private_route_table"), SubnetId=hands.id("subnet_a")
    )


FAULT = Fault(
    id="subnet_on_main_table",
    catalogue=3,
    title="Subnet A is associated with no route table, so the VPC's main table rules it.",
    level=1,
    concept="a subnet without an association of its own uses the main route table",
    touches=frozenset({"association of A"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "The endpoint has its route, in a table. Does that table rule the job's subnet?",
        "A trace names the table that decided. Is it the one called meridian-private?",
        "ec2.associate_route_table(RouteTableId=…, SubnetId=…) gives subnet A its own table.",
    ),
)
