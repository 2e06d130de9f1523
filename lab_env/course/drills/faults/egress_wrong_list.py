"""The training group lets out HTTPS to DynamoDB's prefix list instead of S3's."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.filters import https_to, keep_in, let_out, to_s3


def _dynamodb(hands: Hands) -> str:
    by_name = [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{scenario.REGION}.dynamodb"]}]
    found = hands("ec2").describe_managed_prefix_lists(Filters=by_name)["PrefixLists"]
    return str(found[0]["PrefixListId"])


def _break(hands: Hands) -> None:
    keep_in(hands, to_s3(hands))
    let_out(hands, https_to(_dynamodb(hands)))


def _repair(hands: Hands) -> None:
    keep_in(hands, https_to(_dynamodb(hands)))
    let_out(hands, to_s3(hands))


FAULT = Fault(
    id="egress_wrong_list",
    catalogue=5,
    title="The training security group lets out HTTPS to the prefix list of DynamoDB instead of S3's.",
    level=2,
    concept="each service with a gateway endpoint has a prefix list of its own",
    touches=frozenset({"egress"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "There is an egress rule for TCP 443 to a prefix list. To whose?",
        "ec2.describe_managed_prefix_lists() tells the name that belongs to each id.",
        "Revoke the rule to DynamoDB's list and authorize one to com.amazonaws.us-east-1.s3.",
    ),
)
