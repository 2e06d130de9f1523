"""A question's criteria, put to the cloud that a learner built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from lab_env import scenario
from lab_env.costs import Usage
from lab_env.course.exam.criteria import Evidence, judge
from lab_env.course.exam.question import Question
from lab_env.course.exam.world import World
from lab_env.course.exercise import State
from lab_env.network import OnPremisesSource
from lab_env.snapshot.services import read_state


def world_of(state: State, question: Question) -> World:
    """The learner's cloud as a question's world: jobs in both private subnets, the data centre, the month's use.

    Args:
        state: what a check may look at.
        question: tells the month's use.

    Raises:
        NotFound: there is no VPC to stand in.
    """

    def api(service: str, region: str) -> Callable[[str, dict[str, Any]], Any]:
        return lambda operation, params: state.describe(service, operation, params, region)

    services = read_state(api, scenario.ACCOUNT, state.network)
    for host, subnet in (("eni-job", "subnet_a"), ("eni-job-b", "subnet_b")):
        placed = state.find(subnet)
        if placed is not None:
            state = replace(state, network=state.with_host(placed, name=host)[0])
    there = state.network.on_premises
    centre = {"hq": OnPremisesSource(there[0].name, scenario.ON_PREMISES_HOST)} if there else {}
    return World(state.network, services, replace(Usage(), **question.change.usage), centre)


def judged(state: State, question: Question) -> Iterator[Evidence]:
    """What each of a question's criteria comes to in the learner's cloud.

    "Least" is not asked: there is nothing beside it to be compared with.

    Args:
        state: what a check may look at.
        question: whose criteria.
    """
    world = world_of(state, question)
    yield from (judge(world, fields) for fields in question.criteria if "usd" not in fields)


def price(state: State, question: Question) -> Evidence:
    """What the month costs in the learner's cloud, by the question's own criterion on the price."""
    world = world_of(state, question)
    return judge(world, next(fields for fields in question.criteria if "usd" in fields))
