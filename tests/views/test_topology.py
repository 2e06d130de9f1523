"""Pictures: well formed, small, readable, the same bytes everywhere, and true to the network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import fields, replace
from hashlib import sha256
from html.parser import HTMLParser
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_env.errors import LabError
from lab_env.network import trace
from lab_env.network.flow import Flow, InternetSource, OnPremisesSource, ServiceSource
from lab_env.network.model import (
    InternetGateway,
    Network,
    NetworkInterface,
    Route,
    RouteTable,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcPeering,
    VpnGateway,
)
from lab_env.views.metrics import text_width
from lab_env.views.topology import diagram
from lab_env.views.trace_view import TraceView
from tests.views import builder

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
WITH_TRACES = [
    pytest.param(network, flow, id=f"{name}, {'traced' if flow else 'plain'}")
    for name, network in builder.STATES.items()
    for flow in (None, builder.FLOW)
]


def picture(network, flow=builder.FLOW):
    return diagram(network, trace(network, flow) if flow else None)


def tree(network, flow=builder.FLOW):
    return ET.fromstring(picture(network, flow).svg)


def texts(network, flow=builder.FLOW):
    return [node.text for node in tree(network, flow).iter(f"{SVG}text")]


@pytest.mark.parametrize(("network", "flow"), WITH_TRACES)
def test_a_picture_is_small_and_has_a_name_and_a_description(network, flow):
    drawn = picture(network, flow)
    root = ET.fromstring(drawn.svg)
    assert len(drawn.svg.encode()) < 60_000
    assert root.get("role") == "img"
    named = {node.get("id"): node.text for node in (root.find(f"{SVG}title"), root.find(f"{SVG}desc"))}
    assert list(named) == root.get("aria-labelledby").split()
    assert list(named.values()) == ["VPC meridian", drawn.alt]


@pytest.mark.parametrize(("network", "flow"), WITH_TRACES)
def test_it_fits_a_notebook_page_with_readable_text(network, flow):
    root = tree(network, flow)
    assert float(root.get("width")) <= 1124
    sizes = [int(size) for size in re.findall(r"font-size:(\d+)px", root.find(f"{SVG}style").text)]
    assert min(sizes) >= 11


@pytest.mark.parametrize(("network", "flow"), WITH_TRACES)
def test_nothing_is_drawn_over_something_else(network, flow):
    chips = [
        rectangle(node) for node in tree(network, flow).iter(f"{SVG}rect") if node.get("class") == "chip"
    ]
    octagons = [around(node.get("points")) for node in tree(network, flow).iter(f"{SVG}polygon")]
    shapes = chips + octagons
    assert len(chips) >= 4
    clashes = [(a, b) for n, a in enumerate(shapes) for b in shapes[:n] if overlap(a, b)]
    assert clashes == []


@pytest.mark.parametrize(("network", "flow"), WITH_TRACES)
def test_every_text_stays_inside_the_picture(network, flow):
    root = tree(network, flow)
    left, top, wide, high = map(float, root.get("viewBox").split())
    for node in root.iter(f"{SVG}text"):
        x, y, long = (float(node.get(name)) for name in ("x", "y", "textLength"))
        start = x - {"end": long, "middle": long / 2}.get(node.get("text-anchor"), 0)
        assert left <= start
        assert start + long <= left + wide
        assert top < y < top + high


@pytest.mark.parametrize(("network", "flow"), WITH_TRACES)
def test_every_chip_holds_its_text(network, flow):
    parts = list(tree(network, flow))
    chips = [rectangle(node) for node in parts if node.get("class") == "chip"]
    for node in parts:
        if node.tag == f"{SVG}text" and node.get("class") != "o":
            x, y, long = (float(node.get(name)) for name in ("x", "y", "textLength"))
            start = x - {"end": long, "middle": long / 2}.get(node.get("text-anchor"), 0)
            holders = [c for c in chips if c[0] <= start and start + long <= c[2] and c[1] < y < c[3]]
            assert holders or node.get("class") in {"w", "d"}, node.text


def rectangle(node):
    x, y, wide, high = (float(node.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + wide, y + high


def around(points):
    pairs = [tuple(map(float, pair.split(","))) for pair in points.split()]
    xs, ys = zip(*pairs, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def overlap(one, two):
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def test_each_icon_is_carried_once():
    root = tree(builder.STATES["nat"])
    carried = [node.get("id") for node in root.iter(f"{SVG}image")]
    used = [node.get("href").removeprefix("#") for node in root.iter(f"{SVG}use")]
    assert len(carried) == len(set(carried))
    assert set(used) == set(carried)
    assert len(used) > len(carried)


def test_nothing_is_fetched_and_nothing_runs():
    source = picture(builder.STATES["nat"]).svg
    assert re.findall(r'href="(?!#|data:image/png;base64,)', source) == []
    assert "<script" not in source
    assert "http" not in source.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_the_background_is_the_page():
    first = next(iter(node for node in tree(builder.STATES["private"]) if node.tag == f"{SVG}rect"))
    assert first.get("class") == "vpc"


def test_what_exists_is_said():
    shown = texts(builder.STATES["endpoint"], None)
    for words in (
        "VPC meridian",
        "10.20.0.0/16 · vpc-0d5c1a2b3e4f56789",
        "us-east-1a",
        "meridian-private-a",
        "private subnet 10.20.1.0/24",
        "meridian-readmission-05",
        "training job 10.20.1.14, 10.20.1.15",
        "no network interface",
        "route table rtb-0f63a1b2…",
        "pl-63a5400a (S3)",
        "→ vpce-0e1d2c3b…",
        "gateway endpoint vpce-0e1d2c3b…",
        "Amazon S3",
        "the internet",
    ):
        assert words in shown
    assert "main route table" not in " ".join(shown)


def test_the_numbers_are_those_of_the_trace_view():
    network = builder.STATES["nat"]
    found = trace(network, builder.FLOW)
    numbers = [n.text for n in tree(network).iter(f"{SVG}text") if n.get("class") == "n" and n.text != "↩"]
    told = [
        line.split()[0] for line in str(TraceView(found, network)).splitlines() if line[:2].strip().isdigit()
    ]
    assert sorted(numbers, key=int) == told


def test_where_the_packet_dies_is_an_octagon_with_words():
    root = tree(builder.STATES["private"])
    (octagon,) = root.iter(f"{SVG}polygon")
    assert len(octagon.get("points").split()) == 8
    assert [n.text for n in root.iter(f"{SVG}text") if n.get("class") == "w"] == [
        "✗ no route",
        "to 52.217.241.13",
    ]
    assert "octagon: where it dies" in texts(builder.STATES["private"])[-1]


def test_a_reached_trace_has_no_octagon():
    assert list(tree(builder.STATES["endpoint"]).iter(f"{SVG}polygon")) == []


def test_every_blocker_has_its_octagon_and_what_comes_after_is_told_apart():
    root = tree(builder.STATES["two faults"])
    assert [n.text for n in root.iter(f"{SVG}text") if n.get("class") == "w"] == [
        "✗ denied",
        "by the security group",
        "✗ answer denied",
        "by the network ACL",
    ]
    assert "network ACL: would be allowed" in texts(builder.STATES["two faults"])
    assert [n for n in root.iter(f"{SVG}path") if n.get("class") == "e path"] == []


def lines(network, style, flow=None):
    return [node for node in tree(network, flow).iter(f"{SVG}path") if node.get("class") == f"e {style}"]


@pytest.mark.parametrize(
    ("name", "routes", "beyond"),
    [
        ("private", 0, 0),
        ("endpoint", 1, 1),
        ("nat", 2, 2),
        ("internet", 1, 2),
        ("interface endpoint", 0, 1),
        ("data centre", 1, 1),
    ],
)
def test_only_links_that_exist_are_drawn(name, routes, beyond):
    network = builder.STATES[name]
    assert len(lines(network, "route")) == routes
    assert len(lines(network, "beyond")) == beyond


def test_taking_the_route_away_takes_the_line_away():
    network = builder.STATES["endpoint"]
    tables = tuple(
        replace(t, routes=tuple(r for r in t.routes if r.target == "local")) for t in network.route_tables
    )
    assert lines(replace(network, route_tables=tables), "route") == []


def test_a_blackhole_is_named_and_leads_nowhere():
    network = builder.STATES["nat"]
    tables = tuple(
        replace(
            t, routes=tuple(replace(r, state="blackhole") if r.target == builder.NAT else r for r in t.routes)
        )
        for t in network.route_tables
    )
    broken = replace(network, route_tables=tables, nat_gateways=())
    assert "→ nat-0a2b4c6d… (blackhole)" in texts(broken)
    assert len(lines(broken, "route")) == 1
    assert "✗ dropped" in texts(broken)


def test_a_failed_nat_gateway_says_so():
    network = builder.STATES["nat"]
    failed = replace(network, nat_gateways=(replace(network.nat_gateways[0], state="failed"),))
    assert "NAT gateway 52.4.19.80 · ✗ failed" in texts(failed, None)
    assert "failed" in picture(failed, None).alt


def test_many_hosts_are_drawn_as_one_but_not_the_one_that_asks():
    network = builder.STATES["endpoint"]
    crowd = tuple(
        NetworkInterface(f"eni-{n:017x}", builder.VPC, builder.SUBNET_A, (ip_address("10.20.1.100") + n,),
                         attached_to=f"i-{n:017x}")
        for n in range(40)
    )  # fmt: skip
    full = replace(network, interfaces=(*crowd, *network.interfaces))
    shown = texts(full)
    assert "meridian-readmission-05" in shown
    assert "37 more network interfaces" in shown


def test_a_public_address_is_shown():
    network = builder.private_vpc()
    public = ((ip_address("10.20.1.14"), ip_address("52.1.2.3")),)
    host = replace(network.interfaces[0], public=public, attached_to="i-0123456789abcdef0")
    assert "instance 10.20.1.14 → 52.1.2.3" in texts(replace(network, interfaces=(host,)), None)


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (InternetSource(ip_address("203.0.113.9")), "the internet"),
        (ServiceSource("SageMaker", ip_address("52.94.1.1")), "SageMaker's own VPC"),
    ],
)
def test_a_trace_may_start_outside(source, title):
    network = builder.STATES["internet"]
    drawn = picture(network, Flow(source, builder.S3_NAME))
    assert title in drawn.svg
    assert f"The path, in blue: {title}, then Amazon S3." in drawn.alt
    root = ET.fromstring(drawn.svg)
    (way,) = (node for node in root.iter(f"{SVG}path") if node.get("class") == "e path")
    points = [float(number) for number in re.findall(r"-?[\d.]+", way.get("d"))]
    assert max(points[::2]) < float(root.get("width")) - 6


def test_another_regions_s3_is_another_node():
    network = builder.STATES["internet"]
    ireland = replace(network.internet.aws[0], region="eu-west-1", cidr=ip_network("52.218.0.0/17"))
    both = replace(network, internet=replace(network.internet, aws=(*network.internet.aws, ireland)))
    flow = replace(builder.FLOW, destination="meridian-eu-archive.s3.eu-west-1.amazonaws.com")
    assert "eu-west-1" in texts(both, flow)


def test_only_the_vpcs_in_focus_are_drawn():
    network = builder.STATES["endpoint"]
    cidr = ip_network("10.30.0.0/16")
    there = Route(builder.VPC_CIDR, "pcx-0a")
    two = replace(
        network,
        vpcs=(*network.vpcs, Vpc("vpc-0second", (cidr,), "us-east-1", name="analytics")),
        subnets=(*network.subnets, Subnet("subnet-0second", "vpc-0second", (cidr,), "us-east-1a")),
        route_tables=(
            *network.route_tables,
            RouteTable("rtb-0second", "vpc-0second", (Route(cidr, "local"), there), (), main=True),
        ),
        peerings=(VpcPeering("pcx-0a", "vpc-0second", builder.VPC, "active"),),
    )  # fmt: skip
    assert "VPC analytics" in texts(two, None)
    assert "VPC peering" in texts(two, None)
    assert len(lines(two, "route")) == 2
    assert "VPC analytics" not in [
        n.text for n in ET.fromstring(diagram(two, focus=[builder.VPC]).svg).iter(f"{SVG}text")
    ]


def test_an_empty_account_is_a_picture_too():
    drawn = diagram(Network("us-east-1"))
    assert "<title" in drawn.svg
    assert drawn.alt == "Outside: Amazon S3 (us-east-1), the internet."


def test_the_title_may_be_given():
    assert ET.fromstring(diagram(builder.private_vpc(), title="Start").svg).findtext(f"{SVG}title") == "Start"


def test_a_vpc_without_subnets_is_drawn_and_says_so():
    bare = Network(region="us-east-1", vpcs=(Vpc("vpc-1", (ip_network("10.0.0.0/16"),), "us-east-1"),))
    drawn = picture(bare, None)
    assert "no subnet" in drawn.alt
    assert "no subnet" in texts(bare, None)


def test_the_words_say_what_the_picture_shows():
    assert picture(builder.STATES["private"]).alt == (
        "VPC meridian (10.20.0.0/16 · vpc-0d5c1a2b3e4f56789). "
        "meridian-private-a, private subnet 10.20.1.0/24, ruled by meridian-private: "
        "meridian-readmission-05 (training job 10.20.1.14, 10.20.1.15). "
        "meridian-private-b, private subnet 10.20.2.0/24, ruled by meridian-private: no network interface. "
        "meridian-private (route table rtb-0f63a1b2c3d4e5f60) holds: 10.20.0.0/16 to local. "
        "Outside: Amazon S3 (us-east-1), the internet. "
        "The path, in blue: meridian-readmission-05, then meridian-private. "
        "An octagon at meridian-private: ✗ no route to 52.217.241.13. "
        "Dropped: No route of rtb-0f63a1b2c3d4e5f60 matches 52.217.241.13: it holds 10.20.0.0/16 → local."
    )


def test_both_forms_are_given(tmp_path):
    drawn = picture(builder.STATES["endpoint"])
    bundle = drawn._repr_mimebundle_()
    assert bundle == {"text/plain": str(drawn), "text/html": drawn._repr_html_(), "image/svg+xml": drawn.svg}
    assert str(drawn).replace("\n", " ") == drawn.alt
    assert repr(drawn) == str(drawn)
    drawn.save(tmp_path / "picture.svg")
    assert (tmp_path / "picture.svg").read_bytes() == drawn.svg.encode()


class _Image(HTMLParser):
    def handle_starttag(self, tag, attrs):
        assert tag == "img"
        self.found = dict(attrs)


def test_a_notebook_shows_an_image_that_a_screen_reader_can_read():
    drawn = picture(builder.STATES["endpoint"])
    image = _Image()
    image.feed(drawn._repr_html_())
    assert image.found["alt"] == drawn.alt
    assert unquote(image.found["src"].removeprefix("data:image/svg+xml,")) == drawn.svg


def digest():
    """A fingerprint of all states' pictures, in both forms."""
    drawn = [picture(network) for network in builder.STATES.values()]
    return sha256("".join(part for one in drawn for part in (one.svg, str(one))).encode()).hexdigest()


