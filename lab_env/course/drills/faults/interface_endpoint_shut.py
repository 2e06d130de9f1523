"""An interface endpoint took over S3's names, and its security group lets nobody in."""

from __future__ import annotations

from lab_env.course.drills import interfaces
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    interfaces.add_endpoint(hands, ingress=False, private_dns=True)


FAULT = Fault(
    id="interface_endpoint_shut",
    catalogue=30,
    title="An interface endpoint with private DNS took over S3's names, and its security group lets nobody in.",
    level=3,
    concept="full private DNS leads all of the VPC's S3 traffic to the interface endpoint",
    touches=frozenset({"interface endpoint", "DNS"}),
    breaks=_break,
    repairs=interfaces.remove_endpoint,
    hints=(
        "The gateway endpoint's route is there, and the packet does not take it.",
        "Trace to S3: which address does its name resolve to now, and whose is it?",
        "Turn the interface endpoint's private DNS off, or delete it: the gateway endpoint carries S3.",
    ),
)
