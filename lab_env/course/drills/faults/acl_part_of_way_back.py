"""Subnet A's network ACL lets the answers in to a part of the ephemeral ports."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.filters import entry, give_own_acl, take_own_acl


def _break(hands: Hands) -> None:
    acl = give_own_acl(hands)
    entry(hands, acl, 100, egress=True, ports=(443, 443))
    entry(hands, acl, 100, egress=False, ports=(1024, 5000))


FAULT = Fault(
    id="acl_part_of_way_back",
    catalogue=6,
    title="Subnet A has a network ACL of its own, which lets answers in to ports 1024-5000 only.",
    level=2,
    concept="clients choose their ports: Linux from 32768 up, others from 1024",
    touches=frozenset({"network ACL"}),
    breaks=_break,
    repairs=take_own_acl,
    hints=(
        "The packet arrives, and somebody thought of the answers. Of all of them?",
        "Compare the inbound port range with the ports that a Linux client chooses.",
        "Allow TCP 1024-65535 in, or give subnet A the default network ACL again.",
    ),
)
