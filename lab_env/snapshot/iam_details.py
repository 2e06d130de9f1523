"""``GetAccountAuthorizationDetails``: a whole account's IAM in one answer, to be asked as IAM itself is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from lab_env.snapshot.asking import Describe

_KINDS = ("Role", "User", "Group")


class AuthorizationDetails:
    """Answers IAM's calls about roles, users, groups and their policies from the one answer.

    Args:
        answer: the answer, its pages joined.
        other: answers about managed policies that it leaves out: of AWS's own it holds those in use alone.
    """

    def __init__(self, answer: Mapping[str, Any], other: Describe) -> None:
        self._other = other
        self._items = {
            kind: {str(item[f"{kind}Name"]): item for item in answer.get(f"{kind}DetailList") or ()}
            for kind in _KINDS
        }
        self._policies = {str(item["Arn"]): item for item in answer.get("Policies") or ()}

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to a call.

        Raises:
            ClientError: ``NoSuchEntity``.
        """
        if operation in ("GetPolicy", "GetPolicyVersion"):
            return self._policy(operation, dict(parameters))
        kind = next(kind for kind in _KINDS if kind in operation)
        if operation == f"List{kind}s":
            return {f"{kind}s": list(self._items[kind].values())}
        if operation == "ListGroupsForUser":
            names = self._item("User", parameters, operation).get("GroupList") or ()
            return {"Groups": [{"GroupName": name} for name in names]}
        item = self._item(kind, parameters, operation)
        return self._about(operation, kind, item, parameters)

    def _about(
        self, operation: str, kind: str, item: Mapping[str, Any], parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        inline = item.get(f"{kind}PolicyList") or ()
        if operation == f"List{kind}Policies":
            return {"PolicyNames": [one["PolicyName"] for one in inline]}
        if operation == f"ListAttached{kind}Policies":
            return {"AttachedPolicies": item.get("AttachedManagedPolicies") or []}
        if operation == f"Get{kind}Policy":
            return _found((one for one in inline if one["PolicyName"] == parameters["PolicyName"]), operation)
        return {kind: item}

    def _item(self, kind: str, parameters: Mapping[str, Any], operation: str) -> Mapping[str, Any]:
        return _found(iter([self._items[kind].get(str(parameters[f"{kind}Name"]))]), operation)

    def _policy(self, operation: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        item = self._policies.get(str(parameters["PolicyArn"]))
        if item is None:
            return self._other(operation, parameters)
        if operation == "GetPolicy":
            return {"Policy": item}
        versions: Iterator[Mapping[str, Any]] = iter(item.get("PolicyVersionList") or ())
        return {"PolicyVersion": next(one for one in versions if one.get("IsDefaultVersion"))}


def _found(items: Iterator[Mapping[str, Any] | None], operation: str) -> Mapping[str, Any]:
    found = next(items, None)
    if found is None:
        raise ClientError({"Error": {"Code": "NoSuchEntity", "Message": ""}}, operation)
    return found
