"""The Condition element: operator, then key, then values.

*IAM JSON policy elements: Condition*.
"""

from __future__ import annotations

from collections.abc import Mapping

from lab_env.policy import operators
from lab_env.policy.conditions import Condition, condition
from lab_env.policy.findings import Code
from lab_env.policy.json_text import Path
from lab_env.policy.reader import Reader, meant, shown


def read_conditions(reader: Reader, value: object, path: Path) -> tuple[Condition, ...]:
    """The conditions of a statement; those with a fault are left out, and the fault is noted."""
    if not isinstance(value, (dict, Mapping)):
        what = "a Condition is a JSON object: operator, then key, then values."
        reader.fault(Code.STRUCTURE, path, what)
        return ()
    found: list[Condition] = []
    for name, keys in value.items():
        if operators.operator(name) is None:
            what = f"there is no condition operator {name!r}."
            reader.fault(Code.OPERATOR, (*path, name), what, _meant_operator(name))
        elif not isinstance(keys, (dict, Mapping)):
            what = f"{name} needs a JSON object of condition keys and values."
            reader.fault(Code.STRUCTURE, (*path, name), what)
        else:
            if len(keys) > 1:
                _check_twice(reader, keys, (*path, name))
            for key, wanted in keys.items():
                values = _values(reader, wanted, (*path, name, key))
                try:
                    found.append(condition(name, key, values, reader.variables))
                except ValueError as error:
                    _value_fault(reader, (*path, name, key), values, str(error))
    return tuple(found)


def _check_twice(reader: Reader, keys: Mapping[str, object], path: Path) -> None:
    seen: set[str] = set()
    for key in keys:
        if key.lower() in seen:
            what = f"{key!r} stands twice: the case of condition keys does not count."
            reader.fault(Code.DUPLICATE, (*path, key), what)
        seen.add(key.lower())


def _value_fault(reader: Reader, path: Path, values: tuple[str, ...], error: str) -> None:
    code = Code.VARIABLE if "variable" in error else Code.VALUE
    told = f", not {', '.join(map(repr, values)):.80}" if code is Code.VALUE else ""
    reader.fault(code, path, f"{error}{told}.")


def _values(reader: Reader, value: object, path: Path) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    found: list[str] = []
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, bool):
            found.append("true" if item else "false")
        elif isinstance(item, (int, float)):
            found.append(str(item))
        else:
            reader.fault(Code.STRUCTURE, (*path, number), f"text is expected, not {shown(item)}.")
    return tuple(found)


def _meant_operator(name: str) -> str:
    if name.lower() in ("nullifexists", "forallvalues:null", "foranyvalue:null"):
        return "Null takes no IfExists and no set operator."
    prefix, _, base = name.rpartition(":")
    base = base.removesuffix("IfExists")
    near = meant(base, operators.NAMES)
    sets = "" if prefix in ("", "ForAllValues", "ForAnyValue") else "Sets are ForAllValues: and ForAnyValue:."
    return near or sets
