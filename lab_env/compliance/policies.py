"""Policy documents that findings propose, as the text of a boto3 call. No audit ever puts one anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from lab_env.compliance.changes import call
from lab_env.snapshot.state import Bucket

Document = dict[str, Any]


def only_these_buckets(endpoint: str, buckets: Iterable[str]) -> str:
    """Let an S3 endpoint serve these buckets only.

    A gateway endpoint's principal has to be ``*`` (*Control access to VPC endpoints using endpoint policies*).
    """
    resources = [arn for name in buckets for arn in (f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*")]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": resources}
    document = _text(statement)
    return call("modify_vpc_endpoint", VpcEndpointId=endpoint, PolicyDocument=document)


def only_this_account(endpoint: str, account: str) -> str:
    """Let an endpoint serve an account's own principals, on that account's own resources.

    *Establishing a data perimeter on AWS*: trusted identities, trusted resources. An organization would name itself by
    ``aws:PrincipalOrgID`` and ``aws:ResourceOrgID``.
    """
    own = {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": own},
    }
    return call("modify_vpc_endpoint", VpcEndpointId=endpoint, PolicyDocument=_text(statement))


def only_through(bucket: Bucket, endpoints: Iterable[str]) -> str:
    """Refuse object reads and writes that come by another way than these endpoints.

    Object actions only, so that administrators keep the bucket itself, and not for AWS services that act for
    themselves (*Controlling access from VPC endpoints with bucket policies*).
    """
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"],
        "Resource": f"{bucket.arn}/*",
        "Condition": {
            "StringNotEquals": {"aws:SourceVpce": list(endpoints)},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
    return _with_statement(bucket, statement)


def only_by_tls(bucket: Bucket) -> str:
    """Refuse whatever comes without TLS (*How do I require that requests use TLS*)."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, f"{bucket.arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return _with_statement(bucket, statement)


def _with_statement(bucket: Bucket, statement: Document) -> str:
    """Put the policy of a bucket that has none; for one that has, the statement that has to stand beside the others."""
    if bucket.policy is None:
        return call("put_bucket_policy", service="s3", Bucket=bucket.name, Policy=_text(statement))
    return f"add to the policy of {bucket.name} the statement {json.dumps(statement)}"


def _text(statement: Document) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
