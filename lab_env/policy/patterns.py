"""Wildcards: ``*`` (any run of characters), ``?`` (any one character), matched without backtracking.

*IAM JSON policy elements: Resource* and *Action* (wildcards), *Condition operators* (``StringLike``, ``ArnLike``).

A pattern is cut at its stars into chunks; each chunk is looked for once, leftmost after the one before, which is
enough for a pattern of this kind. A chunk without ``?`` is a substring search. One with ``?`` is looked for at all
places of the text at once, as a bitmap of the places where it still fits, so that no pattern, however hostile, costs
more than its own length times the text's length in machine words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

ARN_PARTS = 6

Piece = tuple[str, bool]
"""Text, and whether ``*`` and ``?`` in it are wildcards (they are not in the value of a policy variable)."""

_WILD = re.compile(r"([*?])")


class Holed:
    """A run of characters in which ``None`` stands for any one character."""

    __slots__ = ("characters",)

    def __init__(self, characters: Sequence[str | None]) -> None:
        self.characters = tuple(characters)

    def __len__(self) -> int:
        return len(self.characters)

    def at(self, text: str, place: int) -> bool:
        """Whether it fits into ``text`` at ``place``; the text must be long enough there."""
        return all(own is None or own == text[place + number] for number, own in enumerate(self.characters))

    def find(self, text: str, start: int, end: int) -> int:
        """Its first place in ``text[start:end]``, or -1."""
        room = end - start - len(self.characters) + 1
        if room <= 0:
            return -1
        fits = ((1 << room) - 1) << start
        for number, own in enumerate(self.characters):
            if own is not None:
                fits &= _places(text, own) >> number
                if not fits:
                    return -1
        return (fits & -fits).bit_length() - 1


@lru_cache(maxsize=512)
def _places(text: str, character: str) -> int:
    """A bitmap of the places of one character: bit n is set where ``text[n]`` is that character."""
    bits = "1".join("0" * len(run) for run in text.split(character))
    return int(bits[::-1] or "0", 2)


Chunk = str | Holed


@dataclass(frozen=True, slots=True)
class Glob:
    """A compiled pattern.

    Attributes:
        head: what the text begins with.
        middle: what it holds after that, in this order.
        tail: what it ends with; ``None`` when the pattern has no ``*``, and the head is all.
    """

    head: Chunk
    middle: tuple[Chunk, ...] = ()
    tail: Chunk | None = None
    shortest: int = field(default=0, repr=False)

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> Glob:
        """The pattern that these pieces make together."""
        return cls._of(_chunks(pieces))

    @classmethod
    def _of(cls, chunks: Sequence[Chunk]) -> Glob:
        if len(chunks) == 1:
            return cls(chunks[0])
        middle = tuple(chunk for chunk in chunks[1:-1] if len(chunk))
        return cls(chunks[0], middle, chunks[-1], sum(map(len, chunks)))

    @property
    def exact(self) -> str | None:
        """The one text that it matches; ``None`` when it has a wildcard."""
        return self.head if self.tail is None and isinstance(self.head, str) else None

    def matches(self, text: str) -> bool:
        """Whether the whole of ``text`` fits, case-sensitively."""
        head, tail = self.head, self.tail
        if tail is None:
            if isinstance(head, str):
                return head == text
            return len(head) == len(text) and head.at(text, 0)
        end = len(text) - len(tail)
        if len(text) < self.shortest:
            return False
        if not (text.startswith(head) if isinstance(head, str) else head.at(text, 0)):
            return False
        if not (text.endswith(tail) if isinstance(tail, str) else tail.at(text, end)):
            return False
        place = len(head)
        for chunk in self.middle:
            place = text.find(chunk, place, end) if isinstance(chunk, str) else chunk.find(text, place, end)
            if place < 0:
                return False
            place += len(chunk)
        return True


def _chunks(pieces: Iterable[Piece]) -> list[Chunk]:
    runs: list[list[str | None]] = [[]]
    for text, wild in pieces:
        for part in _WILD.split(text) if wild else (text,):
            if wild and part == "*":
                runs.append([])
            elif wild and part == "?":
                runs[-1].append(None)
            elif part:
                runs[-1].append(part)
    return [_chunk(run) for run in runs]


def _chunk(run: list[str | None]) -> Chunk:
    if None not in run:
        return "".join(part for part in run if part)
    characters: list[str | None] = []
    for part in run:
        characters.extend((None,) if part is None else part)
    return Holed(characters)


def glob(text: str) -> Glob:
    """The pattern written as ``text``."""
    return Glob.of(((text, True),)) if "?" in text else Glob._of(text.split("*"))  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class ArnGlob:
    """A pattern of six colon-separated parts, each matched for itself: no wildcard reaches beyond its part.

    The last part is all that follows the fifth colon, colons included.
    """

    parts: tuple[Glob, ...]
    _fixed: tuple[str, ...] | None = None

    @classmethod
    def written(cls, text: str) -> ArnGlob | None:
        """The pattern written as ``text``; ``None`` when it has fewer than six parts."""
        parts = text.split(":", ARN_PARTS - 1)
        if len(parts) < ARN_PARTS:
            return None
        last = glob(parts.pop())
        opening = "".join(parts)
        if "*" in opening or "?" in opening:
            return cls((*map(glob, parts), last))
        return cls((last,), tuple(parts))

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> ArnGlob | None:
        """The pattern, or ``None`` when it has fewer than six parts. Colons of a variable's value part nothing."""
        parts: list[list[Piece]] = [[]]
        for text, wild in pieces:
            own = text.split(":", ARN_PARTS - len(parts)) if wild and len(parts) < ARN_PARTS else [text]
            parts[-1].append((own[0], wild))
            parts.extend([(more, wild)] for more in own[1:])
        if len(parts) < ARN_PARTS:
            return None
        return cls(tuple(map(Glob.of, parts)))

    def matches(self, arn: tuple[str, ...]) -> bool:
        """Whether an ARN, split into its six parts, fits; what has fewer parts is no ARN and fits nothing."""
        if self._fixed is not None:
            return arn[:-1] == self._fixed and self.parts[0].matches(arn[-1])
        return len(arn) == ARN_PARTS and all(map(Glob.matches, self.parts, arn))


def split_arn(text: str) -> tuple[str, ...]:
    """The six parts of an ARN; fewer when it is none."""
    return tuple(text.split(":", ARN_PARTS - 1))
