"""Traces as people read them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from lab_env.network.flow import (
    DnsAnswer,
    Exit,
    Flow,
    Hop,
    InternetSource,
    OnPremisesSource,
    Outcome,
    ServiceSource,
    Verdict,
)
from lab_env.views.table import WIDTH
from lab_env.views.trace_view import TraceView
from tests.views import builder

OUTSIDE = ip_address("203.0.113.9")


REACHED = """
eni-0c4d5e6f708192a3b (10.20.1.14) → meridian-phi-training.s3.us-east-1.amazonaws.com:443/tcp
   meridian-phi-training.s3.us-east-1.amazonaws.com is 52.216.8.131 (public DNS)
1  sg-0a9b8c7d6e5f40312    security group meridian-training   egress all → 0.0.0.0/0 (default)           allowed
2  acl-0b1a2c3d4e5f60718   network ACL of meridian-private-a  rule 100 allow                             allowed
3  rtb-0f63a1b2c3d4e5f60   route table meridian-private       pl-63a5400a (S3) → vpce-0e1d2c3b4a5968778  forwarded
4  vpce-0e1d2c3b4a5968778  gateway endpoint meridian-s3       S3 in us-east-1                            reached
↩  acl-0b1a2c3d4e5f60718   network ACL of meridian-private-a  inbound rule 100 allow, ports 32768-60999  allowed
✓ Reached through gateway endpoint vpce-0e1d2c3b4a5968778; the far side sees 10.20.1.14; nothing of it crosses the
public internet.
"""


def view(trace, network=None):
    return TraceView(trace, network or builder.with_endpoint(builder.private_vpc()))


def test_a_reached_trace_reads_from_top_to_bottom():
    assert str(view(builder.reached_trace())) == REACHED.strip()


def test_a_dropped_trace_says_where_and_why():
    *_, hop, first, second = str(view(builder.dropped_trace(), builder.private_vpc())).splitlines()
    assert hop.split() == ["3", builder.PRIVATE_TABLE, "route", "table", "meridian-private", "no", "matching", "route",
                           "✗", "no", "route"]  # fmt: skip
    assert first.startswith(
        "✗ Dropped at route table rtb-0f63a1b2c3d4e5f60 (meridian-private): The table holds only"
    )
    assert second.endswith("[NO_ROUTE_TO_DESTINATION]")


def blocked(*, back=False):
    """A security group and a network ACL that block, the second one on the way back when asked."""
    group = replace(
        builder.EGRESS, verdict=Verdict.DENIED, rule="no matching rule", why="Nothing lets it out."
    )
    acl = replace(
        builder.ACL_BACK, verdict=Verdict.DENIED, rule="rule * deny", why="Ports 32768-60999 are shut."
    )
    trace = builder.reached_trace()
    if back:
        return replace(trace, back=(acl,), outcome=Outcome.DROPPED, blockers=(acl,))
    return replace(
        trace,
        forward=(group, *trace.forward[1:]),
        back=(acl,),
        outcome=Outcome.DROPPED,
        blockers=(group, acl),
    )


def test_every_blocker_is_named_with_its_reason():
    lines = str(view(blocked())).splitlines()
    assert [line for line in lines if line.startswith("   ✗")] == [
        "   ✗ Nothing lets it out.",
        "   ✗ Ports 32768-60999 are shut.",
    ]
    assert lines[-1] == "✗ Dropped: 2 things block this flow, each marked ✗; all of them must change."


def test_a_blocked_answer_is_told_apart():
    assert "✗ Dropped on the way back, at network ACL acl-0b1a2c3d4e5f60718:" in str(view(blocked(back=True)))


@pytest.mark.parametrize(
    ("source", "destination", "title"),
    [
        (InternetSource(OUTSIDE), "10.20.1.14", "a host on the internet (203.0.113.9) → 10.20.1.14:443/tcp"),
        (OnPremisesSource("hq", OUTSIDE), "10.20.1.14", "a host in hq (203.0.113.9) → 10.20.1.14:443/tcp"),
        (ServiceSource("SageMaker", OUTSIDE), "s3", "SageMaker's own VPC (203.0.113.9) → s3:443/tcp"),
    ],
)
def test_the_title_names_the_source(source, destination, title):
    trace = replace(builder.reached_trace(), flow=Flow(source, destination))
    assert view(trace).title == title


def test_a_ping_has_no_port():
    trace = replace(builder.reached_trace(), flow=replace(builder.FLOW, protocol="icmp"))
    assert view(trace).title.endswith("amazonaws.com/icmp")


def test_an_unknown_interface_is_named_by_its_id():
    trace = replace(builder.reached_trace())
    assert view(trace, replace(builder.private_vpc(), interfaces=())).title.startswith(
        "eni-0c4d5e6f708192a3b →"
    )


@pytest.mark.parametrize(
    ("dns", "said"),
    [
        (None, ""),
        (DnsAnswer("10.20.1.9", (), "literal", ""), ""),
        (
            DnsAnswer("nowhere.example", (), "public", "NXDOMAIN: nobody has this name."),
            "NXDOMAIN: nobody has this name.",
        ),
        (DnsAnswer("s3", (OUTSIDE,), "private", "", builder.ENDPOINT), "s3 is 203.0.113.9 (private DNS)"),
    ],
)
def test_the_resolver_is_quoted(dns, said):
    assert view(replace(builder.reached_trace(), dns=dns)).resolved == said


def test_a_dns_hop_is_not_told_twice():
    trace = builder.reached_trace()
    hop = Hop("AmazonProvidedDNS", "dns", Verdict.RESOLVED, "public DNS", "It is 52.216.8.131.")
    assert view(replace(trace, forward=(hop, *trace.forward))).resolved == ""


@pytest.mark.parametrize("way", list(Exit))
def test_every_exit_has_words(way):
    sentence = view(replace(builder.reached_trace(), exit=way, source_seen=None)).sentence
    assert sentence.startswith("✓ Reached ")
    assert "{" not in sentence
    assert "the far side" not in sentence


def test_the_internet_and_other_premises_are_named():
    trace = replace(builder.reached_trace(), public_internet=True, third_party=True)
    assert "it crosses the public internet, and it passes premises outside AWS" in view(trace).sentence


def test_numbers_stand_under_one_another():
    trace = builder.reached_trace()
    long = replace(trace, forward=trace.forward * 3)
    starts = [line[:2] for line in str(view(long)).splitlines()[2:-2]]
    assert starts == [*(str(n).rjust(2) for n in range(1, 13)), " ↩"]


def test_no_line_is_too_wide():
    trace = builder.reached_trace()
    wordy = replace(trace.forward[0], rule="tcp 443 → 10.20.0.0/16, " * 12)
    assert max(map(len, str(view(replace(trace, forward=(wordy,)))).splitlines())) <= WIDTH


def test_the_html_says_all_that_the_text_says():
    html = view(blocked()).html()
    for word in (
        "<caption",
        'scope="row"',
        "↩ return",
        "✗ denied",
        "Ports 32768-60999 are shut.",
        "✗ Dropped:",
    ):
        assert word in html
    assert "<script" not in html


def test_both_forms_are_given_and_repeatable():
    one, two = view(blocked())._repr_mimebundle_(), view(blocked())._repr_mimebundle_()
    assert one == two
    assert set(one) == {"text/plain", "text/html"}


def test_a_drop_without_a_named_blocker_still_ends_in_a_sentence():
    trace = replace(builder.reached_trace(), outcome=Outcome.DROPPED, blockers=())
    assert view(trace).sentence.startswith("✗ Dropped: S3 sees")
