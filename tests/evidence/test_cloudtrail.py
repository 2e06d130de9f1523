"""CloudTrail's records: who called, what kind of event it is, and the words of AWS's own examples."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lab_env.cloud.call import ApiCall
from lab_env.evidence.cloudtrail import (
    DATA,
    ENDPOINT_MESSAGE,
    MANAGEMENT,
    NETWORK,
    ApiEvent,
    category,
    identity,
    trail_key,
)

FIRM, STRANGER = "123456789012", "999988887777"
KEY, TIME = "AKIAIOSFODNN7EXAMPLE", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SESSION = f"arn:aws:sts::{FIRM}:assumed-role/MeridianTrainingRole/job-1"
USER = f"arn:aws:iam::{STRANGER}:user/collector"


def call(
    service: str = "s3", operation: str = "GetObject", bucket: str = "data", key: str = "a.csv"
) -> ApiCall:
    return ApiCall(
        service,
        operation,
        "us-east-1",
        f"{service}.us-east-1.amazonaws.com",
        KEY,
        "GET",
        "/",
        bucket if service == "s3" else "",
        key if service == "s3" else "",
    )


def event(made: ApiCall | None = None, **more: Any) -> ApiEvent:
    known: dict[str, Any] = {"principal": SESSION, "address": "10.20.1.5", "category": DATA}
    return ApiEvent(made or call(), TIME, **(known | {"recipient": FIRM, "owner": FIRM} | more))


@pytest.mark.parametrize(
    ("principal", "recipient", "shows"),
    [
        (SESSION, FIRM, {"type": "AssumedRole", "accountId": FIRM, "arn": SESSION, "accessKeyId": KEY}),
        (USER, STRANGER, {"type": "IAMUser", "userName": "collector", "accountId": STRANGER}),
        (f"arn:aws:iam::{FIRM}:root", FIRM, {"type": "Root", "principalId": FIRM}),
        ("anonymous", FIRM, {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}),
        ("sagemaker.amazonaws.com", FIRM, {"type": "AWSService", "invokedBy": "sagemaker.amazonaws.com"}),
        (f"arn:aws:iam::{STRANGER}:root", FIRM, {"type": "AWSAccount", "principalId": STRANGER}),
        (USER, FIRM, {"type": "AWSAccount", "accountId": STRANGER}),
        (SESSION, STRANGER, {"type": "AWSAccount", "accountId": FIRM}),
    ],
)
def test_who_called(principal, recipient, shows):
    found = identity(principal, KEY, recipient)
    assert found == found | shows


@pytest.mark.parametrize(
    ("principal", "prefix", "suffix"),
    [(USER, "AIDA", ""), (SESSION, "AROA", ":job-1"), (f"arn:aws:iam::{FIRM}:role/Old", "AROA", "")],
)
def test_unique_ids_are_one_s_own_and_the_same_to_strangers(principal, prefix, suffix):
    own, others = (identity(principal, KEY, to)["principalId"] for to in (FIRM, STRANGER))
    assert own == others
    assert own.startswith(prefix)
    assert own.partition(":")[1:] == ((":", suffix[1:]) if suffix else ("", ""))


def test_strangers_learn_the_account_alone():
    assert set(identity(SESSION, KEY, STRANGER)) == {"type", "principalId", "accountId"}


def test_a_session_names_its_role():
    issuer = identity(SESSION, KEY, FIRM)["sessionContext"]["sessionIssuer"]
    assert issuer["arn"] == f"arn:aws:iam::{FIRM}:role/MeridianTrainingRole"
    assert identity(SESSION, KEY, FIRM)["principalId"] == f"{issuer['principalId']}:job-1"


@pytest.mark.parametrize(
    ("made", "kind", "read_only"),
    [
        (call(), DATA, True),
        (call(operation="PutObject"), DATA, False),
        (call(operation="HeadObject"), DATA, True),
        (call(operation="ListObjectsV2", key=""), DATA, True),
        (call(operation="HeadBucket", key=""), DATA, True),
        (call(operation="DeleteObjects", key=""), DATA, False),
        (call(operation="PutBucketPolicy", key=""), MANAGEMENT, False),
        (call(operation="GetBucketLocation", key=""), MANAGEMENT, True),
        (call(operation="ListBuckets", bucket="", key=""), MANAGEMENT, True),
        (call("sagemaker", "CreateTrainingJob"), MANAGEMENT, False),
        (call("kms", "Decrypt"), MANAGEMENT, True),
        (call("kms", "GenerateDataKey"), MANAGEMENT, True),
    ],
    ids=lambda value: value.operation if isinstance(value, ApiCall) else None,
)
def test_what_kind_of_event(made, kind, read_only):
    assert (category(made), event(made, category=category(made)).read_only) == (kind, read_only)


def test_a_record_of_a_refused_read():
    record = event(endpoint="vpce-1", endpoint_owner=FIRM, error="AccessDenied", message="no").record()
    assert record == record | {
        "eventVersion": "1.11",
        "eventTime": "2026-03-04T05:06:07Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "10.20.1.5",
        "errorCode": "AccessDenied",
        "errorMessage": "no",
        "requestParameters": {"bucketName": "data", "Host": "s3.us-east-1.amazonaws.com", "key": "a.csv"},
        "responseElements": None,
        "readOnly": True,
        "resources": [
            {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::data/a.csv"},
            {"accountId": FIRM, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::data"},
        ],
        "eventType": "AwsApiCall",
        "managementEvent": False,
        "recipientAccountId": FIRM,
        "vpcEndpointId": "vpce-1",
        "vpcEndpointAccountId": FIRM,
        "eventCategory": "Data",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": "s3.us-east-1.amazonaws.com"},
    }


def test_a_network_activity_event():
    record = event(
        category=NETWORK, endpoint="vpce-1", endpoint_owner=FIRM, error="VpceAccessDenied"
    ).record()
    assert (record["eventType"], record["eventCategory"]) == ("AwsVpceEvent", "NetworkActivity")
    assert "additionalEventData" not in record
    assert ENDPOINT_MESSAGE == "The request was denied due to a VPC endpoint policy"


@pytest.mark.parametrize(
    ("made", "absent"),
    [
        (event(), {"errorCode", "vpcEndpointId", "vpcEndpointAccountId", "sharedEventID"}),
        (event(secure=False), {"tlsDetails"}),
        (
            event(call("sagemaker", "ListTrainingJobs"), category=MANAGEMENT),
            {"resources", "additionalEventData"},
        ),
    ],
)
def test_fields_that_are_left_out(made, absent):
    assert not absent & set(made.record())


def test_both_accounts_get_one_shared_id_and_ids_of_their_own():
    mine = event(principal=USER, recipient=STRANGER).record()
    theirs = event(principal=USER, recipient=FIRM).record()
    assert mine["sharedEventID"] == theirs["sharedEventID"]
    assert mine["eventID"] != theirs["eventID"]
    assert mine["requestID"] == theirs["requestID"]


@pytest.mark.parametrize(("prefix", "folder"), [("", ""), ("audit", "audit/")])
def test_the_key_of_a_file(prefix, folder):
    assert trail_key(prefix, FIRM, "us-east-1", TIME, "0123456789abcdef") == (
        f"{folder}AWSLogs/{FIRM}/CloudTrail/us-east-1/2026/03/04/"
        f"{FIRM}_CloudTrail_us-east-1_20260304T0506Z_0123456789abcdef.json.gz"
    )
