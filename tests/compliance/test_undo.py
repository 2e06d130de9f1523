"""Undo one hardening step, and exactly the controls that rest on it fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.compliance import Report, Status
from lab_env.scenario import chapter06 as steps
from lab_env.scenario import chapter08 as doors
from tests.compliance import hardening
from tests.compliance.hardening import LOG_BUCKET, TRAIL

DATA, MODELS, ROLE = scenario.TRAINING_BUCKET, scenario.MODEL_BUCKET, scenario.TRAINING_ROLE
FULL_ACCESS = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
ANYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}

Do = Callable[[Lab], Any]


@dataclass(frozen=True)
class Step:
    """A hardening step: what undoes it, what makes it again, and the controls that fail without it."""

    undo: Do
    redo: Do
    fails: set[str]
    without_verdict: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def locked() -> Iterator[Lab]:
    """Everything locked, recorded, and one job run as it should be."""
    lab = Lab.start(chapter=5)
    hardening.lock(boto3.client)
    open_door(lab)
    assert hardening.run(lab, hardening.good_job(lab)) == "Completed"
    yield lab
    lab.stop()


def open_door(lab: Lab) -> None:
    """An endpoint for Logs with a policy of its own, and a host beside the jobs that reaches it."""
    ec2 = boto3.client("ec2")
    doors.limit_logs(ec2)
    ec2.create_network_interface(SubnetId=lab.names.subnet_a, Groups=[doors.endpoint_group(ec2)])


def logs_policy(document: dict[str, Any]) -> Do:
    def put(_: Lab) -> None:
        ec2 = boto3.client("ec2")
        endpoint = doors.interface_endpoint(ec2, "logs", "b", "meridian-logs")
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(document))

    return put


def s3(operation: str, **params: Any) -> Do:
    return lambda _: getattr(boto3.client("s3"), operation)(**params)


def trail(operation: str, **params: Any) -> Do:
    return lambda _: getattr(boto3.client("cloudtrail"), operation)(**params)


def put_policy(bucket: str, *sids: str, **changes: Any) -> Do:
    """The statements of these Sids alone; ``changes`` go into the condition of the first."""

    def put(lab: Lab) -> None:
        document = steps.bucket_policy(bucket, lab.names.s3_endpoint)
        kept = [one for one in document["Statement"] if one["Sid"] in sids]
        kept[0] = {**kept[0], "Condition": {**kept[0]["Condition"], **changes}}
        boto3.client("s3").put_bucket_policy(
            Bucket=bucket, Policy=json.dumps({**document, "Statement": kept})
        )

    return put


def record_beside_the_models(lab: Lab) -> None:
    """The trail's files into a bucket with data, which has to let CloudTrail in first."""
    document = steps.bucket_policy(MODELS, lab.names.s3_endpoint)
    document["Statement"] += hardening.log_statements(MODELS)
    boto3.client("s3").put_bucket_policy(Bucket=MODELS, Policy=json.dumps(document))
    trail("update_trail", Name=TRAIL, S3BucketName=MODELS)(lab)


def limit_buckets(_: Lab) -> None:
    steps.limit_buckets(boto3.client)


def endpoint_policy(document: dict[str, Any]) -> Do:
    return lambda lab: boto3.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=lab.names.s3_endpoint, PolicyDocument=json.dumps(document)
    )


def give(document: dict[str, Any]) -> Do:
    return lambda _: boto3.client("iam").put_role_policy(
        RoleName=ROLE, PolicyName="more", PolicyDocument=json.dumps(document)
    )


def take(_: Lab) -> None:
    boto3.client("iam").delete_role_policy(RoleName=ROLE, PolicyName="more")


def allow(action: str, resource: str = "*") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def egress(operation: str) -> Do:
    return lambda lab: getattr(boto3.client("ec2"), f"{operation}_security_group_egress")(
        GroupId=lab.names.training_security_group, IpPermissions=[ANYWHERE]
    )


def table(key: str) -> Do:
    return lambda lab: boto3.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=lab.names.s3_endpoint, **{key: [lab.names.private_route_table]}
    )


def rotation(operation: str) -> Do:
    return lambda lab: getattr(boto3.client("kms"), f"{operation}_key_rotation")(
        KeyId=lab.names.kms_key.rpartition("/")[2]
    )


