"""The attacker: an account of its own, a user with every permission there, and a bucket that waits for copies."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lab_env.scenario.firm import ACCOUNT

ATTACKER_ACCOUNT, ATTACKER_USER, ATTACKER_BUCKET = "999988887777", "mallory", "totally-legit-backups"
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
# The firm's own principals may write there, so that the firm's own permissions are what decides.
WELCOME = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "EverybodyAtMeridian",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": ["s3:PutObject", "s3:ListBucket"],
            "Resource": [f"arn:aws:s3:::{ATTACKER_BUCKET}", f"arn:aws:s3:::{ATTACKER_BUCKET}/*"],
        }
    ],
}

Ask = Callable[[str, str, dict[str, Any]], Mapping[str, Any]]


def settle(ask: Ask) -> tuple[str, str]:
    """Make the attacker's user and bucket.

    Args:
        ask: makes a call in the attacker's account: service, operation, parameters.

    Returns:
        The id and the secret of the user's access key.
    """
    user = {"UserName": ATTACKER_USER}
    ask("iam", "CreateUser", user)
    everything = {"PolicyName": "everything", "PolicyDocument": json.dumps(EVERYTHING)}
    ask("iam", "PutUserPolicy", user | everything)
    ask("s3", "CreateBucket", {"Bucket": ATTACKER_BUCKET})
    ask("s3", "PutBucketPolicy", {"Bucket": ATTACKER_BUCKET, "Policy": json.dumps(WELCOME)})
    key = ask("iam", "CreateAccessKey", user)["AccessKey"]
    return str(key["AccessKeyId"]), str(key["SecretAccessKey"])
