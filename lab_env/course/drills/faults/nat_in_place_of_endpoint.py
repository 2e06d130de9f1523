"""A NAT gateway carries the traffic that the endpoint carried: it arrives, without an endpoint's id."""

from __future__ import annotations

from lab_env.course.drills import ways_out as out
from lab_env.course.drills.fault import Fault, Hands

TABLE = "meridian-private"


def _break(hands: Hands) -> None:
    out.leave_endpoint(hands, TABLE)
    subnet = out.add_public_subnet(hands, out.attach_internet_gateway(hands))
    out.default_route(hands, NatGatewayId=out.add_nat(hands, subnet))


def _repair(hands: Hands) -> None:
    out.drop_default_route(hands)
    out.remove_nat(hands)
    out.remove_public_subnet(hands)
    out.remove_internet_gateway(hands)
    out.join_endpoint(hands, TABLE)


FAULT = Fault(
    id="nat_in_place_of_endpoint",
    catalogue=12,
    title="Subnet A reaches S3 by a NAT gateway instead of the endpoint, so aws:SourceVpce is absent.",
    level=3,
    concept="aws:SourceVpce exists only for requests that came through an endpoint",
    touches=frozenset({"routes of A", "gateways"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "The request arrived, and the bucket refused it. By which way did it come?",
        "Trace from subnet A to S3: what is the way out, and what does the bucket's policy ask for?",
        "Bring the endpoint's route back, and take the NAT gateway and its route away again.",
    ),
)
