"""What if: rules turned on a copy of the network, each with the trace that comes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab_env.network import Flow, InterfaceSource, trace
from lab_env.network.model import Network, NetworkAclEntry, Route, SecurityGroupRule, VpcEndpoint
from lab_env.network.what_if import ANYWHERE, Rule, rules, turned
from tests.views import builder

FLOW = Flow(InterfaceSource(builder.JOB), builder.S3_NAME)
HOLDERS = (builder.PRIVATE_TABLE, builder.GROUP, builder.ACL)
WITH_ENDPOINT = builder.with_endpoint(builder.private_vpc())


def kinds(network: Network) -> list[tuple[str, bool]]:
    return [(type(rule.item).__name__, rule.stands) for rule in rules(network, HOLDERS)]


def only(network: Network, kind: type, *, stands: bool = True) -> Rule:
    found = [
        rule for rule in rules(network, HOLDERS) if isinstance(rule.item, kind) and rule.stands is stands
    ]
    return found[0]


def test_what_stands_can_be_taken_out_but_the_local_route_and_the_last_entry() -> None:
    assert kinds(WITH_ENDPOINT) == [
        ("VpcEndpoint", True),
        ("SecurityGroupRule", True),
        ("NetworkAclEntry", True),
        ("NetworkAclEntry", True),
    ]
    assert [rule.item.egress for rule in rules(WITH_ENDPOINT, [builder.ACL])] == [True, False]


def test_what_leads_to_something_that_stands_can_be_added() -> None:
    nat = builder.with_nat(builder.private_vpc())
    cut = turned(nat, rules(nat, [builder.PRIVATE_TABLE]))
    added = [rule for rule in rules(cut, [builder.PRIVATE_TABLE]) if not rule.stands]
    assert [rule.item for rule in added] == [Route(ANYWHERE, builder.IGW), Route(ANYWHERE, builder.NAT)]
    assert [rule.item for rule in rules(nat, [builder.PRIVATE_TABLE])] == [Route(ANYWHERE, builder.NAT)]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (VpcEndpoint, "No route of"),
        (SecurityGroupRule, "egress"),
        (NetworkAclEntry, builder.ACL),
    ],
)
def test_a_rule_taken_out_stops_the_packet_and_its_network_stays(kind: type, reason: str) -> None:
    before = replace(WITH_ENDPOINT)
    found = trace(turned(WITH_ENDPOINT, [only(WITH_ENDPOINT, kind)]), FLOW)
    assert not found.reached
    assert reason in found.reason
    assert before == WITH_ENDPOINT
    assert trace(WITH_ENDPOINT, FLOW).reached


def test_an_association_brings_its_route_and_takes_it_along() -> None:
    rule = only(WITH_ENDPOINT, VpcEndpoint)
    without = turned(WITH_ENDPOINT, [rule])
    assert without.endpoint[builder.ENDPOINT].route_tables == ()
    assert without.route_table_of(builder.SUBNET_A).routes == (builder.LOCAL,)
    back = turned(without, [only(without, VpcEndpoint, stands=False)])
    assert back == WITH_ENDPOINT


def test_a_table_takes_one_endpoint_of_a_service() -> None:
    second = replace(WITH_ENDPOINT.endpoints[0], id="vpce-2", route_tables=())
    two = replace(WITH_ENDPOINT, endpoints=(*WITH_ENDPOINT.endpoints, second))
    held = [rule.item.id for rule in rules(two, [builder.PRIVATE_TABLE])]
    assert held == [builder.ENDPOINT]


def test_an_unknown_holder_holds_nothing() -> None:
    assert rules(WITH_ENDPOINT, ["igw-1"]) == ()
