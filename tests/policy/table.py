"""The hand-written cases: what a short line stands for."""

from __future__ import annotations

import json
from pathlib import Path

PRINCIPALS = {
    "session": "arn:aws:sts::111122223333:assumed-role/Train/job",
    "role": "arn:aws:iam::111122223333:role/Train",
    "user": "arn:aws:iam::111122223333:user/ana",
    "root": "arn:aws:iam::111122223333:root",
    "stranger": "arn:aws:sts::444455556666:assumed-role/Other/s",
}
RESOURCES = {"key": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}
LISTS = {
    "identity": "identity_policies",
    "boundary": "permissions_boundaries",
    "session": "session_policies",
    "endpoint": "endpoint_policies",
}
ELEMENTS = ("Sid", "Effect", "Action", "Resource")


def lines():
    """Every case of every file, with the file it stands in."""
    for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield path.stem, json.loads(line)


def pages():
    """Address of each page of AWS's documentation that a case may name as its source, by the page's title."""
    return json.loads((Path(__file__).parent / "cases" / "sources.json").read_text("utf-8"))


def policy(statements, version="2012-10-17"):
    """A document; a statement is [Sid, Effect, Action, Resource], and further elements in an object."""
    written = []
    for statement in statements:
        named = dict(zip(ELEMENTS, statement, strict=False))
        more = statement[4] if len(statement) > 4 else {}
        written.append({name: value for name, value in named.items() if value is not None} | more)
    return {"Version": version, "Statement": written}


def case(line):
    """A line in the form that ``decide`` reads."""
    version = line.get("version", "2012-10-17")
    if "condition" in line:
        line = line | {"identity": [["A", "Allow", "s3:GetObject", "*", {"Condition": line["condition"]}]]}
    principal = line.get("principal", "session")
    resource = line.get("resource", "arn:aws:s3:::phi/scan.dcm")
    found = {
        "id": line["id"],
        "request": {
            "principal": PRINCIPALS.get(principal, principal),
            "action": line.get("action", "s3:GetObject"),
            "resource": RESOURCES.get(resource, resource),
            "resource_account": line.get("resource_account", "111122223333"),
            "context": line.get("context", {}),
        },
    }
    found |= {name: [policy(line[short], version)] for short, name in LISTS.items() if short in line}
    for name in ("scps", "rcps"):
        found[name] = [[policy(level, version)] for level in line.get(name, ())]
    if "resource_policy" in line:
        found["resource_policy"] = policy(line["resource_policy"], version)
    if "endpoint_type" in line:
        found["endpoint_type"] = line["endpoint_type"]
    return found
