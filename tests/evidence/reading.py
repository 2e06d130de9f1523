"""What the three logs should have of what was tried, said a second time: from AWS's documents, not from the code.

*Amazon S3 CloudTrail events*, *Amazon S3 server access log format*, *Flow log records*.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter

import boto3

from lab_env import scenario
from lab_env.network.flow import Exit, InterfaceSource

LOGS = scenario.LOG_BUCKET
SERVICES = ("cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com", "logging.s3.amazonaws.com")


def turn_on(lab, *watched):
    """All three logs, each into the log bucket: of the buckets watched, and of the firm's VPC."""
    s3, trail, ec2 = (boto3.client(name) for name in ("s3", "cloudtrail", "ec2"))
    s3.create_bucket(Bucket=LOGS)
    arn = f"arn:aws:s3:::{LOGS}"
    rules = [
        {"Effect": "Allow", "Principal": {"Service": name}, "Action": action, "Resource": resource}
        for name in SERVICES
        for action, resource in (("s3:PutObject", f"{arn}/*"), ("s3:GetBucketAcl", arn))
    ]
    s3.put_bucket_policy(Bucket=LOGS, Policy=json.dumps({"Version": "2012-10-17", "Statement": rules}))
    trail.create_trail(Name="meridian", S3BucketName=LOGS)
    objects = {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{bucket}/" for bucket in watched]}
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": False, "DataResources": [objects]}
    trail.put_event_selectors(TrailName="meridian", EventSelectors=[selector])
    trail.start_logging(Name="meridian")
    ec2.create_flow_logs(
        ResourceIds=[lab.names.vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=arn,
    )
    for bucket in watched:
        target = {"LoggingEnabled": {"TargetBucket": LOGS, "TargetPrefix": "access/"}}
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=target)


def delivered(lab):
    """The records of each log, as read back from the log bucket."""
    assert all(not item.refused for item in lab.let_time_pass())
    s3 = boto3.client("s3")
    events, flows, lines = [], [], []
    for item in s3.list_objects_v2(Bucket=LOGS)["Contents"]:
        body = s3.get_object(Bucket=LOGS, Key=item["Key"])["Body"].read()
        if "/CloudTrail/" in item["Key"]:
            events += json.loads(gzip.decompress(body))["Records"]
        elif "/vpcflowlogs/" in item["Key"]:
            head, *rest = gzip.decompress(body).decode().splitlines()
            flows += [dict(zip(head.split(), row.split(), strict=True)) for row in rest]
        else:
            lines += body.decode().splitlines()
    return events, flows, lines


def arrived_at(tried, *watched):
    """The attempts that reached S3 for one of these buckets."""
    return [item for item in tried if item.call and item.call.bucket in watched and item.status is not None]


def inside(tried, vpc):
    """The attempts that left from an interface of this VPC; a name that leads nowhere sends nothing."""
    return [
        item
        for item in tried
        if isinstance(source := item.trace.flow.source, InterfaceSource)
        and item.network.interface[source.interface].vpc == vpc
        and item.trace.destination is not None
    ]


def assert_agree(tried, read, vpc, *watched):
    """Each attempt is in every log that should have it, once, and in none that should not."""
    events, flows, lines = read
    arrived = arrived_at(tried, *watched)
    assert Counter(map(line_of, lines)) == Counter(map(line_wanted, arrived))
    of_data = [item for item in arrived if item.call.key or item.operation == "ListObjectsV2"]
    assert Counter(map(event_of, events)) == Counter(map(event_wanted, of_data))
    ids = Counter(text.split()[6] for text in lines)
    assert not Counter(event["requestID"] for event in events) - ids
    assert max(ids.values()) == 1
    from_inside = inside(tried, vpc)
    own = {item.trace.flow.source.interface for item in from_inside}
    seen = Counter(
        (flow["interface-id"], flow["start"], flow["action"]) for flow in flows if flow["interface-id"] in own
    )
    assert seen == Counter(wanted for item in from_inside for wanted in flows_wanted(item))
    others = Counter(flow["start"] for flow in flows if flow["interface-id"] not in own)
    assert others == +Counter(start for item in from_inside for start in [start_of(item)] * beyond(item))


def line_of(text):
    """Of a line of an access log: bucket, time, remote address, key, status and error code."""
    head, _, rest = text.partition('"')
    parts, after = head.split(), rest.partition('" ')[2].split()
    return parts[1], parts[2].strip("["), parts[4], parts[8], after[0], after[1]


def line_wanted(item):
    return (
        item.call.bucket,
        f"{item.time:%d/%b/%Y:%H:%M:%S}",
        item.source_address,
        item.call.key or "-",
        str(item.status),
        item.code or "-",
    )


def event_of(event):
    """Of a CloudTrail event: bucket, time, source address, key, error code and endpoint."""
    asked = event["requestParameters"]
    return (
        asked["bucketName"],
        event["eventTime"],
        event["sourceIPAddress"],
        asked.get("key", ""),
        event.get("errorCode", ""),
        event.get("vpcEndpointId", ""),
    )


def event_wanted(item):
    return (
        item.call.bucket,
        f"{item.time:%Y-%m-%dT%H:%M:%SZ}",
        item.source_address,
        item.call.key,
        item.code,
        item.endpoint,
    )


def flows_wanted(item):
    """What the client's own interface saw: one REJECT; or ACCEPT of what left, and of what came back."""
    interface = item.trace.flow.source.interface
    refused = any(hop.blocks and hop.kind in ("security-group", "network-acl") for hop in item.trace.forward)
    actions = ["REJECT"] if refused else ["ACCEPT"] * (1 + item.trace.reached)
    return [(interface, start_of(item), action) for action in actions]


def beyond(item):
    """How many records other interfaces make of it: a NAT gateway's sees each packet come and go."""
    return 4 if item.trace.reached and item.trace.exit is Exit.NAT_GATEWAY else 0


def start_of(item):
    return str(int(item.time.timestamp()))
