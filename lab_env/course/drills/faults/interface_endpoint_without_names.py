"""An interface endpoint stands in the gateway endpoint's place, and S3's usual names do not lead to it."""

from __future__ import annotations

from lab_env.course.drills import interfaces
from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.ways_out import join_endpoint, leave_endpoint

TABLE = "meridian-private"


def _break(hands: Hands) -> None:
    interfaces.add_endpoint(hands, ingress=True, private_dns=False)
    leave_endpoint(hands, TABLE)


def _repair(hands: Hands) -> None:
    join_endpoint(hands, TABLE)
    interfaces.remove_endpoint(hands)


FAULT = Fault(
    id="interface_endpoint_without_names",
    catalogue=29,
    title="An interface endpoint without private DNS took the gateway endpoint's place in subnet A.",
    level=3,
    concept="without private DNS, S3's usual names still lead to its public addresses",
    touches=frozenset({"routes of A", "interface endpoint"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "There are two endpoints for S3 now. Which of them do the job's packets meet?",
        "Which addresses does the job's host name resolve to? Is private DNS on?",
        "The buckets let in the gateway endpoint: give it subnet A's table again. The other one is not needed.",
    ),
)
