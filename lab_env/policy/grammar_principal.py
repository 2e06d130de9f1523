"""The Principal and NotPrincipal elements.

*AWS JSON policy elements: Principal*; *AWS JSON policy elements: NotPrincipal*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lab_env.policy.findings import Code
from lab_env.policy.json_text import Path
from lab_env.policy.principals import PRINCIPAL_TYPES, principals
from lab_env.policy.reader import Reader, meant, shown
from lab_env.policy.statement import PrincipalElement, principal_element

_AWS = re.compile(
    r"\*|\d{12}|A[A-Z0-9]{15,127}|arn:[a-z-]+:(iam|sts)::\d{12}:"
    r"(root|user/[^*?]+|role/[^*?]+|assumed-role/[^/*?]+/[^/*?]+|federated-user/[^*?]+)"
)


def read_principal(reader: Reader, item: Mapping[str, object], path: Path) -> PrincipalElement | None:
    """Whom a statement concerns; ``None`` when it does not say, and in policies attached to an identity."""
    name = reader.one_of(item, "Principal", "NotPrincipal", path)
    named = reader.names_principals
    if name is None:
        if named and reader.kind is not None:
            what = f"a {reader.kind.value} needs a Principal."
            reader.fault(Code.PRINCIPAL, path, what, "Everyone is '*'.")
        return None
    path = (*path, name)
    if named is False and reader.kind is not None:
        what = f"a {reader.kind.value} has no {name}: it concerns whom it is attached to."
        reader.fault(Code.PRINCIPAL, path, what, "Take it out.")
        return None
    if name == "NotPrincipal" and item.get("Effect") == "Allow":
        what = "NotPrincipal with Allow is not supported."
        reader.fault(Code.PRINCIPAL, path, what, "Use Principal '*' with a condition on aws:PrincipalArn.")
    if item[name] == "*":
        return _EVERYONE[name]
    aws, services, federated, canonical = _named(reader, item[name], path)
    return principal_element(aws, services, federated, canonical, name != "Principal")


_EVERYONE = {
    "Principal": PrincipalElement(principals("*"), negated=False),
    "NotPrincipal": PrincipalElement(principals("*"), negated=True),
}


def _named(reader: Reader, value: object, path: Path) -> list[tuple[str, ...]]:
    """Whom it names, kind by kind in the order of ``PRINCIPAL_TYPES``."""
    if not isinstance(value, (dict, Mapping)) or not value:
        do = 'Write \'*\' or {"AWS": "arn:…"}.'
        reader.fault(Code.PRINCIPAL, path, f"{shown(value)} is no principal.", do)
        return [()] * len(PRINCIPAL_TYPES)
    for kind in value:
        if kind not in PRINCIPAL_TYPES:
            do = meant(str(kind), PRINCIPAL_TYPES) or f"There are {', '.join(PRINCIPAL_TYPES)}."
            reader.fault(Code.PRINCIPAL, (*path, str(kind)), f"there is no principal type {kind!r}.", do)
    found = [reader.texts(value[kind], (*path, kind)) if kind in value else () for kind in PRINCIPAL_TYPES]
    for number, text in enumerate(found[0]):
        if not _AWS.fullmatch(text):
            do = "Only '*' alone is a wildcard here." if "*" in text else ""
            reader.fault(Code.PRINCIPAL, (*path, "AWS", number), f"{text!r} is no AWS principal.", do)
    return found
