"""The endpoint was deleted and made again: the buckets' policies name the old one."""

from __future__ import annotations

import json

from lab_env import scenario
from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.ways_out import table_id


def _break(hands: Hands) -> None:
    ec2 = hands("ec2")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[hands.id("s3_endpoint")])
    ec2.create_vpc_endpoint(
        VpcId=hands.id("vpc"),
        ServiceName=f"com.amazonaws.{scenario.REGION}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table_id(hands, name) for name in ("meridian-private", "meridian-private-b")],
        PolicyDocument=json.dumps(scenario.endpoint_policy()),
        TagSpecifications=scenario.named("vpc-endpoint", "meridian-s3"),
    )


def _repair(hands: Hands) -> None:
    for bucket in scenario.LOCKED_BUCKETS:
        document = scenario.bucket_policy(bucket, hands.id("s3_endpoint"))
        hands("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


FAULT = Fault(
    id="endpoint_made_anew",
    catalogue=11,
    title="The endpoint was made anew and has another id, and the buckets' policies name the old one.",
    level=3,
    concept="aws:SourceVpce is an id: who deletes an endpoint changes every policy that names it",
    touches=frozenset(
        {"routes of A", "routes of B", "endpoint policy", "policy of training", "policy of models"}
    ),
    breaks=_break,
    repairs=_repair,
    hints=(
        "The way is right, and the bucket says no.",
        "Which id does the bucket's policy compare with, and which id has the endpoint that stands?",
        "Write the new endpoint's id into aws:SourceVpce of both buckets' policies.",
    ),
)