def test_two_processes_draw_the_same_bytes():
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    script = "from tests.views.test_topology import digest; print(digest())"
    other = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert other.stdout.strip() == digest()


def test_no_file_is_written_and_no_program_is_run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    picture(builder.STATES["endpoint"])
    assert list(tmp_path.iterdir()) == []


def test_widths_are_helveticas():
    assert text_width("Hi", 1000) == 722 + 222
    assert text_width("Hi", 1000, bold=True) == 722 + 278
    assert text_width("é", 10) == 6


FIELDS = [field.name for field in fields(Network) if field.type.startswith("tuple[")]


@st.composite
def ruins(draw, spared=()):
    """A state of the course from which anything but the fields spared may have been taken away."""
    network = builder.STATES[draw(st.sampled_from(sorted(builder.STATES)))]
    lost = [name for name in FIELDS if name not in spared]
    kept = {name: tuple(item for item in getattr(network, name) if draw(st.integers(0, 3))) for name in lost}
    return replace(network, **kept)


@given(network=ruins())
@settings(max_examples=40, deadline=None)
def test_whatever_is_missing_a_picture_is_drawn(network):
    drawn = diagram(network)
    assert ET.fromstring(drawn.svg).findtext(f"{SVG}desc") == drawn.alt


@given(network=ruins(spared=("vpcs", "subnets", "interfaces")))
@settings(max_examples=40, deadline=None)
def test_whatever_is_missing_a_trace_is_drawn(network):
    with suppress(LabError):
        found = trace(network, builder.FLOW)
        drawn = diagram(network, found)
        assert drawn.svg.count('class="oct"') == len(found.blockers)


