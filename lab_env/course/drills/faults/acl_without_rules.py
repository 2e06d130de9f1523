"""Subnet A has a new network ACL: one without rules denies everything."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.filters import give_own_acl, take_own_acl


def _break(hands: Hands) -> None:
    give_own_acl(hands)


FAULT = Fault(
    id="acl_without_rules",
    catalogue=6,
    title="Subnet A has a new network ACL of its own, without a rule: it denies everything.",
    level=1,
    concept="a new network ACL denies everything until rules are added",
    touches=frozenset({"network ACL"}),
    breaks=_break,
    repairs=take_own_acl,
    hints=(
        "Something between the job and its route drops every packet.",
        "Which network ACL is associated with subnet A? How many rules does it have?",
        "ec2.replace_network_acl_association(…) gives subnet A the default network ACL again.",
    ),
)
