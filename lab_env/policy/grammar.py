"""From JSON to statements: the grammar of the policy language, with every fault found on the way.

*Grammar of the IAM JSON policy language*; *IAM JSON policy elements reference*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum

from lab_env.policy import operators
from lab_env.policy.conditions import Condition
from lab_env.policy.findings import Code, Finding
from lab_env.policy.json_text import Path, line_of, written
from lab_env.policy.principals import principals
from lab_env.policy.statement import (
    Actions,
    PrincipalElement,
    ResourcePattern,
    Resources,
    Statement,
)

VERSIONS = ("2012-10-17", "2008-10-17")


class Kind(Enum):
    """What a policy is attached to; each kind has rules of its own."""

    IDENTITY = "identity policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SCP = "service control policy"
    RCP = "resource control policy"
    RESOURCE = "resource policy"
    KEY = "key policy"
    TRUST = "trust policy"
    ENDPOINT = "VPC endpoint policy"

    @property
    def names_principals(self) -> bool:
        """Whether its statements say whom they concern."""
        return self not in (Kind.IDENTITY, Kind.BOUNDARY, Kind.SESSION, Kind.SCP)


_TOP = ("Version", "Id", "Statement")
_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
_ACTION = re.compile(r"\*|(\*|[A-Za-z0-9-]+):\S+")
_AWS_PRINCIPAL = re.compile(
    r"\*|\d{12}|A[A-Z0-9]{15,127}|arn:[a-z-]+:(iam|sts)::\d{12}:"
    r"(root|user/[^*?]+|role/[^*?]+|assumed-role/[^/*?]+/[^/*?]+|federated-user/[^*?]+)"
)


@dataclass(slots=True)
class Reader:
    """Reads one document, statement by statement.

    Attributes:
        kind: what the policy is attached to; ``None`` when that is not known.
        source: the policy's name.
        text: the document's text; empty when it was given as a value.
        findings: the faults found so far.
    """

    kind: Kind | None
    source: str = ""
    text: str = ""
    findings: list[Finding] = field(default_factory=list)
    variables: bool = False

    def fault(self, code: Code, path: Path, what: str, do: str = "") -> None:
        """Note a fault at a place of the document."""
        line = line_of(self.text, path) if self.text else 0
        self.findings.append(Finding(code, written(path), what, do, line))

    def read(self, document: object) -> tuple[Statement, ...]:
        """The statements of a document; those with a fault are left out, and the fault is in ``findings``."""
        if not isinstance(document, Mapping):
            self.fault(Code.STRUCTURE, (), "a policy is a JSON object with a Statement.")
            return ()
        self._unknown(document, _TOP, ())
        version = document.get("Version", VERSIONS[1])
        if version not in VERSIONS:
            self.fault(
                Code.VALUE,
                ("Version",),
                f"there is no policy version {_shown(version)}.",
                f"Write {VERSIONS[0]!r}.",
            )
        self.variables = version == VERSIONS[0]
        if "Id" in document and not isinstance(document["Id"], str):
            self.fault(Code.STRUCTURE, ("Id",), "an Id is text.")
        if "Statement" not in document:
            self.fault(Code.STRUCTURE, (), "the Statement is missing.")
            return ()
        return tuple(self._statements(document["Statement"]))

    def _statements(self, value: object) -> Iterator[Statement]:
        items = value if isinstance(value, list) else [value]
        if not items:
            self.fault(Code.STRUCTURE, ("Statement",), "there is no statement in it.")
        seen: dict[str, int] = {}
        for number, item in enumerate(items):
            path: Path = ("Statement", number)
            if not isinstance(item, Mapping):
                self.fault(Code.STRUCTURE, path, "a statement is a JSON object.")
                continue
            sid = item.get("Sid", "")
            if isinstance(sid, str) and sid and seen.setdefault(sid, number) != number:
                self.fault(
                    Code.DUPLICATE,
                    (*path, "Sid"),
                    f"the Sid {sid!r} is taken by Statement[{seen[sid]}].",
                    "Rename one.",
                )
            statement = self._statement(item, path, number)
            if statement is not None:
                yield statement

    def _statement(self, item: Mapping[str, object], path: Path, number: int) -> Statement | None:
        before = len(self.findings)
        self._unknown(item, _ELEMENTS, path)
        sid = item.get("Sid", "")
        if not isinstance(sid, str):
            self.fault(Code.STRUCTURE, (*path, "Sid"), "a Sid is text.")
        effect = item.get("Effect")
        if effect not in ("Allow", "Deny"):
            self._effect(effect, path)
        principal = self._principal(item, path)
        actions = self._actions(item, path)
        resources = self._resources(item, path)
        conditions = self._conditions(item.get("Condition", {}), (*path, "Condition"))
        if actions is None or any(fault.code is not Code.ADVICE for fault in self.findings[before:]):
            return None
        return Statement(
            effect == "Allow", actions, resources, principal, conditions, str(sid), number, self.source
        )

    def _unknown(self, item: Mapping[str, object], known: tuple[str, ...], path: Path) -> None:
        for name in item:
            if name not in known:
                what = f"there is no policy element {name!r}."
                self.fault(Code.UNKNOWN_ELEMENT, (*path, str(name)), what, meant(str(name), known))

    def _effect(self, effect: object, path: Path) -> None:
        if effect is None:
            self.fault(Code.STRUCTURE, path, "the Effect is missing.", "Write Allow or Deny.")
            return
        do = meant(str(effect), ("Allow", "Deny")) or "Write Allow or Deny."
        self.fault(Code.VALUE, (*path, "Effect"), f"there is no effect {_shown(effect)}.", do)

    def _one_of(self, item: Mapping[str, object], name: str, path: Path) -> str | None:
        """Which of an element and its ``Not…`` twin is there."""
        both = [element for element in (name, f"Not{name}") if element in item]
        if len(both) == 2:
            self.fault(Code.STRUCTURE, path, f"{name} and Not{name} exclude each other.", "Keep one.")
        return both[0] if both else None

    def _texts(self, value: object, path: Path) -> tuple[str, ...]:
        items = value if isinstance(value, list) else [value]
        if not items:
            self.fault(Code.STRUCTURE, path, "the list is empty.")
        for number, item in enumerate(items):
            if not isinstance(item, str):
                self.fault(Code.STRUCTURE, (*path, number), f"text is expected, not {_shown(item)}.")
        return tuple(item for item in items if isinstance(item, str))

    def _actions(self, item: Mapping[str, object], path: Path) -> Actions | None:
        name = self._one_of(item, "Action", path)
        if name is None:
            self.fault(Code.STRUCTURE, path, "the Action is missing.")
            return None
        texts = self._texts(item[name], (*path, name))
        for number, text in enumerate(texts):
            if not _ACTION.fullmatch(text):
                what = f"{text!r} is no action."
                self.fault(Code.VALUE, (*path, name, number), what, "Write service:Action, or '*'.")
        return Actions.of(texts, negated=name != "Action")

    def _resources(self, item: Mapping[str, object], path: Path) -> Resources | None:
        name = self._one_of(item, "Resource", path)
        if name is None:
            if self.kind is not None and not self.kind.names_principals:
                self.fault(Code.STRUCTURE, path, "the Resource is missing.", "Name ARNs, or '*'.")
            return None
        if self.kind is Kind.TRUST:
            self.fault(Code.STRUCTURE, (*path, name), "a trust policy has no Resource: the role is meant.")
            return None
        patterns = []
        for number, text in enumerate(self._texts(item[name], (*path, name))):
            try:
                patterns.append(ResourcePattern(text, variables=self.variables))
            except ValueError as error:
                code = Code.VARIABLE if "variable" in str(error) else Code.ARN
                do = "Write arn:partition:service:region:account:resource." if code is Code.ARN else ""
                self.fault(code, (*path, name, number), f"{error}.", do)
        return Resources(tuple(patterns), negated=name != "Resource")

    def _principal(self, item: Mapping[str, object], path: Path) -> PrincipalElement | None:
        name = self._one_of(item, "Principal", path)
        if name is None:
            if self.kind is not None and self.kind.names_principals:
                self.fault(
                    Code.PRINCIPAL, path, f"a {self.kind.value} needs a Principal.", "Everyone is '*'."
                )
            return None
        path = (*path, name)
        if self.kind is not None and not self.kind.names_principals:
            what = f"a {self.kind.value} has no {name}: it concerns whom it is attached to."
            self.fault(Code.PRINCIPAL, path, what, "Take it out.")
            return None
        if name == "NotPrincipal" and item.get("Effect") == "Allow":
            what = "NotPrincipal with Allow is not supported."
            self.fault(Code.PRINCIPAL, path, what, "Use Principal '*' with a condition on aws:PrincipalArn.")
        found = self._named(item[name], path)
        return PrincipalElement(principals(found), negated=name != "Principal")

    def _named(self, value: object, path: Path) -> dict[str, tuple[str, ...]] | str:
        if value == "*":
            return "*"
        if not isinstance(value, Mapping) or not value:
            do = 'Write \'*\' or {"AWS": "arn:…"}.'
            self.fault(Code.PRINCIPAL, path, f"{_shown(value)} is no principal.", do)
            return {}
        self._principal_types(value, path)
        found = {kind: self._texts(value[kind], (*path, kind)) for kind in _PRINCIPAL_TYPES if kind in value}
        for number, text in enumerate(found.get("AWS", ())):
            if not _AWS_PRINCIPAL.fullmatch(text):
                do = "Only '*' alone is a wildcard here." if "*" in text else ""
                self.fault(Code.PRINCIPAL, (*path, "AWS", number), f"{text!r} is no AWS principal.", do)
        return found

    def _principal_types(self, value: Mapping[str, object], path: Path) -> None:
        for kind in value:
            if kind not in _PRINCIPAL_TYPES:
                do = meant(str(kind), _PRINCIPAL_TYPES) or f"There are {', '.join(_PRINCIPAL_TYPES)}."
                self.fault(Code.PRINCIPAL, (*path, str(kind)), f"there is no principal type {kind!r}.", do)

    def _conditions(self, value: object, path: Path) -> tuple[Condition, ...]:
        if not isinstance(value, Mapping):
            self.fault(Code.STRUCTURE, path, "a Condition is a JSON object: operator, then key, then values.")
            return ()
        found: list[Condition] = []
        for name, keys in value.items():
            if operators.operator(name) is None:
                self.fault(
                    Code.OPERATOR, (*path, name), f"there is no condition operator {name!r}.", _operator(name)
                )
            elif not isinstance(keys, Mapping):
                what = f"{name} needs a JSON object of condition keys and values."
                self.fault(Code.STRUCTURE, (*path, name), what)
            else:
                found.extend(self._condition(name, keys, (*path, name)))
        return tuple(found)

    def _condition(self, name: str, keys: Mapping[str, object], path: Path) -> Iterator[Condition]:
        seen: set[str] = set()
        for key, value in keys.items():
            if key.lower() in seen:
                what = f"{key!r} stands twice: the case of condition keys does not count."
                self.fault(Code.DUPLICATE, (*path, key), what)
            seen.add(key.lower())
            values = self._values(value, (*path, key))
            try:
                yield Condition.of(name, key, values, variables=self.variables)
            except ValueError as error:
                code = Code.VARIABLE if "variable" in str(error) else Code.VALUE
                shown = ", ".join(map(repr, values))
                self.fault(
                    code, (*path, key), f"{error}, not {shown:.80}." if code is Code.VALUE else f"{error}."
                )

    def _values(self, value: object, path: Path) -> tuple[str, ...]:
        found = []
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, bool):
                found.append("true" if item else "false")
            elif isinstance(item, (str, int, float)):
                found.append(str(item))
            else:
                self.fault(Code.STRUCTURE, (*path, number), f"text is expected, not {_shown(item)}.")
        return tuple(found)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    return "null" if value is None else _TYPE_NAMES.get(type(value), str(value)[:60])


_TYPE_NAMES = {dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number"}


def meant(name: str, known: tuple[str, ...]) -> str:
    """``Did you mean …?`` for the nearest of some names; empty when none is near."""
    lower = {item.lower(): item for item in known}
    near = get_close_matches(name.lower(), lower, n=1, cutoff=0.6)
    return f"Did you mean {lower[near[0]]}?" if near else ""


def _operator(name: str) -> str:
    if name.lower() in ("nullifexists", "forallvalues:null", "foranyvalue:null"):
        return "Null takes no IfExists and no set operator."
    prefix, _, base = name.rpartition(":")
    base = base.removesuffix("IfExists")
    near = meant(base, operators.NAMES)
    sets = "" if prefix in ("", "ForAllValues", "ForAnyValue") else "Sets are ForAllValues: and ForAnyValue:."
    return near or sets
