"""What is offered where is read a Region at a time, and is what moto would have read at once."""

from __future__ import annotations

import subprocess
import sys
import textwrap


def told(program):
    """What a Python of its own prints: here moto's EC2 was imported long ago."""
    command = [sys.executable, "-c", textwrap.dedent(program)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


READ = """
    from moto.utilities import utils
    read, original = [], utils.load_resource
    utils.load_resource = lambda resource: read.append(resource) or original(resource)
    offers = lambda: sum("offerings" in resource for resource in read)
"""
ASKED = """
    import boto3
    from lab_env.cloud.mock import MockCloud
    cloud = MockCloud.start()
    ec2 = boto3.client("ec2")
    ec2.describe_vpcs()
    print(offers())
    found = ec2.describe_instance_type_offerings(LocationType="availability-zone")["InstanceTypeOfferings"]
    ec2.describe_instance_type_offerings(LocationType="availability-zone")
    print(offers(), {item["LocationType"] for item in found}, len(found) > 1000)
    cloud.stop()
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS as late
    whole = {}
    for kind, regions in late.items():
        for region in regions:
            own = original(f"ec2/resources/instance_type_offerings/{kind}/{region}.json")
            whole[kind, region] = [{**item, "LocationType": kind} for item in own]
    print({(kind, region): found for kind in late for region, found in late[kind].items()} == whole, len(whole) > 60)
    print(late["region"].get("mars-north-1"))
"""


def test_a_region_is_read_when_it_is_asked_for_and_once():
    assert told(READ + ASKED) == ["0", "1 {'availability-zone'} True", "True True", "None"]


def test_canary_moto_reads_all_of_them_as_it_is_imported():
    count = told(READ + "\n    import moto.ec2.models\n    print(offers())")
    assert int(count[0]) > 60
