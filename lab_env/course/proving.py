"""What a proof of a prediction is given, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab_env.course.exercise import State
from lab_env.network import Network

Given = Mapping[str, Any]
"""What ``predictions.toml`` gives a proof beside its name."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether it came true (``None``: not to be seen yet), and what was looked at."""

    truth: bool | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a proof may look at.

    Attributes:
        state: the cloud as it stands now.
        before: the network when the question was asked; ``None`` when it was not.
    """

    state: State
    before: Network | None


UNSEEN = Proof(None, "not there yet")
