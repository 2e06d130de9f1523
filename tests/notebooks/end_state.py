"""Run chapters in one process, one after another, and print what each leaves behind in the account, as JSON.

``python -m tests.notebooks.end_state answers 01_private_vpc`` runs a notebook's code cells as plain Python;
``python -m tests.notebooks.end_state replay 01_private_vpc`` makes the calls that a later chapter replays instead.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from lab_env.network.model import VpcEndpoint
from lab_env.views.names import KINDS

Ask = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]


def main(edition: str, *names: str) -> None:
    """Print the state at the end of each chapter: ``{name: {resource: what it is}}``."""
    print(json.dumps({name: left_by(edition, name) for name in names}))  # noqa: T201


def left_by(edition: str, name: str) -> dict[str, Any]:
    """What a chapter leaves: the network, the buckets and their objects, the keys, the roles, and the job's request."""
    lab, job = replayed(int(name[:2])) if edition == "replay" else run(edition, name)
    network = replace(lab.network, endpoints=tuple(map(_in_any_order, lab.network.endpoints)))
    left = {kind: [repr(item) for item in getattr(network, kind)] for kind in KINDS}
    # Past the data plane: what chapter 06 locks is locked for the operator's machine, too.
    ask: Ask = lab._cloud.describe
    kept = {"buckets": dict(_buckets(ask)), "keys": dict(_keys(ask)), "roles": dict(_roles(ask))}
    return left | kept | {"job": job}


def run(edition: str, name: str) -> tuple[Lab, object]:
    """Run a notebook's code cells in a namespace of their own; its ``lab`` and its ``job`` at the end."""
    own: dict[str, Any] = {}
    # nbformat would take longer to import than most chapters take to run.
    notebook = json.loads((ROOT / edition / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), name, "exec"), own)
    lab = own["lab"]
    assert isinstance(lab, Lab)
    return lab, own.get("job")


def replayed(chapter: int) -> tuple[Lab, object]:
    """A lab in which the steps up to the end of a chapter were replayed, and the job it offers."""
    lab = Lab.start()
    for step in (*scenario.history(chapter), chapter):
        scenario.STEPS[step](boto3.client)
    return lab, lab.job


def _in_any_order(endpoint: VpcEndpoint) -> VpcEndpoint:
    # An endpoint's tables are a set; AWS lists them as they came, and a repair lets one come again.
    return replace(endpoint, route_tables=tuple(sorted(endpoint.route_tables)))


def _buckets(ask: Ask) -> Any:
    for bucket in ask("s3", "ListBuckets", {})["Buckets"]:
        name = bucket["Name"]
        where = ask("s3", "GetBucketLocation", {"Bucket": name})["LocationConstraint"]
        there = partial(ask, region=where)
        listed = there("s3", "ListObjectsV2", {"Bucket": name}).get("Contents", [])
        # No chapter needs the model of another's job, so a replay trains none.
        keys = [item["Key"] for item in listed if not item["Key"].endswith("/output/model.tar.gz")]
        yield name, {"objects": {key: _object(there, name, key) for key in keys}, **dict(_settings(there, name))}


def _object(ask: Ask, bucket: str, key: str) -> Any:
    found = ask("s3", "GetObject", {"Bucket": bucket, "Key": key})
    kept = ("ServerSideEncryption", "SSEKMSKeyId")
    return [_digest(found["Body"]), *(found.get(name) for name in kept)]


def _settings(ask: Ask, bucket: str) -> Any:
    """The bucket's own configuration, as the get calls answer."""
    for name in ("Encryption", "Policy", "Versioning", "PublicAccessBlock", "OwnershipControls", "Logging"):
        operation = f"Get{'' if name == 'PublicAccessBlock' else 'Bucket'}{name}"
        try:
            said = ask("s3", operation, {"Bucket": bucket})
        except ClientError as error:
            said = error.response["Error"]["Code"]
        yield name, _plain(said)


def _keys(ask: Ask) -> Any:
    aliases = {
        item["TargetKeyId"]: item["AliasName"]
        for item in ask("kms", "ListAliases", {})["Aliases"]
        if "TargetKeyId" in item
    }
    for key in ask("kms", "ListKeys", {})["Keys"]:
        name = {"KeyId": key["KeyId"]}
        policy = ask("kms", "GetKeyPolicy", {**name, "PolicyName": "default"})["Policy"]
        rotates = ask("kms", "GetKeyRotationStatus", name)["KeyRotationEnabled"]
        yield key["KeyArn"], [aliases.get(key["KeyId"]), rotates, json.loads(policy)]


def _plain(said: Any) -> Any:
    """An answer without what differs from call to call; a policy as the value it holds, not as its text."""
    if isinstance(said, str):
        return said
    kept = {name: value for name, value in said.items() if name != "ResponseMetadata"}
    return {name: json.loads(value) if name == "Policy" else value for name, value in kept.items()}


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def _roles(ask: Ask) -> Any:
    for role in ask("iam", "ListRoles", {})["Roles"]:
        name = role["RoleName"]
        own = {
            policy: ask("iam", "GetRolePolicy", {"RoleName": name, "PolicyName": policy})["PolicyDocument"]
            for policy in ask("iam", "ListRolePolicies", {"RoleName": name})["PolicyNames"]
        }
        yield name, {"id": role["RoleId"], "trust": role["AssumeRolePolicyDocument"], "policies": own}


if __name__ == "__main__":
    main(*sys.argv[1:])
