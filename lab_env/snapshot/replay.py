"""Answers on disk, asked as if they were the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from lab_env.errors import IncompleteSnapshot, InvalidInput
from lab_env.snapshot.layout import NEVER_SET, command, place
from lab_env.snapshot.record import Located, Record


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """One answer: where its folders say that it belongs.

    Attributes:
        account: the account; empty when no folder names it.
        region: the Region; empty when no folder names it.
        service: boto3's name for the service.
        resource: what the call was about; empty for a call about all.
        name: the file's, without ``.json``.
        path: the file.
        shown: its path as messages name it.
    """

    account: str
    region: str
    service: str
    resource: str
    name: str
    path: Path
    shown: str

    def read(self) -> Located:
        """What it holds; nothing when it is empty, as the CLI leaves a file when there is nothing to print.

        Raises:
            InvalidInput: it is no JSON object.
        """
        text = self.path.read_bytes()
        try:
            document = json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"this is no JSON file ({error}).", where=self.shown) from None
        if not isinstance(document, dict):
            raise InvalidInput(
                f"expected an object at the top, found {type(document).__name__}.", where=self.shown
            )
        return Located(document, self.shown)

    def mentions(self, key: str) -> bool:
        """Whether it is an object with that key; told without parsing a large file that never speaks of it."""
        # PowerShell's ">" writes UTF-16.
        return key.encode() in self.path.read_bytes().replace(b"\0", b"") and key in self.read()

    def record(self) -> Record:
        """As `read`, for looking things up."""
        return Record(self.read(), self.name)


class Replay:
    """One service's answers, to be called as its API is.

    Args:
        service: boto3's name for it.
        files: its answers, of one account and, where it is regional, one Region.
        account: the account; empty when it is not known.
        region: the Region; empty when it is not known.
    """

    def __init__(self, service: str, files: Sequence[AnswerFile], account: str, region: str) -> None:
        self._service, self._account, self._region = service, account, region
        self._files = {(file.resource, file.name): file for file in files}
        self._derived: dict[str, Callable[[], Mapping[str, Any]]] = {
            "ListBuckets": self._buckets,
            "ListKeys": self._keys,
            "ListRoles": lambda: {"Roles": list(self._identities("role"))},
            "DescribeFlowLogs": self._flow_logs,
            "DescribeTrails": self._trails,
            "ListTrainingJobs": self._jobs,
            "ListUsers": lambda: {"Users": list(self._identities("user"))},
        }

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to a call.

        Raises:
            IncompleteSnapshot: it is not among the files.
            ClientError: AWS had answered that the setting was never made.
        """
        if operation in self._derived:
            return self._derived[operation]()
        resource, name = place(operation, parameters)
        file = self._files.get((resource, name)) or self._loosely(operation, resource, parameters)
        if file is None:
            return self._without(operation, resource, name)
        document: Mapping[str, Any] = file.read()
        if not document and operation in NEVER_SET:
            raise ClientError({"Error": {"Code": NEVER_SET[operation], "Message": ""}}, operation)
        if operation in ("GetBucketPolicy", "GetKeyPolicy") and "Statement" in document:
            # Saved with --query Policy --output text.
            return {"Policy": json.dumps(document)}
        return document

    def _loosely(self, operation: str, resource: str, parameters: Mapping[str, Any]) -> AnswerFile | None:
        """An answer under a name of the exporter's own, or one that was asked about all resources at once."""
        if operation == "ListAliases":
            return self._files.get(("", "list-aliases"))
        inline = parameters.get("PolicyName") if self._service == "iam" else None
        if inline is None:
            return None
        return next((file for file, name in self._inline(resource) if name == inline), None)

    def _inline(self, resource: str) -> Iterator[tuple[AnswerFile, str]]:
        for (owner, name), file in self._files.items():
            if owner == resource and name.startswith(
                ("get-role-policy", "get-user-policy", "get-group-policy")
            ):
                yield file, file.record().text("PolicyName")

    def _without(self, operation: str, resource: str, name: str) -> Mapping[str, Any]:
        """What still can be told when the answer itself is not there."""
        if operation == "GetBucketLocation" and self._region_of(resource):
            return {"LocationConstraint": self._region_of(resource)}
        if operation in ("ListRolePolicies", "ListUserPolicies", "ListGroupPolicies"):
            found = [name for _, name in self._inline(resource)]
            if found:
                return {"PolicyNames": found}
        file = "/".join(part for part in (self._service, resource, f"{name}.json") if part)
        raise IncompleteSnapshot(
            f"this question needs the answer of {command(operation)}, and the snapshot lacks it.",
            where=resource or self._service,
            do=f"Save what aws {self._service.replace('s3', 's3api')} {command(operation)} prints as {file}.",
        )

    def _region_of(self, resource: str) -> str:
        return next((file.region for (owner, _), file in self._files.items() if owner == resource), "")

    def _resources(self) -> list[str]:
        return sorted({resource for resource, _ in self._files if resource})

    def _listed(self, name: str, key: str) -> list[Record]:
        file = self._files.get(("", name))
        return list(file.record().records(key)) if file is not None else []

    def _buckets(self) -> Mapping[str, Any]:
        names = {item.text("Name") for item in self._listed("list-buckets", "Buckets")}
        return {"Buckets": [{"Name": name} for name in sorted(names | set(self._resources()))]}

    def _keys(self) -> Mapping[str, Any]:
        arns = {item.arn("KeyArn") for item in self._listed("list-keys", "Keys")}
        for key in self._resources():
            file = self._files.get((key, "describe-key"))
            kind = "" if key.startswith("alias/") else "key/"
            guess = f"arn:aws:kms:{self._region}:{self._account}:{kind}{key}"
            arns.add(file.record().record("KeyMetadata").text("Arn", guess) if file is not None else guess)
        return {"Keys": [{"KeyArn": arn} for arn in sorted(arns)]}

    def _flow_logs(self) -> Mapping[str, Any]:
        lists = (file.record().raw("FlowLogs") for file in self._files.values())
        return {"FlowLogs": [item for found in lists for item in found]}

    def _trails(self) -> Mapping[str, Any]:
        file = self._files.get(("", "describe-trails"))
        return file.read() if file is not None else {}

    def _jobs(self) -> Mapping[str, Any]:
        return {"TrainingJobSummaries": [{"TrainingJobName": name} for name in self._resources()]}

    def _identities(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """The roles or users that a list names, and those that any answer is about."""
        title, prefix = kind.title(), f"arn:aws:iam::{self._account}:{kind}/"
        listed = self._listed(f"list-{kind}s", f"{title}s")
        found = {item.text(f"{title}Name"): (item.arn("Arn"), item.text("Path", "/")) for item in listed}
        for (resource, name), file in self._files.items():
            if name == f"get-{kind}":
                own = file.record().record(title)
                found[resource] = (own.text("Arn", prefix + resource), own.text("Path", "/"))
            elif resource and _about(name) == kind:
                found.setdefault(resource, (prefix + resource, "/"))
        for _, (arn, path) in sorted(found.items()):
            yield {"Arn": arn, "Path": path}


def _about(name: str) -> str:
    """``role`` or ``user``, when an answer of that name is about one; else nothing."""
    return next((kind for kind in ("role", "user") if f"-{kind}" in name), "")
