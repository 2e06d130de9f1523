"""Recorded boto3 calls, written as the Python that makes them: an id by its name, or by the answer that told it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from botocore import xform_name

from lab_env import scenario

_READS = ("describe_", "get_", "list_", "head_")
# What AWS makes up: nobody could have written it into a program beforehand.
_MADE_UP = re.compile(r"(?:^|[-/:])[0-9a-f]{8,}(?:[-0-9a-f]*)$|^[\w+/=.-]{60,}$")
_WIDTH = 100
_LONGEST_BODY = 120
_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Call:
    """One call that succeeded.

    Attributes:
        service: boto3's name of the service.
        operation: the API's name of the operation.
        parameters: what was given.
        answer: what came back.
        known: Python expressions for values that stood when it was made, by value.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    answer: Mapping[str, Any]
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The client's method."""
        return str(xform_name(self.operation))

    @property
    def reads(self) -> bool:
        """Whether it only looks."""
        return self.method.startswith(_READS)


class Raw(str):
    """Text that is Python already."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def written(calls: Sequence[Call], *, inside: bool) -> str:
    """The calls as Python, without those that only looked and told nothing that was needed.

    Args:
        calls: in their order.
        inside: whether the calls to S3 come from a host in subnet A.
    """
    writer = _Writer(calls)
    needed = [number for number, call in enumerate(calls) if not call.reads]
    lines: list[str] = []
    # A line may need an earlier answer, and that call another one before it.
    while len(lines) != len(needed) or not writer.sources <= {*needed}:
        needed = sorted({*needed, *writer.sources})
        lines = [writer.line(number) for number in needed]
    lines = [writer.line(number) for number in needed]
    text = "\n".join(_shortened(lines, [calls[number].method for number in needed]))
    services = sorted({calls[number].service for number in needed})
    return "\n".join([*_opening(text, services, inside=inside), text])


def _opening(text: str, services: list[str], *, inside: bool) -> Iterator[str]:
    if "json.dumps" in text:
        yield "import json"
        yield ""
    yield "import boto3"
    yield ""
    for service in services:
        if inside and service == "s3":
            yield (
                f'host = lab.session_in(lab.names.subnet_a, role="{scenario.OPERATOR_ROLE}",\n'
                "                      security_groups=[lab.names.training_security_group])"
            )
            yield 's3 = host.client("s3")'
        else:
            yield f'{service} = boto3.client("{service}")'


def _shortened(lines: list[str], methods: list[str]) -> Iterator[str]:
    """Many calls of one kind in a row: the first, and how many follow."""
    for method, group in groupby(zip(methods, lines, strict=True), key=lambda pair: pair[0]):
        of_kind = [line for _, line in group]
        if len(of_kind) <= _ALIKE or any(line.startswith("answer") for line in of_kind):
            yield from of_kind
        else:
            yield of_kind[0]
            yield f"# … and {len(of_kind) - 1} more calls of {method} like it"


class _Writer:
    """Writes one call a line, and remembers whose answers it used."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._calls = calls
        self.sources: set[int] = set()

    def line(self, number: int) -> str:
        call = self._calls[number]
        given = [f"{name}={self._text(value, number)}" for name, value in call.parameters.items()]
        begin = f"answer_{number} = " if number in self.sources else ""
        flat = f"{begin}{call.service}.{call.method}({', '.join(given)})"
        if len(flat) <= _WIDTH and "\n" not in flat:
            return flat
        inner = "".join(f"    {part},\n" for part in given)
        return f"{begin}{call.service}.{call.method}(\n{inner})"

    def _text(self, value: Any, number: int) -> str:
        return repr(self._value(value, number)).replace("'", '"') if not _plain(value) else repr(value)

    def _value(self, value: Any, number: int) -> Any:
        if isinstance(value, str):
            return self._string(value, number)
        if isinstance(value, Mapping):
            return {key: self._value(item, number) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._value(item, number) for item in value]
        if isinstance(value, (bytes, bytearray)) and len(value) > _LONGEST_BODY:
            return Raw(f"...  # {len(value):,} bytes\n   ")
        return value

    def _string(self, value: str, number: int) -> Any:
        if value in self._calls[number].known:
            return Raw(self._calls[number].known[value])
        if _MADE_UP.search(value):
            for earlier in range(number - 1, -1, -1):
                path = _path(self._calls[earlier].answer, value)
                if path:
                    self.sources.add(earlier)
                    return Raw(f"answer_{earlier}{path}")
        if value.startswith(("{", "[")):
            try:
                document = json.loads(value)
            except ValueError:
                return value
            return Raw(f"json.dumps({self._value(document, number)!r})".replace("'", '"'))
        return value


def _plain(value: Any) -> bool:
    return isinstance(value, (bool, int, float)) or value is None


def _path(answer: Any, value: str) -> str:
    """The subscripts that lead to a value; empty when it is not there."""
    pairs: Any = ()
    if isinstance(answer, Mapping):
        pairs = answer.items()
    elif isinstance(answer, (list, tuple)):
        pairs = enumerate(answer)
    inner = [(f'["{key}"]' if isinstance(key, str) else f"[{key}]", item) for key, item in pairs]
    own = next((step for step, item in inner if item == value), "")
    deeper = (step + further for step, item in inner if (further := _path(item, value)))
    return own or min(deeper, key=len, default="")
