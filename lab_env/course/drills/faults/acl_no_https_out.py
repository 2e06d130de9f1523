"""Subnet A's network ACL does not let HTTPS out."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.filters import entry, give_own_acl, take_own_acl


def _break(hands: Hands) -> None:
    acl = give_own_acl(hands)
    entry(hands, acl, 100, egress=True, ports=(80, 80))
    entry(hands, acl, 100, egress=False, ports=(1024, 65535))


FAULT = Fault(
    id="acl_no_https_out",
    catalogue=6,
    title="Subnet A has a network ACL of its own, which lets TCP 80 out and not TCP 443.",
    level=1,
    concept="a network ACL judges what leaves the subnet",
    touches=frozenset({"network ACL"}),
    breaks=_break,
    repairs=take_own_acl,
    hints=(
        "The route and the security group may be right, and the packet still never leaves the subnet.",
        "Which network ACL is associated with subnet A, and what do its outbound rules allow?",
        "Allow TCP 443 out to S3, or give subnet A the default network ACL again.",
    ),
)
