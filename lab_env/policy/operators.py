"""The condition operators: what each one compares, and how.

*IAM JSON policy elements: Condition operators*.
"""

from __future__ import annotations

import operator as compare
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Protocol

from lab_env.policy import values as read
from lab_env.policy.patterns import ArnGlob, Glob, Piece, split_arn
from lab_env.policy.templates import Template, Values, template


class Wanted(Protocol):
    """One value of a condition, ready to be compared."""

    def matches(self, seen: str, values: Values) -> bool:
        """Whether a value of the request fits; one that cannot be read as this kind does not."""


Reader = Callable[[str, bool], Wanted]
"""From a policy's text, and whether its version has variables, to what is compared; ``ValueError`` if it cannot be."""


@dataclass(frozen=True, slots=True)
class _Test:
    """A value of the request, read and compared with one of the policy."""

    accepts: Callable[[str], bool]

    def matches(self, seen: str, values: Values) -> bool:
        del values
        try:
            return self.accepts(seen)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Varying:
    """A value with variables: built anew for each request; it fits nothing while one cannot be resolved."""

    text: Template
    build: Callable[[list[Piece]], Callable[[str], bool] | None]

    def matches(self, seen: str, values: Values) -> bool:
        """Whether a value of the request fits."""
        pieces = self.text.pieces(values)
        accepts = None if pieces is None else self.build(pieces)
        return accepts is not None and accepts(seen)


def _textual(build: Callable[[list[Piece]], Callable[[str], bool] | None]) -> Reader:
    def reader(text: str, variables: bool) -> Wanted:  # noqa: FBT001 - the one shape of all readers
        parsed = template(text, variables=variables)
        if parsed.variables:
            return Varying(parsed, build)
        accepts = build([part for part in parsed.parts if isinstance(part, tuple)])
        return _Test(accepts or _nothing)

    return reader


def _nothing(seen: str) -> bool:
    del seen
    return False


def _anything(seen: str) -> bool:
    del seen
    return True


def _joined(pieces: list[Piece]) -> str:
    return "".join(text for text, _ in pieces)


def _exact(pieces: list[Piece]) -> Callable[[str], bool]:
    wanted = _joined(pieces)
    return wanted.__eq__


def _folded(pieces: list[Piece]) -> Callable[[str], bool]:
    wanted = _joined(pieces).casefold()
    return lambda seen: seen.casefold() == wanted


def _like(pieces: list[Piece]) -> Callable[[str], bool]:
    return Glob.of(pieces).matches


def _arn(pieces: list[Piece]) -> Callable[[str], bool] | None:
    if _joined(pieces) == "*":
        return _anything
    pattern = ArnGlob.of(pieces)
    if pattern is None:
        return None
    return lambda seen: pattern.matches(split_arn(seen))


def _truth(pieces: list[Piece]) -> Callable[[str], bool] | None:
    try:
        wanted = read.read_truth(_joined(pieces))
    except ValueError:
        return None
    return lambda seen: read.read_truth(seen) is wanted


def _read_truth(text: str, variables: bool) -> Wanted:  # noqa: FBT001 - as _textual
    if not (variables and "${" in text):
        read.read_truth(text)
    return _textual(_truth)(text, variables)


def _ordered(reads: Callable[[str], Decimal], test: Callable[[Decimal, Decimal], bool]) -> Reader:
    def reader(text: str, variables: bool) -> Wanted:  # noqa: FBT001 - as _textual
        del variables
        wanted = reads(text)
        return _Test(lambda seen: test(reads(seen), wanted))

    return reader


def _bytes(text: str, variables: bool) -> Wanted:  # noqa: FBT001 - as _textual
    del variables
    wanted = read.read_bytes(text)
    return _Test(lambda seen: read.read_bytes(seen) == wanted)


def _address(text: str, variables: bool) -> Wanted:  # noqa: FBT001 - as _textual
    del variables
    network = read.read_network(text)
    return _Test(lambda seen: read.read_address(seen) in network)


class Quantifier(Enum):
    """Over the values of the request."""

    NONE = ""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator with its qualifiers.

    Attributes:
        name: as AWS spells it, qualifiers included.
        base: without qualifiers.
        read: reads a policy's value; ``None`` for ``Null``.
        negated: whether it holds where its value does not match.
        quantifier: ``ForAllValues:`` or ``ForAnyValue:``.
        if_exists: whether it holds where the key is absent.
    """

    name: str
    base: str
    read: Reader | None
    negated: bool = False
    quantifier: Quantifier = Quantifier.NONE
    if_exists: bool = False

    @property
    def takes_variables(self) -> bool:
        """Whether variables are replaced in its values: with string, ARN and Boolean operators."""
        return self.base.startswith(("String", "Arn")) or self.base == "Bool"


def _orderings(family: str, reads: Callable[[str], Decimal]) -> dict[str, tuple[Reader, bool]]:
    tests = {
        "Equals": compare.eq,
        "LessThan": compare.lt,
        "LessThanEquals": compare.le,
        "GreaterThan": compare.gt,
        "GreaterThanEquals": compare.ge,
    }
    found = {family + name: (_ordered(reads, test), False) for name, test in tests.items()}
    found[family + "NotEquals"] = (_ordered(reads, compare.eq), True)
    return found


_OPERATORS: dict[str, tuple[Reader | None, bool]] = {
    "StringEquals": (_textual(_exact), False),
    "StringNotEquals": (_textual(_exact), True),
    "StringEqualsIgnoreCase": (_textual(_folded), False),
    "StringNotEqualsIgnoreCase": (_textual(_folded), True),
    "StringLike": (_textual(_like), False),
    "StringNotLike": (_textual(_like), True),
    **_orderings("Numeric", read.read_number),
    **_orderings("Date", read.read_date),
    "Bool": (_read_truth, False),
    "BinaryEquals": (_bytes, False),
    "IpAddress": (_address, False),
    "NotIpAddress": (_address, True),
    "ArnEquals": (_textual(_arn), False),
    "ArnLike": (_textual(_arn), False),
    "ArnNotEquals": (_textual(_arn), True),
    "ArnNotLike": (_textual(_arn), True),
    "Null": (None, False),
}
_BY_LOWER = {name.lower(): name for name in _OPERATORS}
_NAME = re.compile(r"(?:(?P<set>forallvalues|foranyvalue):)?(?P<base>[a-z]+?)(?P<exists>ifexists)?")
_QUANTIFIERS = {item.value.lower(): item for item in Quantifier}

NAMES = tuple(_OPERATORS)
"""Every operator without its qualifiers."""


@lru_cache(maxsize=256)
def operator(name: str) -> Operator | None:
    """The operator of this name, in any case; ``None`` when there is none (``NullIfExists`` among them)."""
    match = _NAME.fullmatch(name.lower())
    base = _BY_LOWER.get(match["base"]) if match else None
    if match is None or base is None:
        return None
    reader, negated = _OPERATORS[base]
    if base == "Null" and (match["exists"] or match["set"]):
        return None
    quantifier = _QUANTIFIERS[match["set"] or ""]
    spelled = f"{quantifier.value}:{base}" if match["set"] else base
    exists = match["exists"] is not None
    return Operator(spelled + "IfExists" * exists, base, reader, negated, quantifier, exists)
