"""The way and the call become condition keys, and every policy that bears on the call has its say."""

from __future__ import annotations

from typing import Any

import pytest

from lab_env.access import AccessRequest, decide
from lab_env.errors import IncompleteSnapshot
from lab_env.policy import Layer, access_denied
from lab_env.snapshot.state import BucketEncryption, ServiceState
from tests.access.world import (
    ALL,
    EVERYBODY,
    FIRM,
    JOB,
    KEY,
    ROOT,
    SSE_KMS,
    STRANGER,
    THIEF,
    TRAIN,
    WAYS,
    allow,
    bucket,
    deny,
    key,
    policy,
    state,
)


def ask(operation: str, principal: str = JOB, **more: Any) -> AccessRequest:
    """A call on the object ``phi/scan.dcm``, where nothing else is said."""
    named = {"bucket": "phi", "key": "scan.dcm"} if operation.startswith("s3:") else {}
    return AccessRequest(principal, operation, **{**named, **more})


UNLESS_ENDPOINT = deny("s3:*", Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})
TLS_ONLY = deny("s3:*", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
ONLY_PHI = allow("s3:*", "arn:aws:s3:::phi/*", Principal="*")


def when(operator: str, name: str, value: object) -> dict[str, Any]:
    """A statement that allows everything under one condition."""
    return allow("*", Condition={operator: {name: value}})


GET, PUT, LIST = ask("s3:GetObject"), ask("s3:PutObject"), ask("s3:ListObjectsV2", key="")
CASES: list[tuple[str, str, AccessRequest, ServiceState, Layer | None]] = [
    # name, way, request, state, the layer that denies (None: allowed)
    ("identity allows", "internet", GET, state(ALL), None),
    ("identity is silent", "internet", GET, state(allow("s3:PutObject")), Layer.IDENTITY),
    ("nothing attached", "internet", GET, state(), Layer.IDENTITY),
    ("the boundary limits", "internet", GET, state(ALL, boundary=allow("s3:PutObject")), Layer.BOUNDARY),
    (
        "a session policy limits",
        "internet",
        ask("s3:GetObject", session=(policy(allow("s3:PutObject")),)),
        state(ALL),
        Layer.SESSION,
    ),
    (
        "bucket policy grants alone",
        "internet",
        GET,
        state(
            buckets=(bucket("phi", allow("s3:GetObject", "arn:aws:s3:::phi/*", Principal={"AWS": TRAIN})),)
        ),
        None,
    ),
    ("through the endpoint", "endpoint", GET, state(ALL, buckets=(bucket("phi", UNLESS_ENDPOINT),)), None),
    ("not through NAT", "nat", GET, state(ALL, buckets=(bucket("phi", UNLESS_ENDPOINT),)), Layer.RESOURCE),
    (
        "not from outside",
        "internet",
        GET,
        state(ALL, buckets=(bucket("phi", UNLESS_ENDPOINT),)),
        Layer.RESOURCE,
    ),
    (
        "root mends the policy",
        "internet",
        ask("s3:PutBucketPolicy", ROOT, key=""),
        state(buckets=(bucket("phi", UNLESS_ENDPOINT),)),
        None,
    ),
    (
        "root reads no object",
        "internet",
        ask("s3:GetObject", ROOT),
        state(buckets=(bucket("phi", UNLESS_ENDPOINT),)),
        Layer.RESOURCE,
    ),
    ("TLS asked, HTTPS", "internet", GET, state(ALL, buckets=(bucket("phi", TLS_ONLY),)), None),
    (
        "TLS asked, HTTP",
        "internet",
        ask("s3:GetObject", secure=False),
        state(ALL, buckets=(bucket("phi", TLS_ONLY),)),
        Layer.RESOURCE,
    ),
    ("endpoint policy allows", "endpoint", GET, state(ALL, endpoint=ONLY_PHI), None),
    (
        "endpoint policy, other bucket",
        "endpoint",
        ask("s3:GetObject", bucket="theirs"),
        state(ALL, endpoint=ONLY_PHI, buckets=(bucket("theirs"),)),
        Layer.ENDPOINT,
    ),
    ("endpoint policy, but through NAT", "nat", GET, state(ALL, endpoint=deny("*", Principal="*")), None),
    ("a stranger", "internet", ask("s3:GetObject", THIEF), state(), Layer.RESOURCE),
    (
        "a stranger whom the bucket lets in",
        "internet",
        ask("s3:GetObject", THIEF),
        state(buckets=(bucket("phi", allow("s3:*", Principal={"AWS": STRANGER})),)),
        None,
    ),
    (
        "copying out: their bucket lets the firm in",
        "nat",
        ask("s3:PutObject", bucket="theirs"),
        state(ALL, buckets=(bucket("theirs", allow("s3:*", Principal={"AWS": FIRM}), account=STRANGER),)),
        None,
    ),
    ("anonymous", "internet", ask("s3:GetObject", "anonymous"), state(), Layer.RESOURCE),
    (
        "anonymous, public bucket",
        "internet",
        ask("s3:GetObject", "anonymous"),
        state(buckets=(bucket("phi", allow("s3:GetObject", "arn:aws:s3:::phi/*", Principal="*")),)),
        None,
    ),
    ("SourceIp of NAT", "nat", GET, state(when("IpAddress", "aws:SourceIp", "203.0.113.5/32")), None),
    (
        "no SourceIp through an endpoint",
        "endpoint",
        GET,
        state(when("IpAddress", "aws:SourceIp", "10.0.0.0/8")),
        Layer.IDENTITY,
    ),
    ("VpcSourceIp", "endpoint", GET, state(when("IpAddress", "aws:VpcSourceIp", "10.20.0.0/16")), None),
    ("SourceVpc", "endpoint", GET, state(when("StringEquals", "aws:SourceVpc", "vpc-1")), None),
    ("VpceAccount", "endpoint", GET, state(when("StringEquals", "aws:VpceAccount", FIRM)), None),
    (
        "no SourceVpc through NAT",
        "nat",
        GET,
        state(when("StringEquals", "aws:SourceVpc", "vpc-1")),
        Layer.IDENTITY,
    ),
    ("the Region asked", "nat", GET, state(when("StringEquals", "aws:RequestedRegion", "us-east-1")), None),
    (
        "an account outside",
        "nat",
        ask("s3:PutObject", bucket="theirs"),
        state(
            ALL,
            deny("s3:*", Condition={"StringNotEquals": {"aws:ResourceAccount": FIRM}}),
            buckets=(bucket("theirs", allow("s3:*", Principal={"AWS": FIRM}), account=STRANGER),),
        ),
        Layer.IDENTITY,
    ),
    (
        "a prefix that may be listed",
        "nat",
        ask("s3:ListObjectsV2", key="", query={"prefix": "train/"}),
        state(when("StringLike", "s3:prefix", "train/*")),
        None,
    ),
    ("no prefix asked", "nat", LIST, state(when("StringLike", "s3:prefix", "train/*")), Layer.IDENTITY),
    (
        "encryption named by header",
        "nat",
        ask("s3:PutObject", headers={"x-amz-server-side-encryption": "AES256"}),
        state(when("StringEquals", "s3:x-amz-server-side-encryption", "AES256")),
        None,
    ),
    (
        "encryption by default sets no key",
        "nat",
        PUT,
        state(when("StringEquals", "s3:x-amz-server-side-encryption", "aws:kms")),
        Layer.IDENTITY,
    ),
    (
        "the organization's own",
        "nat",
        GET,
        state(when("StringEquals", "aws:PrincipalOrgID", "o-1"), organizations={FIRM: "o-1"}),
        None,
    ),
    ("no organization", "nat", GET, state(when("StringEquals", "aws:PrincipalOrgID", "o-1")), Layer.IDENTITY),
    ("an SCP", "nat", GET, state(ALL, scps={FIRM: ((policy(allow("ec2:*")),),)}), Layer.SCP),
    (
        "an RCP",
        "nat",
        GET,
        state(ALL, rcps={FIRM: ((policy(deny("s3:*", Principal="*")),),)}),
        Layer.RCP,
    ),
    (
        "EC2 asks on the table",
        "nat",
        ask("ec2:DeleteRoute", params={"RouteTableId": "rtb-1"}),
        state(allow("ec2:*", f"arn:aws:ec2:us-east-1:{FIRM}:route-table/rtb-1")),
        None,
    ),
    (
        "EC2, another table",
        "nat",
        ask("ec2:DeleteRoute", params={"RouteTableId": "rtb-2"}),
        state(allow("ec2:*", f"arn:aws:ec2:us-east-1:{FIRM}:route-table/rtb-1")),
        Layer.IDENTITY,
    ),
    ("nobody needs leave to ask who he is", "nat", ask("sts:GetCallerIdentity"), state(), None),
    (
        "a role that trusts another",
        "nat",
        ask("sts:AssumeRole", params={"RoleArn": TRAIN}),
        state(ALL),
        Layer.RESOURCE,
    ),
    (
        "the service that the role trusts",
        "nat",
        ask("sts:AssumeRole", "sagemaker.amazonaws.com", params={"RoleArn": TRAIN}),
        state(),
        None,
    ),
]


@pytest.mark.parametrize(
    ("path", "request_", "world", "layer"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_who_may(path: str, request_: AccessRequest, world: ServiceState, layer: Layer | None) -> None:
    found = decide(WAYS[path], request_, world)
    assert (found.denied.decided_by if found.denied is not None else None) is layer, found.why
    assert found.allowed is (layer is None)


def asked(request: AccessRequest, world: ServiceState, path: str = "internet") -> list[tuple[str, str]]:
    """The actions and resources of a call that is allowed."""
    found = decide(WAYS[path], request, world)
    assert found.allowed, found.why
    return [(one.request.action, one.request.resource) for one in found.decisions]


OBJECT, BUCKET = "arn:aws:s3:::phi/scan.dcm", "arn:aws:s3:::phi"
SEALED = state(ALL, buckets=(bucket("phi", encryption=SSE_KMS),), keys=(key(),))
CALLS: list[tuple[AccessRequest, ServiceState, list[tuple[str, str]]]] = [
    (LIST, state(ALL), [("s3:ListBucket", BUCKET)]),
    (ask("s3:HeadObject"), state(ALL), [("s3:GetObject", OBJECT)]),
    (ask("s3:HeadBucket", key=""), state(ALL), [("s3:ListBucket", BUCKET)]),
    (ask("s3:ListBuckets", bucket="", key=""), state(ALL), [("s3:ListAllMyBuckets", "*")]),
    (ask("s3:GetObject", query={"versionId": "v1"}), state(ALL), [("s3:GetObjectVersion", OBJECT)]),
    (ask("s3:CreateBucket", bucket="new", key=""), state(ALL), [("s3:CreateBucket", "arn:aws:s3:::new")]),
    (
        ask("s3:PutObject", headers={"x-amz-tagging": "a=b", "x-amz-acl": "private"}),
        state(ALL),
        [("s3:PutObject", OBJECT), ("s3:PutObjectAcl", OBJECT), ("s3:PutObjectTagging", OBJECT)],
    ),
    (
        ask("s3:CopyObject", headers={"x-amz-copy-source": "/other/a%20b.csv"}),
        state(ALL, buckets=(bucket(), bucket("other"))),
        [("s3:GetObject", "arn:aws:s3:::other/a b.csv"), ("s3:PutObject", OBJECT)],
    ),
    (GET, SEALED, [("s3:GetObject", OBJECT), ("kms:Decrypt", KEY)]),
    (PUT, SEALED, [("s3:PutObject", OBJECT), ("kms:GenerateDataKey", KEY)]),
    (ask("s3:UploadPart"), SEALED, [("s3:PutObject", OBJECT), ("kms:Decrypt", KEY)]),
    (ask("s3:HeadObject"), SEALED, [("s3:GetObject", OBJECT)]),
    (ask("s3:GetObject", encryption=BucketEncryption()), SEALED, [("s3:GetObject", OBJECT)]),
    (
        ask("s3:PutObject", headers={"x-amz-server-side-encryption": "AES256"}),
        SEALED,
        [("s3:PutObject", OBJECT)],
    ),
    (
        ask("sagemaker:CreateTrainingJob", params={"TrainingJobName": "one", "RoleArn": TRAIN}),
        state(ALL),
        [
            ("sagemaker:CreateTrainingJob", f"arn:aws:sagemaker:us-east-1:{FIRM}:training-job/one"),
            ("iam:PassRole", TRAIN),
        ],
    ),
    (ask("kms:DescribeKey", params={"KeyId": "alias/phi"}), SEALED, [("kms:DescribeKey", KEY)]),
    (ask("s3:DeleteBucketCors", resource=BUCKET), state(ALL), [("s3:DeleteBucketCors", BUCKET)]),
    (ask("ec2:DescribeVpcs"), state(ALL), [("ec2:DescribeVpcs", "*")]),
]


@pytest.mark.parametrize(
    ("request_", "world", "steps"), CALLS, ids=lambda value: getattr(value, "operation", "")
)
def test_what_a_call_needs(
    request_: AccessRequest, world: ServiceState, steps: list[tuple[str, str]]
) -> None:
    assert asked(request_, world) == steps


DECRYPT = allow("kms:Decrypt", Principal={"AWS": TRAIN})
KMS_CASES = [
    # what the role may do, the key's own statements, and what S3 then says
    ([allow("s3:*"), allow("kms:Decrypt", KEY)], [], None),
    ([allow("s3:*")], [], "because no identity-based policy allows the kms:Decrypt action"),
    ([allow("s3:*")], [DECRYPT], None),
    (
        [ALL],
        [allow("kms:Describe*", Principal="*")],
        "because no resource-based policy allows the kms:Decrypt action",
    ),
    (
        [ALL],
        [{**DECRYPT, "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}],
        None,
    ),
    (
        [ALL],
        [{**DECRYPT, "Condition": {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": OBJECT}}}],
        None,
    ),
    # The key sees S3, not the endpoint that the caller came through.
    (
        [ALL],
        [{**DECRYPT, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}],
        "because no resource-based policy allows the kms:Decrypt action",
    ),
]


@pytest.mark.parametrize(("identity", "statements", "said"), KMS_CASES)
def test_s3_asks_kms_on_the_callers_behalf(
    identity: list[dict[str, Any]], statements: list[dict[str, Any]], said: str | None
) -> None:
    world = state(*identity, buckets=(bucket("phi", encryption=SSE_KMS),), keys=(key(*statements),))
    found = decide(WAYS["endpoint"], GET, world)
    assert found.allowed is (said is None)
    if found.denied is not None:
        assert access_denied(found.denied).endswith(f"on resource: {KEY} {said}")


def test_aws_s3_needs_no_permission_of_the_callers_own_and_serves_no_other_account() -> None:
    managed = BucketEncryption("aws:kms", "")
    lets_in = bucket("phi", allow("s3:*", Principal="*"), encryption=managed)
    world = state(allow("s3:*"), buckets=(lets_in,))
    assert decide(WAYS["nat"], GET, world).allowed
    refused = decide(WAYS["nat"], ask("s3:GetObject", THIEF), world).denied
    assert refused is not None
    assert (refused.request.action, refused.decided_by) == ("kms:Decrypt", Layer.RESOURCE)


def test_bucket_keys_put_the_bucket_into_the_encryption_context() -> None:
    pinned = {**DECRYPT, "Condition": {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": OBJECT}}}
    by_bucket = BucketEncryption("aws:kms", KEY, bucket_key=True)
    world = state(ALL, buckets=(bucket("phi", encryption=by_bucket),), keys=(key(pinned),))
    assert not decide(WAYS["endpoint"], GET, world).allowed


def test_why_a_key_is_absent_is_told() -> None:
    world = state(ALL, buckets=(bucket("phi", UNLESS_ENDPOINT),))
    assert "the call came through nat-1" in decide(WAYS["nat"], GET, world).why
    assert "the call came from the internet" in decide(WAYS["internet"], GET, world).why


@pytest.mark.parametrize(
    ("request_", "lacking"),
    [
        (ask("s3:GetObject", bucket="nowhere"), "the bucket nowhere"),
        (ask("s3:GetObject", f"arn:aws:iam::{FIRM}:role/Nobody"), "role/Nobody"),
        (ask("kms:Decrypt", params={"KeyId": "alias/none"}), "alias/none"),
    ],
)
def test_what_is_not_known_is_no_verdict(request_: AccessRequest, lacking: str) -> None:
    with pytest.raises(IncompleteSnapshot, match=lacking):
        decide(WAYS["internet"], request_, state(ALL))


def test_an_endpoint_without_a_known_policy_is_no_verdict() -> None:
    with pytest.raises(IncompleteSnapshot, match="vpce-1"):
        decide(WAYS["endpoint"], GET, ServiceState(state(ALL).identities, state(ALL).buckets))


def test_everybody_is_a_principal_of_endpoint_policies() -> None:
    assert decide(WAYS["endpoint"], GET, state(ALL, endpoint={**ALL, **EVERYBODY})).allowed
