"""KMS keys as S3 uses them: found by any of their names, with the policy that AWS writes for its own.

*AWS KMS keys* (key identifiers, AWS managed keys); *Condition keys for AWS KMS*; *Encryption context*.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

from lab_env.errors import IncompleteSnapshot
from lab_env.policy import Kind, Policy
from lab_env.snapshot.state import Key, ServiceState

MANAGED = "alias/aws/s3"


class KeyNotFound(IncompleteSnapshot):
    """A KMS key that the call needs is not in the state."""


def find_key(state: ServiceState, name: str, account: str, region: str) -> Key:
    """The key that a name means.

    Args:
        state: the keys.
        name: ARN of the key or of an alias, key id, or ``alias/…``.
        account: whose key it is when the name is no ARN.
        region: where it is when the name is no ARN.

    Raises:
        KeyNotFound: there is no such key.
    """
    arn = name
    if not name.startswith("arn:"):
        kind = name if name.startswith("alias/") else f"key/{name}"
        arn = f"arn:aws:kms:{region}:{account}:{kind}"
    found = state.keys.get(arn) or _by_alias(state, arn)
    if found is None:
        raise KeyNotFound("this KMS key is not known.", where=arn, do="Its policy decides.")
    if found.policy is None and not found.customer_managed:
        return _managed(found.arn)
    return found


def _by_alias(state: ServiceState, arn: str) -> Key | None:
    opening, _, alias = arn.partition(":alias/")
    if not alias:
        return None
    for key in state.keys.values():
        if key.arn.startswith(f"{opening}:") and f"alias/{alias}" in key.aliases:
            return key
    return None


def key_of_default(state: ServiceState, name: str, account: str, region: str) -> Key:
    """The key of an encryption setting; without a name it is ``aws/s3`` of the caller's account.

    Raises:
        KeyNotFound: there is no such key.
    """
    if name and not name.endswith(MANAGED):
        return find_key(state, name, account, region)
    found = _by_alias(state, f"arn:aws:kms:{region}:{account}:{MANAGED}")
    # KMS makes it when it is first used.
    return _managed(found.arn if found is not None else f"arn:aws:kms:{region}:{account}:key/aws-s3")


@lru_cache(maxsize=64)
def _managed(arn: str) -> Key:
    """AWS's own key for S3, with the policy that nobody can change."""
    _, _, _, region, account, _ = arn.split(":", 5)
    through_s3 = {
        "Sid": "Allow access through S3 for all principals in the account that are authorized to use S3",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {"kms:CallerAccount": account, "kms:ViaService": f"s3.{region}.amazonaws.com"}
        },
    }
    metadata = {
        "Sid": "Allow direct access to key metadata to the account",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": ["kms:Describe*", "kms:Get*", "kms:List*"],
        "Resource": "*",
    }
    document = {"Version": "2012-10-17", "Statement": [through_s3, metadata]}
    policy = Policy.parse(document, kind=Kind.KEY, source="AWS's policy of aws/s3")
    return Key(arn, policy, customer_managed=False, rotates=True, aliases=(MANAGED,))


def s3_key_context(resource: str, region: str) -> MappingProxyType[str, object]:
    """The condition keys of a call that S3 makes to KMS on the caller's behalf (a forward access session).

    Args:
        resource: the ARN in the encryption context: the object's, or the bucket's with S3 Bucket Keys.
        region: the bucket's Region.
    """
    return MappingProxyType(
        {
            "aws:ViaAWSService": True,
            "aws:CalledVia": ["s3.amazonaws.com"],
            "aws:CalledViaFirst": "s3.amazonaws.com",
            "aws:CalledViaLast": "s3.amazonaws.com",
            "kms:ViaService": f"s3.{region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": resource,
            "kms:EncryptionContextKeys": ["aws:s3:arn"],
            "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        }
    )
