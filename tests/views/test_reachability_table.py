"""The table of every pair: a row for each kind of interface, and the reasons for what is not known."""

from __future__ import annotations

from dataclasses import replace

from lab_env.network.reachability import reachability
from lab_env.views.reachability_table import reachability_table
from tests.network.builder import changed, interface, private_vpc, table


def test_kinds_and_whom_they_reach():
    """Two alike in subnet a; the third's own group lets everybody in."""
    network = changed(private_vpc(), interfaces=interface("eni-far", "subnet-b", "10.20.2.20", "sg-open"))
    told = reachability_table(reachability(network))
    assert told.caption == "tcp 443: 2 of 6 ordered pairs of interfaces connect"
    assert told.rows == (("1", "eni-job, eni-near", "", "2"), ("2", "eni-far", "", ""))
    assert "reach beyond it" in str(told)


def test_a_crowd_is_named_by_its_first():
    more = tuple(interface(f"eni-{n}", "subnet-a", f"10.20.1.{n}") for n in range(100, 110))
    network = replace(private_vpc(), interfaces=more)
    assert reachability_table(reachability(network)).rows[0][1] == "eni-100, eni-101, eni-102 and 7 more"


def test_what_is_not_known_says_why():
    """An appliance between two subnets is not modelled."""
    network = changed(
        private_vpc(),
        interfaces=interface("eni-near", "subnet-a", "10.20.1.15", "sg-open", source_dest_check=False),
        route_tables=table("rtb-a", "10.20.0.0/16 local", "10.20.2.0/24 eni-near", subnets=("subnet-a",)),
    )
    told = reachability_table(reachability(network, "icmp"))
    assert told.caption.startswith("icmp: ")
    assert "are not known" in told.caption
    assert told.columns[-1] == "not known"
    assert any("appliance" in note for note in told.notes)
