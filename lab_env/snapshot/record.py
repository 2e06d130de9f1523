"""Reading one item of a describe answer, so that a bad value is reported by its file, place and key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

from lab_env.errors import InvalidInput
from lab_env.network.model import Address, Cidr

_REQUIRED: Any = object()
_ARN_COLONS = 5


class Located(dict[str, Any]):
    """An item that remembers the file it was read from. Else an ordinary dict."""

    __slots__ = ("file",)

    def __init__(self, item: Mapping[str, Any], file: str) -> None:
        super().__init__(item)
        self.file = file


class Record:
    """One item of an answer, with typed look-ups.

    Every look-up raises `InvalidInput` naming file, place and key when the value is of another type than AWS gives;
    one without a default also when it is absent.
    """

    __slots__ = ("_item", "_where")

    def __init__(self, item: object, where: str) -> None:
        # Nearly all are plain dicts, of which this is known at once: an abstract class is asked at length.
        if not isinstance(item, (dict, Mapping)):
            raise InvalidInput(f"expected an object, found {_shown(item)}.", where=where)
        self._item: Mapping[str, Any] = item
        file = getattr(item, "file", "")
        self._where = f"{file}: {where}" if file else where

    @property
    def whole(self) -> Mapping[str, Any]:
        """The item itself; it remembers where it was read."""
        return Located(self._item, self._where)

    def text(self, key: str, default: str = _REQUIRED) -> str:
        """A string; a null counts as absent."""
        return str(self._value(key, str, "a string", default))

    def number(self, key: str, default: int | None = None) -> int | None:
        """A whole number, or ``default``."""
        found = self._value(key, int, "a number", default)
        return None if found is None else int(found)

    def flag(self, key: str, *, default: bool = _REQUIRED) -> bool:
        """``true`` or ``false``."""
        return bool(self._value(key, bool, "true or false", default))

    def record(self, key: str) -> Record:
        """An object; an empty one when absent."""
        return Record(self._value(key, (dict, Mapping), "an object", {}), self._place(key))

    def arn(self, key: str) -> str:
        """An ARN."""
        text = self.text(key)
        if not text.startswith("arn:") or text.count(":") < _ARN_COLONS:
            raise self.fault(key, f"{text!r} is no ARN")
        return text

    def document(self, key: str) -> str | Mapping[str, object]:
        """A policy document: an object, or text that holds one."""
        found: str | Mapping[str, object] = self._value(key, (str, Mapping), "a policy document", _REQUIRED)
        return found

    def records(self, key: str) -> Iterator[Record]:
        """The objects of a list; none when it is absent."""
        for number, item in enumerate(self._value(key, list, "a list", [])):
            yield Record(item, self._place(f"{key}[{number}]"))

    def raw(self, key: str) -> Sequence[Any]:
        """A list as it is; empty when it is absent."""
        found: Sequence[Any] = self._value(key, list, "a list", [])
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings of a list; none when it is absent."""
        found: Sequence[object] = self._value(key, list, "a list", [])
        if not all(isinstance(item, str) for item in found):
            raise self.fault(key, f"expected a list of strings, found {_shown(found)}")
        return tuple(str(item) for item in found)

    def address(self, key: str) -> Address:
        """An IP address."""
        text = self.text(key)
        try:
            return ip_address(text)
        except ValueError:
            raise self.fault(key, f"{text!r} is no IP address") from None

    def cidr(self, key: str) -> Cidr:
        """A CIDR block. Host bits are dropped, as EC2 does."""
        text = self.text(key)
        try:
            return ip_network(text, strict=False)
        except ValueError:
            raise self.fault(key, f"{text!r} is no CIDR block") from None

    def tag(self, name: str, key: str = "Tags") -> str:
        """The value of a tag, or nothing."""
        return next((tag.text("Value", "") for tag in self.records(key) if tag.text("Key", "") == name), "")

    def __contains__(self, key: str) -> bool:
        return self._item.get(key) is not None

    def fault(self, key: str, what: str) -> InvalidInput:
        """The error that says what is wrong with the value of ``key`` here."""
        return InvalidInput(f"{what}.", where=self._place(key))

    def _place(self, key: str) -> str:
        return f"{self._where}.{key}"

    def _value(self, key: str, kind: Any, expected: str, default: Any) -> Any:
        found = self._item.get(key)
        if found is None:
            if default is _REQUIRED:
                raise self.fault(key, "this key is missing")
            return default
        # JSON's true is an int to Python, and no number to AWS.
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise self.fault(key, f"expected {expected}, found {_shown(found)}")
        return found


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
