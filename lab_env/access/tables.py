"""The tables of ``actions.toml``, ready for use."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_PARAMETER = re.compile(r"\{([\w.]+)\}")


@cache
def tables() -> Mapping[str, Any]:
    """The file's content."""
    return tomllib.loads((files("lab_env.access") / "actions.toml").read_text("utf-8"))


def prefix_of(service: str) -> str:
    """The prefix of a service's actions: ``cloudwatch`` for the host ``monitoring``."""
    prefix: str = tables()["prefixes"].get(service, service)
    return prefix


def is_free(service: str, operation: str) -> bool:
    """Whether nobody needs a permission for a call."""
    return operation in tables()["free"].get(service, ())


def resources(service: str, operation: str, told: Mapping[str, object]) -> tuple[str, ...]:
    """The ARNs that a call of a service other than S3 is asked on; ``*`` where it names none.

    Args:
        service: the action's prefix.
        operation: the operation's name.
        told: the call's parameters, with ``region`` and ``account``.
    """
    templates = tables()["resources"].get(service, {}).get(operation, ())
    opening = tables()["arns"].get(service, "")
    found = [_fill(text, opening, told) for text in templates]
    return tuple(arn for arn in found if arn) or ("*",)


def _fill(template: str, opening: str, told: Mapping[str, object]) -> str:
    """A template with its parameters; empty when one is missing."""
    wanted = _PARAMETER.findall(opening + template)
    if not all(isinstance(told.get(name), str) and told[name] for name in wanted):
        return ""
    own = _PARAMETER.sub(lambda match: str(told[match[1]]), template)
    # Many parameters take a name or a whole ARN.
    whole = next((part for part in (own, own.partition("/")[2]) if part.startswith("arn:")), "")
    return whole or _PARAMETER.sub(lambda match: str(told[match[1]]), opening) + own


def passed_role(service: str, operation: str, told: Mapping[str, object]) -> tuple[str, str] | None:
    """The role that a call hands to a service, and that service's principal; ``None`` when it hands none."""
    found = tables()["passes"].get(service, {}).get(operation)
    if found is None:
        return None
    role = told.get(found[0])
    return (role, found[1]) if isinstance(role, str) and role else None
