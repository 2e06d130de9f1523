"""What the data plane and the policies add to an S3 call: interleaved with bare moto, in one process."""

from __future__ import annotations

import json
from statistics import median, quantiles
from time import process_time

import boto3
from moto.core.models import botocore_stubber

from benchmarks.ratio import Ratio
from lab_env import Lab, scenario

PAIRS = 1000
GOAL_MS = 0.25


def limit(endpoint: str) -> None:
    """Let an endpoint policy, a bucket policy and the role's own policy decide each read."""
    document = json.dumps(scenario.endpoint_policy())
    boto3.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=document)
    for bucket in scenario.LOCKED_BUCKETS:
        policy = json.dumps(scenario.bucket_policy(bucket, endpoint))
        boto3.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)


def pairs() -> list[tuple[float, float]]:
    """Milliseconds of processor of ``get_object`` with and without the seam, in turn: all of it is this process's."""
    lab = Lab.start(chapter=5)
    scenario.build_endpoint(boto3.client)
    limit(lab.names.s3_endpoint)
    with_seam = botocore_stubber.process_request
    bare = type(botocore_stubber).process_request.__get__(botocore_stubber)
    laps: dict[bool, list[float]] = {True: [], False: []}
    with lab.session_in(lab.names.subnet_a, role=scenario.TRAINING_ROLE) as session:
        s3 = session.client("s3")
        for lap in range(2 * PAIRS + 40):
            traced = bool(lap % 2)
            botocore_stubber.process_request = with_seam if traced else bare
            began = process_time()
            s3.get_object(Bucket=scenario.TRAINING_BUCKET, Key="train/2025-01.csv")["Body"].read()
            laps[traced].append(1000 * (process_time() - began))
        botocore_stubber.process_request = with_seam
    lab.stop()
    return list(zip(laps[True][20:], laps[False][20:], strict=True))


def ratios() -> list[Ratio]:
    """A call with the plane beside one without it, each by the lap that one in ten beats.

    The median difference of the pairs is said too.
    """
    found = pairs()
    ours, bare = (quantiles(each, n=10)[0] for each in zip(*found, strict=True))
    added = median(one - other for one, other in found)
    floor = f"bare moto (added {added:.3f} ms, goal {GOAL_MS})"
    return [Ratio("S3 call", ours, bare, "ms", floor)]
