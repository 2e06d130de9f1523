"""The training group lets nothing out."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault
from lab_env.course.drills.filters import keep_in, let_out, to_s3

FAULT = Fault(
    id="egress_shut",
    catalogue=5,
    title="The training security group has no egress rule.",
    level=1,
    concept="the client's security group has to let TCP 443 out to S3's prefix list",
    touches=frozenset({"egress"}),
    breaks=lambda hands: keep_in(hands, to_s3(hands)),
    repairs=lambda hands: let_out(hands, to_s3(hands)),
    hints=(
        "The message names three things that may be in the way: a route, a security group, a network ACL.",
        "Look at the egress rules of the training group.",
        "authorize_security_group_egress: tcp 443 to the prefix list com.amazonaws.us-east-1.s3.",
    ),
)
