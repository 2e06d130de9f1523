"""Ids repeat: whatever is read in between, whichever thread comes first, whatever Python's hash seed is."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from moto.moto_api._internal import mock_random

from lab_env.cloud.mock import MockCloud

ASSUME = '{"Version":"2012-10-17","Statement":[]}'


def build(extra_reads=False):
    """What a learner's afternoon creates, as ids."""
    ec2, s3, iam, sts = (boto3.client(name) for name in ("ec2", "s3", "iam", "sts"))

    def read():
        if extra_reads:
            ec2.describe_vpcs()
            ec2.describe_security_groups()
            s3.list_buckets()
            boto3.client("ec2", region_name="eu-west-1").describe_subnets()

    read()
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    read()
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]
    eni = ec2.create_network_interface(SubnetId=subnet["SubnetId"])["NetworkInterface"]
    read()
    s3.create_bucket(Bucket="meridian")
    s3.put_bucket_versioning(Bucket="meridian", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="meridian", Key="a", Body=b"1")["VersionId"]
    upload = s3.create_multipart_upload(Bucket="meridian", Key="big")["UploadId"]
    role = iam.create_role(RoleName="Training", AssumeRolePolicyDocument=ASSUME)["Role"]
    read()
    keys = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="reader")["Credentials"]
    data = boto3.client("kms").generate_random(NumberOfBytes=8)["Plaintext"]
    return [
        vpc,
        subnet["SubnetId"],
        eni["NetworkInterfaceId"],
        eni["MacAddress"],
        version,
        upload,
        role["RoleId"],
        keys["AccessKeyId"],
        keys["SecretAccessKey"],
        keys["SessionToken"],
        data.hex(),
        *(table["RouteTableId"] for table in ec2.describe_route_tables()["RouteTables"]),
        *(acl["NetworkAclId"] for acl in ec2.describe_network_acls()["NetworkAcls"]),
        *(group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]),
        *(service["ServiceId"] for service in ec2.describe_vpc_endpoint_services()["ServiceDetails"][:5]),
    ]


def run(work, seed=7):
    cloud = MockCloud.start(seed=seed)
    try:
        return work()
    finally:
        cloud.stop()


def test_reads_in_between_change_no_id():
    assert run(lambda: build(extra_reads=True)) == run(build)


def test_another_seed_gives_other_ids():
    first, second = run(build, seed=1), run(build, seed=2)
    assert not set(first) & set(second)


def test_an_internal_read_changes_no_id():
    def work(reads):
        def body():
            cloud = MockCloud._running
            for _ in range(reads):
                cloud.describe("ec2", "DescribeVpcs")
            return boto3.client("ec2").create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]

        return body

    assert run(work(0)) == run(work(3))


def test_two_calls_of_one_operation_differ():
    def work():
        ec2 = boto3.client("ec2")
        return {ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"] for _ in range(5)}

    assert len(run(work)) == 5


def versions(order, workers):
    """Version ids of objects written in some order, by some threads."""

    def work():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="meridian")
        s3.put_bucket_versioning(Bucket="meridian", VersioningConfiguration={"Status": "Enabled"})

        def write(key):
            return key, s3.put_object(Bucket="meridian", Key=key, Body=key.encode())["VersionId"]

        with ThreadPoolExecutor(workers) as pool:
            return dict(pool.map(write, order))

    return run(work)


def test_threads_give_the_same_ids_in_any_order():
    keys = [f"scans/{n:02}" for n in range(24)]
    assert versions(keys, 1) == versions(keys[::-1], 8)


def test_a_drawing_inside_another_leaves_it_where_it_was(cloud):
    with cloud.ids.drawing("outer"):
        first = mock_random.random()
        plain = mock_random.random()
    cloud.ids._calls.clear()
    with cloud.ids.drawing("outer"):
        assert mock_random.random() == first
        with cloud.ids.drawing("inner"):
            mock_random.random()
        assert mock_random.random() == plain


SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from test_ids import build, run
print(json.dumps(run(build)))
"""


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_pythons_hash_seed_changes_no_id(hash_seed):
    here = str(Path(__file__).parent)
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", SCRIPT, here], capture_output=True, env=env, check=True)
    assert json.loads(done.stdout) == run(build)
