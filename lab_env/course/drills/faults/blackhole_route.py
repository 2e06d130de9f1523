"""Subnet A's default route leads to a NAT gateway that is no more."""

from __future__ import annotations

from lab_env.course.drills import ways_out as out
from lab_env.course.drills.fault import Fault, Hands

TABLE = "meridian-private"


def _break(hands: Hands) -> None:
    out.leave_endpoint(hands, TABLE)
    subnet = out.add_public_subnet(hands, out.attach_internet_gateway(hands))
    out.default_route(hands, NatGatewayId=out.add_nat(hands, subnet))
    out.remove_nat(hands)


def _repair(hands: Hands) -> None:
    out.drop_default_route(hands)
    out.remove_public_subnet(hands)
    out.remove_internet_gateway(hands)
    out.join_endpoint(hands, TABLE)


FAULT = Fault(
    id="blackhole_route",
    catalogue=26,
    title="Subnet A's default route is a blackhole: its NAT gateway was deleted.",
    level=2,
    concept="a route whose target is gone stays, matches, and drops",
    touches=frozenset({"routes of A", "gateways"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "There is a route that matches. Does its target still exist?",
        "describe_route_tables shows a State for each route.",
        "Delete the blackhole route and what was built for it, and bring the endpoint's route back.",
    ),
)
