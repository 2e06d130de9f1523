"""Run chapters in one process, one after another, and print what each leaves behind in the account, as JSON.

``python -m tests.notebooks.end_state answers 01_private_vpc`` runs a notebook's code cells as plain Python;
``python -m tests.notebooks.end_state replay 01_private_vpc`` makes the calls that a later chapter replays instead.
"""

import json
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3

from lab_env import Lab, scenario
from lab_env.network.model import VpcEndpoint
from lab_env.views.names import KINDS

ROOT = Path(__file__).resolve().parents[2]


def main(edition: str, *names: str) -> None:
    """Print the state at the end of each chapter: ``{name: {resource: what it is}}``."""
    print(json.dumps({name: left_by(edition, name) for name in names}))  # noqa: T201


def left_by(edition: str, name: str) -> dict[str, Any]:
    """What a chapter leaves: the network, the buckets' objects, the roles, and the job's request."""
    lab, job = replayed(int(name[:2])) if edition == "replay" else run(edition, name)
    network = replace(lab.network, endpoints=tuple(map(_in_any_order, lab.network.endpoints)))
    left = {kind: [repr(item) for item in getattr(network, kind)] for kind in KINDS}
    return left | {"buckets": dict(_buckets()), "roles": dict(_roles()), "job": job}


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


def _buckets() -> Any:
    s3 = boto3.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        listed = s3.list_objects_v2(Bucket=name).get("Contents", [])
        # No chapter needs the model of another's job, so a replay trains none.
        keys = [item["Key"] for item in listed if not item["Key"].endswith("/output/model.tar.gz")]
        yield name, {key: _digest(s3.get_object(Bucket=name, Key=key)["Body"].read()) for key in keys}


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def _roles() -> Any:
    iam = boto3.client("iam")
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        own = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        yield name, {"id": role["RoleId"], "trust": role["AssumeRolePolicyDocument"], "policies": own}


if __name__ == "__main__":
    main(*sys.argv[1:])
