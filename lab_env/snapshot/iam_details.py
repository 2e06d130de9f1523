"""``GetAccountAuthorizationDetails``: a whole account's IAM in one answer, to be asked as IAM itself is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab_env.errors import IncompleteSnapshot
from lab_env.snapshot.asking import Describe
from lab_env.snapshot.record import Record

_KINDS = ("Role", "User", "Group")


class AuthorizationDetails:
    """Answers IAM's calls about roles, users, groups and their policies from the one answer.

    Args:
        answer: the answer, its pages joined.
        other: answers about managed policies that it leaves out: of AWS's own it holds those in use alone.
    """

    def __init__(self, answer: Record, other: Describe) -> None:
        self._other = other
        self._items = {
            kind: {item.text(f"{kind}Name"): item for item in answer.records(f"{kind}DetailList")}
            for kind in _KINDS
        }
        self._policies = {item.text("Arn"): item for item in answer.records("Policies")}

    def __call__(self, operation: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        """The answer to a call.

        Raises:
            IncompleteSnapshot: the details do not hold what it is about.
        """
        if operation in ("GetPolicy", "GetPolicyVersion"):
            return self._policy(operation, parameters)
        kind = next(kind for kind in _KINDS if kind in operation)
        if operation == f"List{kind}s":
            return {f"{kind}s": [item.whole for item in self._items[kind].values()]}
        if operation == "ListGroupsForUser":
            names = self._item("User", parameters).texts("GroupList")
            return {"Groups": [{"GroupName": name} for name in names]}
        return self._about(operation, kind, self._item(kind, parameters), parameters)

    def _about(
        self, operation: str, kind: str, item: Record, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        inline = list(item.records(f"{kind}PolicyList"))
        if operation == f"List{kind}Policies":
            return {"PolicyNames": [one.text("PolicyName") for one in inline]}
        if operation == f"ListAttached{kind}Policies":
            return {"AttachedPolicies": item.raw("AttachedManagedPolicies")}
        if operation == f"Get{kind}Policy":
            named = (one for one in inline if one.text("PolicyName") == parameters["PolicyName"])
            return _found(next(named, None), str(parameters["PolicyName"])).whole
        return {kind: item.whole}

    def _item(self, kind: str, parameters: Mapping[str, Any]) -> Record:
        name = str(parameters[f"{kind}Name"])
        return _found(self._items[kind].get(name), name)

    def _policy(self, operation: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        item = self._policies.get(parameters["PolicyArn"])
        if item is None:
            return self._other(operation, parameters)
        if operation == "GetPolicy":
            return {"Policy": item.whole}
        versions = item.records("PolicyVersionList")
        default = next((one for one in versions if one.flag("IsDefaultVersion", default=False)), None)
        return {"PolicyVersion": _found(default, str(parameters["PolicyArn"])).whole}


def _found(item: Record | None, what: str) -> Record:
    if item is None:
        raise IncompleteSnapshot(
            "this question needs it, and the account's authorization details lack it.",
            where=what,
            do="Export get-account-authorization-details again, without --filter.",
        )
    return item
