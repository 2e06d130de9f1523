"""The condition context of a request: keys and their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lab_env.errors import InvalidInput


class Context:
    """The context keys of a request. Key names, tag keys included, are case-insensitive."""

    __slots__ = ("_names", "_values")

    def __init__(self, values: Mapping[str, object]) -> None:
        kept: dict[str, tuple[str, ...]] = {}
        names: dict[str, str] = {}
        self._values, self._names = kept, names
        for name, value in values.items():
            if isinstance(value, str):
                lower = name.lower()
                kept[lower] = (value,)
                names[lower] = name
            else:
                self.put(name, value)

    def put(self, name: str, value: object) -> None:
        """Set a key; ``None`` takes it away.

        Raises:
            InvalidInput: the value is neither text, a number, true or false, null, nor a list of these.
        """
        lower = name.lower()
        if value is None:
            self._values.pop(lower, None)
            return
        self._values[lower] = (value,) if isinstance(value, str) else _texts(name, value)
        self._names[lower] = name

    def get(self, key: str) -> tuple[str, ...] | None:
        """The values of a key, given in lower case; ``None`` when it is absent."""
        return self._values.get(key)

    def single(self, key: str) -> str | None:
        """The value of a key that has exactly one."""
        found = self._values.get(key.lower())
        return found[0] if found is not None and len(found) == 1 else None

    def items(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each key by its usual spelling, with its values, in order of the names."""
        for key in sorted(self._values):
            yield self._names[key], self._values[key]


def _texts(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(_text(name, item) for item in value)
    return (_text(name, value),)


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    raise InvalidInput(
        "a context value is text, a number, true or false, or a list of these.", where=f"context {name}"
    )
