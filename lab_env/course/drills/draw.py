"""Which faults a drill has: drawn by its seed and its level, the same each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from lab_env.course.drills.fault import Fault
from lab_env.course.drills.faults import FAULTS
from lab_env.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a level draws: how many faults, from which of them, and how hard the hardest must be at least."""

    faults: int
    easiest: int
    hardest: int


RECIPES: Mapping[int, Recipe] = MappingProxyType(
    {
        1: Recipe(faults=1, easiest=1, hardest=1),
        2: Recipe(faults=1, easiest=2, hardest=2),
        3: Recipe(faults=2, easiest=1, hardest=2),
        4: Recipe(faults=2, easiest=2, hardest=3),
        5: Recipe(faults=3, easiest=1, hardest=3),
    }
)


def draw(seed: int, level: int) -> tuple[Fault, ...]:
    """The faults of a drill, in the order in which they break the cloud (by id); all of them compose.

    Args:
        seed: any whole number.
        level: 1 to 5.

    Raises:
        InvalidInput: there is no such level, or the seed is no whole number.
    """
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise InvalidInput(f"a drill's seed is a whole number, not {seed!r}.", where="seed")
    if isinstance(level, bool) or level not in RECIPES:
        raise InvalidInput(f"there is no level {level!r}.", where="level", do="Levels are 1 to 5.")
    recipe, random = RECIPES[level], Random(f"drill {seed} of level {level}")
    able = [one for one in FAULTS.values() if recipe.easiest <= one.level <= recipe.hardest]
    random.shuffle(able)
    chosen: list[Fault] = []
    for fault in able:
        if len(chosen) < recipe.faults and all(fault.composes(other) for other in chosen):
            chosen.append(fault)
    return tuple(sorted(chosen, key=lambda fault: fault.id))
