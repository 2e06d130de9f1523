"""The training group lets out port 80 to S3, where the job speaks TLS."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.filters import https_to, keep_in, let_out, to_s3
from lab_env.scenario.lookups import s3_prefix_list


def _break(hands: Hands) -> None:
    keep_in(hands, to_s3(hands))
    let_out(hands, https_to(s3_prefix_list(hands("ec2")), 80))


def _repair(hands: Hands) -> None:
    keep_in(hands, https_to(s3_prefix_list(hands("ec2")), 80))
    let_out(hands, to_s3(hands))


FAULT = Fault(
    id="egress_wrong_port",
    catalogue=5,
    title="The training security group lets out TCP 80 to S3 instead of TCP 443.",
    level=1,
    concept="S3's API is reached by HTTPS: TCP 443",
    touches=frozenset({"egress"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "There is an egress rule, and it names S3's prefix list. Does it fit what a job sends?",
        "Read the whole rule: protocol, ports, peer.",
        "HTTPS is TCP 443. Revoke the rule for port 80 and authorize one from 443 to 443.",
    ),
)
