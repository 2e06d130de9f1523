"""From JSON to statements: the grammar of the policy language, with every fault found on the way.

*Grammar of the IAM JSON policy language*; *IAM JSON policy elements reference*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from lab_env.policy.findings import Code
from lab_env.policy.grammar_condition import read_conditions
from lab_env.policy.grammar_principal import read_principal
from lab_env.policy.json_text import Path
from lab_env.policy.kinds import Kind
from lab_env.policy.reader import Reader, meant, shown
from lab_env.policy.statement import Actions, ResourcePattern, Resources, Statement, actions, resources

VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = dict.fromkeys(("Version", "Id", "Statement")).keys()
_ELEMENTS = dict.fromkeys(
    (
        "Effect",
        "Action",
        "Resource",
        "Principal",
        "Condition",
        "Sid",
        "NotAction",
        "NotResource",
        "NotPrincipal",
    )
).keys()
_ACTION = re.compile(r"\*|(\*|[A-Za-z0-9-]+):\S+")


def read_statements(reader: Reader, document: object) -> tuple[Statement, ...]:
    """The statements of a document; those with a fault are left out, and the fault is in ``reader.findings``."""
    if not isinstance(document, (dict, Mapping)):
        reader.fault(Code.STRUCTURE, (), "a policy is a JSON object with a Statement.")
        return ()
    if not document.keys() <= _TOP:
        reader.unknown(document, _TOP, ())
    version = document.get("Version", VERSIONS[1])
    if version not in VERSIONS:
        what = f"there is no policy version {shown(version)}."
        reader.fault(Code.VALUE, ("Version",), what, f"Write {VERSIONS[0]!r}.")
    reader.variables = version == VERSIONS[0]
    if not isinstance(document.get("Id", ""), str):
        reader.fault(Code.STRUCTURE, ("Id",), "an Id is text.")
    if "Statement" not in document:
        reader.fault(Code.STRUCTURE, (), "the Statement is missing.")
        return ()
    return tuple(_each(reader, document["Statement"]))


def _each(reader: Reader, value: object) -> Iterator[Statement]:
    items = value if isinstance(value, list) else [value]
    if not items:
        reader.fault(Code.STRUCTURE, ("Statement",), "there is no statement in it.")
    seen: dict[str, int] = {}
    for number, item in enumerate(items):
        path: Path = ("Statement", number)
        if not isinstance(item, (dict, Mapping)):
            reader.fault(Code.STRUCTURE, path, "a statement is a JSON object.")
            continue
        sid = item.get("Sid", "")
        if isinstance(sid, str) and sid and seen.setdefault(sid, number) != number:
            what = f"the Sid {sid!r} is taken by Statement[{seen[sid]}]."
            reader.fault(Code.DUPLICATE, (*path, "Sid"), what, "Rename one.")
        statement = _statement(reader, item, path, number)
        if statement is not None:
            yield statement


def _statement(reader: Reader, item: Mapping[str, object], path: Path, number: int) -> Statement | None:
    before = len(reader.findings)
    if not item.keys() <= _ELEMENTS:
        reader.unknown(item, _ELEMENTS, path)
    sid, effect = item.get("Sid", ""), item.get("Effect")
    if not isinstance(sid, str):
        reader.fault(Code.STRUCTURE, (*path, "Sid"), "a Sid is text.")
    if effect not in ("Allow", "Deny"):
        _effect(reader, effect, path)
    principal = read_principal(reader, item, path)
    acts = _actions(reader, item, path)
    on = _resources(reader, item, path)
    asked = item.get("Condition")
    conditions = read_conditions(reader, asked, (*path, "Condition")) if asked or "Condition" in item else ()
    if acts is None or len(reader.findings) > before:
        return None
    return Statement(effect == "Allow", acts, on, principal, conditions, str(sid), number, reader.source)


def _effect(reader: Reader, effect: object, path: Path) -> None:
    if effect is None:
        reader.fault(Code.STRUCTURE, path, "the Effect is missing.", "Write Allow or Deny.")
        return
    do = meant(str(effect), ("Allow", "Deny")) or "Write Allow or Deny."
    reader.fault(Code.VALUE, (*path, "Effect"), f"there is no effect {shown(effect)}.", do)


def _actions(reader: Reader, item: Mapping[str, object], path: Path) -> Actions | None:
    name = reader.one_of(item, "Action", "NotAction", path)
    if name is None:
        reader.fault(Code.STRUCTURE, path, "the Action is missing.")
        return None
    texts = reader.texts(item[name], (*path, name))
    for number in _no_actions(texts):
        what = f"{texts[number]!r} is no action."
        reader.fault(Code.VALUE, (*path, name, number), what, "Write service:Action, or '*'.")
    return actions(texts, name != "Action")


@lru_cache(maxsize=4096)
def _no_actions(texts: tuple[str, ...]) -> tuple[int, ...]:
    """Places of what is written as no action can be."""
    return tuple([number for number, text in enumerate(texts) if not _ACTION.fullmatch(text)])


def _resources(reader: Reader, item: Mapping[str, object], path: Path) -> Resources | None:
    name = reader.one_of(item, "Resource", "NotResource", path)
    if name is None:
        if reader.names_principals is False:
            reader.fault(Code.STRUCTURE, path, "the Resource is missing.", "Name ARNs, or '*'.")
        return None
    if reader.kind is Kind.TRUST:
        reader.fault(Code.STRUCTURE, (*path, name), "a trust policy has no Resource: the role is meant.")
        return None
    texts = reader.texts(item[name], (*path, name))
    try:
        return resources(texts, name != "Resource", reader.variables)
    except ValueError:
        _resource_faults(reader, texts, (*path, name))
        return None


def _resource_faults(reader: Reader, texts: tuple[str, ...], path: Path) -> None:
    for number, text in enumerate(texts):
        try:
            ResourcePattern(text, variables=reader.variables)
        except ValueError as error:
            code = Code.VARIABLE if "variable" in str(error) else Code.ARN
            do = "Write arn:partition:service:region:account:resource." if code is Code.ARN else ""
            reader.fault(code, (*path, number), f"{error}.", do)
