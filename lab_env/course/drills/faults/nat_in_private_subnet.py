"""Subnet A leads to a NAT gateway that stands in a private subnet."""

from __future__ import annotations

from lab_env.course.drills import ways_out as out
from lab_env.course.drills.fault import Fault, Hands

TABLE = "meridian-private"


def _break(hands: Hands) -> None:
    out.leave_endpoint(hands, TABLE)
    out.attach_internet_gateway(hands)
    out.default_route(hands, NatGatewayId=out.add_nat(hands, hands.id("subnet_a")))


def _repair(hands: Hands) -> None:
    out.drop_default_route(hands)
    out.remove_nat(hands)
    out.remove_internet_gateway(hands)
    out.join_endpoint(hands, TABLE)


FAULT = Fault(
    id="nat_in_private_subnet",
    catalogue=24,
    title="Subnet A's default route leads to a NAT gateway that stands in subnet A itself.",
    level=2,
    concept="a public NAT gateway works from a subnet whose own table leads to an internet gateway",
    touches=frozenset({"routes of A", "gateways"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "There is a route, and it leads somewhere. Follow it one step further.",
        "In which subnet does the NAT gateway stand, and where does that subnet's table lead?",
        "No NAT gateway is needed: take it away, and bring the endpoint's route back.",
    ),
)
