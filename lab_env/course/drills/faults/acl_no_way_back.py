"""Subnet A's network ACL lets HTTPS out and does not let the answers in."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.filters import entry, give_own_acl, take_own_acl


def _break(hands: Hands) -> None:
    acl = give_own_acl(hands)
    entry(hands, acl, 100, egress=True, ports=(443, 443))
    entry(hands, acl, 100, egress=False, ports=(443, 443))


FAULT = Fault(
    id="acl_no_way_back",
    catalogue=6,
    title="Subnet A has a network ACL of its own, which does not let answers in to the ephemeral ports.",
    level=2,
    concept="network ACLs are stateless: the answer needs a rule of its own",
    touches=frozenset({"network ACL"}),
    breaks=_break,
    repairs=take_own_acl,
    hints=(
        "The packet arrives. Does the answer?",
        "A network ACL is stateless. To which port of the job does S3 answer?",
        "Allow TCP 1024-65535 in, or give subnet A the default network ACL again.",
    ),
)
