"""The exercises of chapter 04: subnet B learns the data centre's routes, and neither subnet follows them too far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.network import Flow, InterfaceSource, OnPremisesSource, Trace, trace
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


def _nobody_in(state: State) -> tuple[Status, str, str]:
    subnets = {letter: state.find(f"subnet_{letter.lower()}") for letter in ("A", "B")}
    gateway, group = state.find("vpn_gateway"), state.find("training_security_group")
    if None in subnets.values() or gateway is None or group is None:
        return _missing()
    into = [port for port in PORTS if _enters(state, str(subnets["A"]), port)]
    lost = _lost(state, {letter: str(subnet) for letter, subnet in subnets.items()})
    if 22 in into and not lost:
        return (
            Status.NOT_ATTEMPTED,
            f"from {DATA_CENTRE}, a host with the training group is reached on port 22.",
            "Which rule of the group lets it in?",
        )
    if lost:
        return lost
    if into:
        return (
            Status.NOT_YET,
            f"from {DATA_CENTRE}, a host with the training group is still reached on port {into[0]}.",
            "Look at every inbound rule that names a CIDR block.",
        )
    if not _members_talk(state, str(subnets["A"])):
        return (
            Status.NOT_YET,
            f"members of {group} no longer reach one another.",
            "Their rule names the group itself; that one was to stay.",
        )
    return Status.DONE, f"both subnets reach {DATA_CENTRE}; nobody there reaches a job.", ""


def _enters(state: State, subnet: str, port: int) -> bool:
    network, host = state.with_host(subnet)
    site = network.on_premises[0].name if network.on_premises else scenario.ON_PREMISES.name
    source = OnPremisesSource(site, scenario.ON_PREMISES_HOST)
    return trace(network, Flow(source, str(host.address), "tcp", port)).reached


def _members_talk(state: State, subnet: str) -> bool:
    network, one = state.with_host(subnet, name="eni-probe-1")
    network, two = State(network, state.find, state.describe).with_host(subnet, name="eni-probe-2")
    return trace(network, Flow(InterfaceSource(one.id), str(two.address), "tcp", 7777)).reached


def _shut(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    if find("vpn_gateway") is None:
        scenario.join_data_centre(client)
    ec2 = client("ec2")
    of_subnet_b = [{"Name": "association.subnet-id", "Values": [find("subnet_b")]}]
    table = ec2.describe_route_tables(Filters=of_subnet_b)["RouteTables"][0]
    if not any(route.get("GatewayId", "").startswith("vgw-") for route in table["Routes"]):
        scenario.propagate_to_second_table(client)
    scenario.close_ssh_from_data_centre(ec2)


PORTS = (22, 443, 80)
EXERCISES = (
    Exercise(
        "4.1",
        "The data centre is reachable from subnet B too",
        1,
        _subnet_b_too,
        _propagate,
        hints=(
            "Subnet A's table learns the gateway's routes. What did you call to make it so?",
            "Propagation is on or off for each table. Find the one that rules subnet B first.",
            "enable_vgw_route_propagation, with the gateway and the id of that table.",
        ),
    ),
    Exercise(
        "4.2",
        "The data centre is reachable, and nothing by way of it",
        2,
        _no_further,
        _pin,
        hints=(
            "As long as a table takes whatever the far end announces, the far end decides. Who should?",
            "A static route says one thing only. It has to stand in both tables, and nothing else may lead there.",
            "disable_vgw_route_propagation for both tables, and in both a route to 192.168.0.0/16 by the gateway.",
        ),
    ),
    Exercise(
        "4.3",
        "Nobody in the data centre reaches a job",
        1,
        _nobody_in,
        _shut,
        hints=(
            "Routes lead in both directions. What decides about a connection that comes from there?",
            "A group remembers connections: answers to what a job opened come back without any rule.",
            (
                "Revoke the training group's rule for 192.168.0.0/16, with the protocol and ports that it has; "
                "leave the rule that names the group itself."
            ),
        ),
    ),
)
