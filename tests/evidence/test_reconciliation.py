"""The three logs against the ledger: each attempt in every log that should have it, and in none that should not."""

from __future__ import annotations

from contextlib import suppress

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError

from lab_env import Lab, options, scenario
from tests.evidence.reading import arrived_at, assert_agree, delivered, inside, turn_on

DATA = scenario.TRAINING_BUCKET


def make_traffic(lab):
    """Everybody tries, from everywhere; what fails is as welcome as what works."""
    for session in (boto3.Session(), lab.session_on_internet(lab.keys(scenario.TRAINING_ROLE))):
        read(session.client("s3"))
    read(boto3.client("s3", config=Config(signature_version=UNSIGNED)))
    groups = [lab.names.training_security_group]
    for subnet in (lab.names.subnet_a, lab.names.subnet_b):
        with lab.session_in(subnet, role=scenario.TRAINING_ROLE, security_groups=groups) as inside:
            read(inside.client("s3"))
            with suppress(ClientError, ConnectTimeoutError):
                inside.client("s3", region_name="eu-west-1").list_buckets()
    shut = boto3.client("ec2").create_security_group(
        GroupName="shut", Description="shut", VpcId=lab.names.vpc
    )
    boto3.client("ec2").revoke_security_group_egress(
        GroupId=shut["GroupId"],
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    with lab.session_in(
        lab.names.subnet_a, role=scenario.TRAINING_ROLE, security_groups=[shut["GroupId"]]
    ) as inside:
        read(inside.client("s3"))


def read(s3):
    """A list, an object that is there, one that is not, and a write."""
    for call in (
        lambda: s3.list_objects_v2(Bucket=DATA),
        lambda: s3.get_object(Bucket=DATA, Key="train/2025-01.csv"),
        lambda: s3.get_object(Bucket=DATA, Key="train/none.csv"),
        lambda: s3.put_object(Bucket=DATA, Key="train/note.txt", Body=b"note"),
        lambda: s3.get_bucket_location(Bucket=DATA),
    ):
        with suppress(ClientError, ConnectTimeoutError):
            call()


OPTIONS = {item.key: item for item in options.OPTIONS}


@pytest.fixture(params=[*OPTIONS, "locked"])
def lab(request):
    """A lab with an option built, or at the end of chapter 06."""
    opened = Lab.start(11 if request.param == "locked" else 2)
    if request.param in OPTIONS:
        OPTIONS[request.param].build(boto3.client)
    yield opened
    opened.stop()


def test_the_logs_agree_with_what_happened(lab):
    turn_on(lab, DATA)
    begun = lab.ledger.total
    make_traffic(lab)
    tried = [attempt for _, attempt in lab.ledger.since(begun)]
    assert_agree(tried, delivered(lab), lab.names.vpc, DATA)
    assert arrived_at(tried, DATA)
    assert inside(tried, lab.names.vpc)
