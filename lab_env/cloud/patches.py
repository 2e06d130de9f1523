"""Small changes to moto while the lab runs, each undone when it stops."""

from __future__ import annotations

from typing import Any

_ABSENT: Any = object()


class Patches:
    """Attributes set on other people's classes and modules, remembered so that `undo` puts them all back."""

    def __init__(self) -> None:
        self._kept: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> Any:
        """Give ``owner`` another attribute ``name``; answer the one it had (None when it had none of its own)."""
        # vars(), not getattr: a static or class method must go back as it was, and an inherited one must vanish.
        before = vars(owner).get(name, _ABSENT)
        self._kept.append((owner, name, before))
        inherited = getattr(owner, name, None)
        setattr(owner, name, value)
        return inherited

    def undo(self) -> None:
        """Put everything back, the last change first."""
        while self._kept:
            owner, name, before = self._kept.pop()
            if before is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