def test_a_host_of_another_subnet_is_reached_by_the_local_route():
    network = builder.STATES["private"]
    other = replace(
        network.interfaces[0],
        id="eni-0f",
        subnet=builder.SUBNET_B,
        addresses=(ip_address("10.20.2.77"),),
        description="notebook",
    )
    group = replace(network.security_groups[0], ingress=(SecurityGroupRule("-1", None, None, builder.GROUP),))
    both = replace(network, interfaces=(*network.interfaces, other), security_groups=(group,))
    drawn = picture(both, replace(builder.FLOW, destination="10.20.2.77"))
    way = "meridian-readmission-05, then meridian-private, then notebook"
    assert f"The path, in blue: {way}. The packet arrives" in drawn.alt


def test_a_trace_may_start_in_a_data_centre():
    network = builder.STATES["data centre"]
    source = OnPremisesSource("Meridian data centre", ip_address("192.168.1.5"))
    found = replace(trace(network, builder.FLOW), flow=Flow(source, builder.S3_NAME))
    assert "The path, in blue: Meridian data centre, then meridian-private." in diagram(network, found).alt


def test_gateways_of_other_vpcs_are_left_out():
    network = builder.STATES["data centre"]
    away = replace(
        network,
        internet_gateways=(InternetGateway("igw-0away", ("vpc-0other",)),),
        vpn_gateways=(VpnGateway("vgw-0away", ("vpc-0other",)),),
    )
    assert "away" not in diagram(away).svg
