"""Subnet A leads to a private NAT gateway, whose packets an internet gateway drops."""

from __future__ import annotations

from lab_env.course.drills import ways_out as out
from lab_env.course.drills.fault import Fault, Hands

TABLE = "meridian-private"


def _break(hands: Hands) -> None:
    out.leave_endpoint(hands, TABLE)
    subnet = out.add_public_subnet(hands, out.attach_internet_gateway(hands))
    out.default_route(hands, NatGatewayId=out.add_private_nat(hands, subnet))


def _repair(hands: Hands) -> None:
    out.drop_default_route(hands)
    out.remove_nat(hands)
    out.remove_public_subnet(hands)
    out.remove_internet_gateway(hands)
    out.join_endpoint(hands, TABLE)


FAULT = Fault(
    id="private_nat",
    catalogue=27,
    title="Subnet A's default route leads to a private NAT gateway, whose traffic the internet gateway drops.",
    level=2,
    concept="a private NAT gateway has no public address, and an internet gateway wants one",
    touches=frozenset({"routes of A", "gateways"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "The NAT gateway stands in a public subnet, and still nothing comes back.",
        "Which ConnectivityType has it? Which address do its packets bear at the internet gateway?",
        "No NAT gateway is needed: take it away with all that was built for it, and bring the endpoint's route back.",
    ),
)
