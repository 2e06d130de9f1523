"""Buckets, keys, roles, flow logs and trails as resources of a template.

*AWS::S3::Bucket*, *AWS::S3::BucketPolicy*, *AWS::KMS::Key*, *AWS::IAM::Role*, *AWS::EC2::FlowLog*,
*AWS::CloudTrail::Trail* of the CloudFormation Template Reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from lab_env.policy import Policy
from lab_env.snapshot.event_selectors import EventSelector, FieldSelector
from lab_env.snapshot.state import Bucket, FlowLog, Identity, Key, Trail
from lab_env.snapshot.template.draft import Draft, logical

# Data, and the key without which it cannot be read, outlive the stack.
_KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
_NAME = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_ARN = "arn:aws:s3:::"


def declare(draft: Draft, buckets: Iterable[Bucket], keys: Iterable[Key], roles: Iterable[Identity]) -> None:
    """Give names to what policies may speak of, before any is written.

    Args:
        draft: the template.
        buckets: buckets; the name of each becomes a parameter, for it is taken all over the world.
        keys: the customer's keys.
        roles: roles, which keep their names.
    """
    for bucket in buckets:
        name = draft.name(bucket.name, bucket.name, "Bucket")
        told = f"In place of {bucket.name}: a name that is free in all of AWS."
        draft.parameter(
            f"{name}Name", bucket.name, AllowedPattern=_NAME, ConstraintDescription=_RULE, Description=told
        )
    for key in keys:
        alias = next((one.removeprefix("alias/") for one in key.aliases), "")
        name = draft.name(key.arn, alias, "Key")
        draft.stands_for(key.arn, f"{name}.Arn")
        draft.stands_for(key.id, name)
    for role in roles:
        name = draft.name(role.arn, role.arn.rpartition("/")[2], "Role")
        draft.stands_for(role.arn, f"{name}.Arn")


_RULE = "3 to 63 lower-case letters, digits, dots and hyphens"


def write_key(draft: Draft, key: Key) -> None:
    """Write a key and its aliases."""
    name = _of(draft, key.arn)
    draft.add(
        name,
        "AWS::KMS::Key",
        {
            "EnableKeyRotation": key.rotates,
            "Enabled": key.enabled,
            "KeyPolicy": _document(key.policy),
        },
        **_KEPT,
    )
    for alias in key.aliases:
        own = logical(alias.removeprefix("alias/"), "KeyAlias")
        draft.add(own, "AWS::KMS::Alias", {"AliasName": alias, "TargetKeyId": key.id})


def write_role(draft: Draft, role: Identity) -> None:
    """Write a role. Its policies stand in it, those too that were attached."""
    draft.refuse([role.arn] if role.boundary is not None else [], "a role with a permissions boundary")
    draft.add(
        _of(draft, role.arn),
        "AWS::IAM::Role",
        {
            "RoleName": role.arn.rpartition("/")[2],
            "AssumeRolePolicyDocument": _document(role.trust),
            "Policies": [
                {"PolicyName": policy.source, "PolicyDocument": _document(policy)} for policy in role.policies
            ]
            or None,
        },
    )


def write_bucket(draft: Draft, bucket: Bucket) -> None:
    """Write a bucket and its policy."""
    name, block, encryption = _of(draft, bucket.name), bucket.public_access, bucket.encryption
    default = {"SSEAlgorithm": encryption.algorithm}
    if encryption.key:
        default["KMSMasterKeyID"] = encryption.key
    log = {"DestinationBucketName": bucket.log_bucket, "LogFilePrefix": bucket.log_prefix}
    draft.add(
        name,
        "AWS::S3::Bucket",
        {
            "BucketName": bucket.name,
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "ServerSideEncryptionByDefault": default,
                        **({"BucketKeyEnabled": True} if encryption.bucket_key else {}),
                    }
                ]
            },
            "VersioningConfiguration": {"Status": bucket.versioning} if bucket.versioning else None,
            "LoggingConfiguration": log if bucket.log_bucket else None,
            "OwnershipControls": {"Rules": [{"ObjectOwnership": bucket.ownership}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": block.block_public_acls,
                "IgnorePublicAcls": block.ignore_public_acls,
                "BlockPublicPolicy": block.block_public_policy,
                "RestrictPublicBuckets": block.restrict_public_buckets,
            },
        },
        **_after_policy(draft, bucket.log_bucket),
        **_KEPT,
    )
    if bucket.policy is not None:
        draft.add(
            f"{name}Policy",
            "AWS::S3::BucketPolicy",
            {"Bucket": bucket.name, "PolicyDocument": _document(bucket.policy)},
            DependsOn=name,
        )


def write_flow_log(draft: Draft, log: FlowLog) -> None:
    """Write a flow log that goes to a bucket.

    Raises:
        NotModelled: it goes elsewhere, where AWS needs a role that no snapshot tells.
    """
    elsewhere = [] if log.destination.startswith(_ARN) else [log.id]
    draft.refuse(elsewhere, "a flow log that does not go to a bucket")
    kinds = {"vpc": "VPC", "subnet": "Subnet", "eni": "NetworkInterface"}
    name = draft.name(log.id, _of(draft, log.resource), "FlowLog")
    draft.add(
        name,
        "AWS::EC2::FlowLog",
        {
            "ResourceId": log.resource,
            "ResourceType": kinds[log.resource.partition("-")[0]],
            "TrafficType": log.traffic,
            "LogDestinationType": "s3",
            "LogDestination": log.destination,
            "LogFormat": log.format or None,
            "MaxAggregationInterval": log.interval,
        },
        **_after_policy(draft, log.destination.removeprefix(_ARN).partition("/")[0]),
    )


def write_trail(draft: Draft, trail: Trail) -> None:
    """Write a trail, with advanced event selectors."""
    own = trail.arn.rpartition("/")[2]
    draft.add(
        draft.name(trail.arn, own, "Trail"),
        "AWS::CloudTrail::Trail",
        {
            "TrailName": own,
            "S3BucketName": trail.bucket,
            "S3KeyPrefix": trail.prefix or None,
            "KMSKeyId": trail.key or None,
            "IsLogging": trail.logging,
            "EnableLogFileValidation": trail.validated,
            "IsMultiRegionTrail": trail.multi_region,
            "IncludeGlobalServiceEvents": True,
            "AdvancedEventSelectors": [_selector(one) for one in trail.selectors] or None,
        },
        **_after_policy(draft, trail.bucket),
    )


def _of(draft: Draft, physical: str) -> str:
    return next(own for own, known in draft.physical.items() if known == physical)


def _after_policy(draft: Draft, bucket: str) -> dict[str, str]:
    """A log's source waits for the policy that lets the log service in."""
    name = next((own for own, known in draft.physical.items() if known == bucket), "")
    return {"DependsOn": f"{name}Policy"} if f"{name}Policy" in draft.resources else {}


def _document(policy: Policy | None) -> Any:
    if policy is None:
        return None
    return json.loads(policy.document) if isinstance(policy.document, str) else policy.document


def _selector(selector: EventSelector) -> dict[str, Any]:
    named = {"Name": selector.name} if selector.name else {}
    return named | {"FieldSelectors": [_field(one) for one in selector.fields]}


def _field(one: FieldSelector) -> dict[str, Any]:
    said = {
        "Equals": one.equals,
        "StartsWith": one.starts_with,
        "EndsWith": one.ends_with,
        "NotEquals": one.not_equals,
        "NotStartsWith": one.not_starts_with,
        "NotEndsWith": one.not_ends_with,
    }
    return {"Field": one.field, **{key: list(values) for key, values in said.items() if values}}