def stop_flow_logs(_: Lab) -> None:
    ec2 = boto3.client("ec2")
    ec2.delete_flow_logs(FlowLogIds=[item["FlowLogId"] for item in ec2.describe_flow_logs()["FlowLogs"]])


def lead_out(lab: Lab) -> None:
    ec2 = boto3.client("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.names.vpc)
    ec2.create_route(
        RouteTableId=lab.names.private_route_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway
    )


def lead_nowhere(lab: Lab) -> None:
    boto3.client("ec2").delete_route(
        RouteTableId=lab.names.private_route_table, DestinationCidrBlock="0.0.0.0/0"
    )
    forget_gateway(lab)


def forget_gateway(lab: Lab) -> None:
    ec2 = boto3.client("ec2")
    for item in ec2.describe_internet_gateways()["InternetGateways"]:
        ec2.detach_internet_gateway(InternetGatewayId=item["InternetGatewayId"], VpcId=lab.names.vpc)
        ec2.delete_internet_gateway(InternetGatewayId=item["InternetGatewayId"])


def encrypt(_: Lab) -> None:
    steps.encrypt_by_default(boto3.client("s3"), boto3.client("kms").describe_key(KeyId=steps.KEY_ALIAS)
                             ["KeyMetadata"]["Arn"])  # fmt: skip


BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
OWNER = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
AES = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
versioning = partial(s3, "put_bucket_versioning", Bucket=DATA)
ENDPOINT_ONLY, TLS_ONLY = "ObjectsOnlyThroughTheEndpoint", "TlsOnly"
STEPS = {
    "no route leads out": Step(lead_out, lead_nowhere, {"NET-1"}),
    "the endpoint serves the table": Step(
        table("RemoveRouteTableIds"), table("AddRouteTableIds"), {"NET-2"}, {"NET-3", "IAM-1"}
    ),
    "egress to the prefix list only": Step(egress("authorize"), egress("revoke"), {"NET-5"}),
    "flow logs": Step(stop_flow_logs, lambda _: hardening.record_flows(boto3.client("ec2")), {"NET-6"}),
    "the endpoint's policy": Step(
        endpoint_policy(FULL_ACCESS), endpoint_policy(steps.endpoint_policy()), {"IAM-1", "IAM-4"}
    ),
    "the other endpoint's policy": Step(logs_policy(FULL_ACCESS), logs_policy(doors.logs_policy()), {"IAM-5"}),
    "the data bucket's policy": Step(s3("delete_bucket_policy", Bucket=DATA), limit_buckets, {"IAM-2", "DATA-2"}),
    "the model bucket's policy": Step(s3("delete_bucket_policy", Bucket=MODELS), limit_buckets, {"IAM-2", "DATA-2"}),
    "objects only through the endpoint": Step(put_policy(DATA, TLS_ONLY), limit_buckets, {"IAM-2"}),
    "TLS only": Step(put_policy(DATA, ENDPOINT_ONLY), limit_buckets, {"DATA-2"}),
    "nobody exempt but break-glass": Step(
        put_policy(
            DATA, ENDPOINT_ONLY, TLS_ONLY, ArnNotEquals={"aws:PrincipalArn": f"arn:aws:iam::123456789012:role/{ROLE}"}
        ),
        limit_buckets,
        {"IAM-2"},
    ),
    "the role's policy": Step(give(scenario.BROAD_ACCESS), take, {"IAM-3", "IAM-4"}),
    "the role deletes nothing": Step(give(allow("s3:DeleteObject")), take, {"IAM-3"}),
    "the role uses one key": Step(give(allow("kms:Decrypt")), take, {"IAM-3"}),
    "the role writes to no stranger": Step(
        give(allow("s3:PutObject", "arn:aws:s3:::audit-probe-of-a-stranger/*")), take, {"IAM-3", "IAM-4"}
    ),
    "default encryption": Step(
        s3("put_bucket_encryption", Bucket=DATA, ServerSideEncryptionConfiguration=AES), encrypt, {"DATA-1"}
    ),
    "the key rotates": Step(rotation("disable"), rotation("enable"), {"DATA-1"}),
    "public access is blocked": Step(
        s3("delete_public_access_block", Bucket=DATA),
        s3("put_public_access_block", Bucket=DATA, PublicAccessBlockConfiguration=BLOCK),
        {"DATA-3"},
    ),
    "no ACL counts": Step(
        s3("delete_bucket_ownership_controls", Bucket=DATA),
        s3("put_bucket_ownership_controls", Bucket=DATA, OwnershipControls=OWNER),
        {"DATA-3"},
    ),
    "versions are kept": Step(
        versioning(VersioningConfiguration={"Status": "Suspended"}),
        versioning(VersioningConfiguration={"Status": "Enabled"}),
        {"DATA-4"},
    ),
    "access is logged": Step(
        s3("put_bucket_logging", Bucket=DATA, BucketLoggingStatus={}),
        lambda _: hardening.log_access(boto3.client("s3"), DATA),
        {"LOG-1"},
    ),
    "the trail records writes": Step(
        lambda _: hardening.select(boto3.client("cloudtrail"), "ReadOnly"),
        lambda _: hardening.select(boto3.client("cloudtrail"), "All"),
        {"LOG-2"},
    ),
    "the trail's files can be validated": Step(
        trail("update_trail", Name=TRAIL, EnableLogFileValidation=False),
        trail("update_trail", Name=TRAIL, EnableLogFileValidation=True),
        {"LOG-2"},
    ),
    "the trail is on": Step(trail("stop_logging", Name=TRAIL), trail("start_logging", Name=TRAIL), {"LOG-2"}),
    "the trail's files lie apart": Step(
        record_beside_the_models,
        trail("update_trail", Name=TRAIL, S3BucketName=LOG_BUCKET),
        {"LOG-2"},
    ),
}  # fmt: skip


def having(report: Report, status: Status) -> set[str]:
    return {control.id for control in report.controls if report.status(control.id) is status}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_undone(locked: Lab, step: Step) -> None:
    """Fails what should, and nothing else."""
    step.undo(locked)
    report = locked.audit()
    step.redo(locked)
    assert having(report, Status.DOES_NOT_HOLD) == step.fails
    assert having(report, Status.NOTHING_TO_JUDGE) == step.without_verdict


# Steps whose loss one call mends, the one that the finding proposes.
PROPOSED = (
    "no route leads out",
    "the endpoint serves the table",
    "egress to the prefix list only",
    "the endpoint's policy",
    "the other endpoint's policy",
    "default encryption",
    "the key rotates",
    "public access is blocked",
    "no ACL counts",
    "versions are kept",
    "the trail records writes",
    "the trail's files can be validated",
)


@pytest.mark.parametrize("name", PROPOSED)
def test_the_proposed_call_mends_it(locked: Lab, name: str) -> None:
    """What a finding says to change is a call that can be made, and that helps."""
    STEPS[name].undo(locked)
    clients = {service: boto3.client(service) for service in ("ec2", "s3", "kms", "cloudtrail")}
    calls = {item.change for item in locked.audit().findings if item.status is Status.DOES_NOT_HOLD}
    for call in sorted(calls):
        eval(call, clients)
    assert having(locked.audit(), Status.DOES_NOT_HOLD) == set()
    forget_gateway(locked)


def test_all_made_again(locked: Lab) -> None:
    """Each row began where everything holds."""
    assert len(having(locked.audit(), Status.HOLDS)) == 20


JOBS = {
    "in no VPC": ({"VpcConfig": None}, {"JOB-1"}),
    "without isolation": ({"EnableNetworkIsolation": False}, {"JOB-1"}),
    "without encrypted traffic": ({"EnableInterContainerTrafficEncryption": False}, {"JOB-1"}),
    "without keys": ({"ResourceConfig": "VolumeKmsKeyId", "OutputDataConfig": "KmsKeyId"}, {"JOB-2"}),
}


def test_jobs_asked_for_otherwise(locked: Lab) -> None:
    """No job can be changed or taken away, so each adds to what fails: last in this file."""
    expected: set[str] = set()
    for number, (name, (changes, fails)) in enumerate(JOBS.items()):
        job = hardening.good_job(locked, TrainingJobName=f"meridian-{number}")
        for part, change in changes.items():
            job[part] = (
                {k: v for k, v in job[part].items() if k != change} if isinstance(change, str) else change
            )
        hardening.run(locked, {part: value for part, value in job.items() if value is not None})
        found = locked.audit("JOB")
        bad = {item.control for item in found.findings if item.resource == f"meridian-{number}"
               and item.status is Status.DOES_NOT_HOLD}  # fmt: skip
        assert bad == fails, name
        expected |= fails
    assert having(locked.audit(), Status.DOES_NOT_HOLD) == expected
