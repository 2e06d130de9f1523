"""The lessons' exercises and their checks."""

from __future__ import annotations

from lab_env.course import (
    chapter00,
    chapter01,
    chapter02,
    chapter03,
    chapter04,
    chapter05,
    chapter06,
    chapter07,
    chapter08,
    chapter09,
    chapter10,
    chapter11,
    chapter12,
    chapter13,
    chapter14,
    chapter15,
)
from lab_env.course.exercise import CheckResult, Exercise, State, Status, autograding
from lab_env.errors import NotFound

__all__ = ["EXERCISES", "CheckResult", "Exercise", "State", "Status", "autograding", "exercise"]

EXERCISES: dict[str, Exercise] = {
    item.id: item
    for chapter in (
        chapter00,
        chapter01,
        chapter02,
        chapter03,
        chapter04,
        chapter05,
        chapter06,
        chapter07,
        chapter08,
        chapter09,
        chapter10,
        chapter11,
        chapter12,
        chapter13,
        chapter14,
        chapter15,
    )
    for item in chapter.EXERCISES
}


def exercise(id: str) -> Exercise:  # noqa: A002 - the learner's word for it
    """The exercise of this id (``"1.2"``).

    Raises:
        NotFound: when there is none; the message lists those there are.
    """
    try:
        return EXERCISES[id]
    except KeyError:
        raise NotFound(f"there is no exercise {id!r}.", do=f"There are {', '.join(EXERCISES)}.") from None
