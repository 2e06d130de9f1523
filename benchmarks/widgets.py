"""How long a widget takes to answer: a hop, a rule, another question; a call that changes the network; a keystroke.

Measured is what the kernel does, from the event to the last value it has set; opening is a fresh kernel's first picture
apart, for which Graphviz is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from statistics import median
from time import perf_counter
from typing import Any

import boto3

from benchmarks.ratio import Ratio
from lab_env import Lab
from lab_env.views.board_form import BoardForm
from lab_env.views.live_topology import LiveTopology
from lab_env.views.playground import begin
from lab_env.views.playground_form import Form
from lab_env.views.tracer_form import TracerForm

GOAL = 100
LAPS = 21
ANYWHERE = "0.0.0.0/0"


def ratios() -> list[Ratio]:
    """The median milliseconds of each answer, beside the goal."""
    lab = Lab.start(chapter=6)
    first = _once(lambda: lab.tracer().html())
    form = TracerForm(lab.tracer())
    found = {
        "tracer: opened": _median(lambda: TracerForm(lab.tracer())),
        "a hop": _median(_turning(form.hop, (2, 3, 4))),
        "a rule": _median(_turning(form.rules.children[0], (False, True))),
        "another source": _median(_pressing(form.starts[:2])),
    }
    found |= _following(lab)
    found |= _playing(lab)
    lab.stop()
    found["a fresh kernel's first picture"] = first
    return [Ratio(name, ms, GOAL, "ms", "the goal") for name, ms in found.items()]


def _following(lab: Lab) -> dict[str, float]:
    """What a call costs that changes a route: with nobody watching, and with picture and board on the page."""
    ec2, table = boto3.client("ec2"), lab.names.private_route_table
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.names.vpc)
    route = {"RouteTableId": table, "DestinationCidrBlock": ANYWHERE}
    steps = cycle((lambda: ec2.create_route(**route, GatewayId=gateway), lambda: ec2.delete_route(**route)))

    def step() -> None:
        next(steps)()

    found = {"a call that nobody watches": _median(step)}
    opened, board = lab.topology(), lab.board()
    live = LiveTopology(opened.read, opened.before)
    found["topology: a call"] = _watched(lab, live.refresh, step)
    form = BoardForm(board.look)
    form.fill(wait=True)
    found["board: a call"] = _watched(lab, form.refresh, step)
    found["a column"] = _median(_turning(form.columns["a"], (False, True)))
    return found


def _watched(lab: Lab, refresh: Callable[[], None], step: Callable[[], None]) -> float:
    """Median milliseconds from the end of a call to the picture."""
    laps: list[float] = []

    def timed() -> None:
        laps.append(_once(refresh))

    plane = lab._plane  # noqa: SLF001 - the benchmark stands where the widget does
    plane.watch("benchmark", timed)
    for _ in range(LAPS):
        step()
    plane.watch("benchmark", lambda: None)
    return median(laps)


def _playing(lab: Lab) -> dict[str, float]:
    asked = {"principal": f"arn:aws:iam::{lab.names.account}:role/R", "action": "s3:GetObject"}
    plane = lab._plane  # noqa: SLF001 - as above
    form = Form(begin(plane, request=asked).draft)
    return {
        "playground: a change": _median(_turning(form.fields["action"], ("s3:PutObject", "s3:GetObject")))
    }


def _turning(widget: object, values: tuple[object, ...]) -> Callable[[], None]:
    following = cycle(values)
    return lambda: setattr(widget, "value", next(following))


def _pressing(buttons: list[Any]) -> Callable[[], None]:
    following = cycle(buttons)
    return lambda: next(following).click()


def _median(act: Callable[[], object]) -> float:
    return median(_once(act) for _ in range(LAPS))


def _once(act: Callable[[], object]) -> float:
    """Milliseconds of one go."""
    began = perf_counter()
    act()
    return 1e3 * (perf_counter() - began)
