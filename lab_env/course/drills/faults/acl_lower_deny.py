"""A rule with a lower number denies what a later one allows."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.filters import default_acl, entry

NUMBER = 50


def _break(hands: Hands) -> None:
    entry(hands, default_acl(hands), NUMBER, egress=True, ports=(443, 443), allow=False)


def _repair(hands: Hands) -> None:
    hands("ec2").delete_network_acl_entry(NetworkAclId=default_acl(hands), RuleNumber=NUMBER, Egress=True)


FAULT = Fault(
    id="acl_lower_deny",
    catalogue=7,
    title="In the default network ACL, rule 50 denies TCP 443 out before rule 100 allows everything.",
    level=2,
    concept="network ACL rules are read by number, and the first match decides",
    touches=frozenset({"network ACL"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "A rule allows everything. Is it the first that matches?",
        "Read the outbound rules of subnet A's network ACL in the order of their numbers.",
        "ec2.delete_network_acl_entry(NetworkAclId=…, RuleNumber=50, Egress=True).",
    ),
)
