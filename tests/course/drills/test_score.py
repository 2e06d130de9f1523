"""What a repair is worth."""

from __future__ import annotations

import pytest

from lab_env.course.drills.running import names_for
from lab_env.course.drills.score import Effort
from lab_env.training.instances import chosen_subnet


@pytest.mark.parametrize(
    ("effort", "points"),
    [
        (Effort(1), 100),
        (Effort(1, tries=1, calls=30), 100),
        (Effort(1, tries=1, calls=31), 99),
        (Effort(2, tries=1, calls=60), 100),
        (Effort(1, tries=2), 85),
        (Effort(1, tries=1, hints=3), 70),
        (Effort(3, tries=9, hints=9, calls=999), 10),
        (Effort(1, tries=1, given_up=True), 0),
    ],
)
def test_points(effort, points):
    assert effort.points == points


def test_it_says_what_it_took():
    assert str(Effort(1, tries=1, hints=2, calls=1)) == "80 of 100 points: 1 try, 2 hints, 1 call."
    assert str(Effort(1, given_up=True)) == "0 of 100 points: the faults were shown."


def test_each_subnet_gets_a_job():
    subnets = ["subnet-a", "subnet-b", "subnet-c"]
    names = names_for(subnets, 4)
    assert [chosen_subnet(name, subnets) for name in names] == subnets
    assert [name.rstrip("abcdefghijklmnopqrstuvwxyz") for name in names] == [
        "meridian-drill-4",
        "meridian-drill-5",
        "meridian-drill-6",
    ]
