"""The exercises of chapter 04: subnet B learns the data centre's routes, and neither subnet follows them too far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.network import Trace
from lab_env.network.flow import Verdict

DATA_CENTRE = str(scenario.ON_PREMISES_HOST)
S3 = f"s3.{scenario.REGION}.amazonaws.com"
ELSEWHERE = "internet.example"
BEYOND = (S3, ELSEWHERE)


def _subnet_b_too(state: State) -> tuple[Status, str, str]:
    subnet_a, subnet_b, gateway = (state.find(name) for name in ("subnet_a", "subnet_b", "vpn_gateway"))
    if subnet_a is None or subnet_b is None or gateway is None:
        return _missing()
    table = state.network.route_table_of(subnet_b)
    if table is None or not (gateway in table.propagating_gateways or _targets(state, subnet_b, gateway)):
        return (
            Status.NOT_ATTEMPTED,
            f"the table that rules subnet B knows nothing of {gateway}.",
            "Let the gateway propagate its routes into that table.",
        )
    lost = _lost(state, {"B": subnet_b, "A": subnet_a})
    if lost:
        return lost
    how = "propagated" if gateway in table.propagating_gateways else "static"
    along = [to for to in BEYOND if state.probe(subnet_b, to).reached]
    came = f" What came along: {' and '.join(along)} too." if along else ""
    return Status.DONE, f"subnet B reaches {DATA_CENTRE} by a {how} route to {gateway}.{came}", ""


def _no_further(state: State) -> tuple[Status, str, str]:
    subnet_a, subnet_b, gateway = (state.find(name) for name in ("subnet_a", "subnet_b", "vpn_gateway"))
    if subnet_a is None or subnet_b is None or gateway is None:
        return _missing()
    subnets = {"A": subnet_a, "B": subnet_b}
    ways = [(letter, to, state.probe(subnet, to)) for letter, subnet in subnets.items() for to in BEYOND]
    leaving = [(letter, to) for letter, to, way in ways if _leaves(way, gateway)]
    lost = _lost(state, subnets)
    if len(leaving) == len(ways) and not lost:
        return (
            Status.NOT_ATTEMPTED,
            f"both subnets still send packets for {S3} and {ELSEWHERE} to the data centre.",
            "Which route takes them, and who put it there?",
        )
    if lost:
        return lost
    if leaving:
        letter, to = leaving[0]
        return (
            Status.NOT_YET,
            f"from subnet {letter}, a packet for {to} still leaves for the data centre.",
            f"Look at the routes of its table that lead to {gateway}.",
        )
    return Status.DONE, f"both subnets reach {DATA_CENTRE}, and no other address by {gateway}.", ""


def _missing() -> tuple[Status, str, str]:
    return (
        Status.NOT_ATTEMPTED,
        "subnet A, subnet B or the virtual private gateway is missing.",
        "Run the chapter's cells above.",
    )


def _lost(state: State, subnets: dict[str, str]) -> tuple[Status, str, str] | None:
    """What is amiss when the data centre is out of reach from one of the subnets."""
    for letter, subnet in subnets.items():
        way = state.probe(subnet, DATA_CENTRE)
        if not way.reached:
            return (
                Status.NOT_YET,
                f"from subnet {letter}, {DATA_CENTRE} is not reached: {way.reason}",
                "Its table needs a route to the data centre, and the private virtual interface must stand.",
            )
    return None


def _targets(state: State, subnet: str, gateway: str) -> bool:
    table = state.network.route_table_of(subnet)
    return table is not None and any(route.target == gateway for route in table.routes)


def _leaves(way: Trace, gateway: str) -> bool:
    return any(hop.resource == gateway and hop.verdict is Verdict.FORWARDED for hop in way.forward)


def _propagate(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    if find("vpn_gateway") is None:
        scenario.join_data_centre(client)
    scenario.propagate_to_second_table(client)


def _pin(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    if find("vpn_gateway") is None:
        scenario.join_data_centre(client)
    scenario.pin_data_centre_routes(client)


EXERCISES = (
    Exercise("4.1", "The data centre is reachable from subnet B too", 1, _subnet_b_too, _propagate),
    Exercise("4.2", "The data centre is reachable, and nothing by way of it", 2, _no_further, _pin),
)
