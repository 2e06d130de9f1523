"""Subnet A leads to an internet gateway, which forwards nothing for a job."""

from __future__ import annotations

from lab_env.course.drills import ways_out as out
from lab_env.course.drills.fault import Fault, Hands

TABLE = "meridian-private"


def _break(hands: Hands) -> None:
    out.leave_endpoint(hands, TABLE)
    out.default_route(hands, GatewayId=out.attach_internet_gateway(hands))


def _repair(hands: Hands) -> None:
    out.drop_default_route(hands)
    out.remove_internet_gateway(hands)
    out.join_endpoint(hands, TABLE)


FAULT = Fault(
    id="internet_gateway_route",
    catalogue=25,
    title="Subnet A's default route leads to an internet gateway, and a job has no public address.",
    level=1,
    concept="an internet gateway forwards IPv4 only for interfaces with a public address",
    touches=frozenset({"routes of A", "gateways"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "There is a default route. Does what stands at its end forward a job's packets?",
        "A training job's interface has a private address only. What does an internet gateway do with it?",
        "Take the route and the gateway away, and bring the endpoint's route back.",
    ),
)
