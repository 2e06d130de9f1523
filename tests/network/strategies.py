"""Random networks and flows: three VPCs, in two Regions, of all that is modelled, often broken somewhere.

`random_network` and `random_flow` take a seeded `random.Random`; Hypothesis draws one for `networks` and `journeys` (a
real one: choices of its own would shrink better, and take ten times as long).
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from random import Random

from hypothesis import reject
from hypothesis import strategies as st

from lab_env.network import (
    Flow,
    InterfaceSource,
    InternetSource,
    Network,
    NotModelled,
    OnPremisesSource,
    ServiceSource,
    trace,
)
from lab_env.network.direct_connect import DirectConnectAssociation, DirectConnectGateway, VirtualInterface
from lab_env.network.model import (
    InternetGateway,
    NatGateway,
    NetworkInterface,
    OnPremises,
    PrefixList,
    Subnet,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    Vpc,
    VpcEndpoint,
    VpcPeering,
    VpnGateway,
)
from tests.network.builder import INTERNET, REGION, S3_CIDRS, acl, group, table

CIDRS = {"vpc-1": ("10.20.0.0/16", "2600:1f18:1::/56"), "vpc-2": ("10.30.0.0/16",),
         "vpc-3": ("10.40.0.0/16",)}  # fmt: skip
SUBNETS = {"subnet-a": ("vpc-1", 20, 1), "subnet-b": ("vpc-1", 20, 2), "subnet-p": ("vpc-1", 20, 100),
           "subnet-x": ("vpc-2", 30, 1), "subnet-y": ("vpc-2", 30, 2),
           "subnet-v": ("vpc-3", 40, 1), "subnet-w": ("vpc-3", 40, 2)}  # fmt: skip
PEERS = ("0.0.0.0/0", "0.0.0.0/0", "10.20.0.0/16", "10.20.1.0/24", "10.30.0.0/16", "52.216.0.0/15", "3.5.0.0/19",
         "203.0.113.0/24", "192.168.0.0/16", "54.144.0.0/14", "::/0", "2600:1f18:1:a::/64")  # fmt: skip
SERVICES = ("all", "all", "tcp", "tcp 443", "tcp 443", "tcp 22", "tcp 0-65535", "tcp 1024-65535", "tcp 32768-60999",
            "tcp 49152-65535", "tcp 32768-40000", "udp", "udp 53", "icmp", "icmp 8-0", "icmp 0-0", "icmp -1--1",
            "icmpv6", "6 443")  # fmt: skip
DESTINATIONS = ("phi.s3.us-east-1.amazonaws.com", "b.s3.us-east-1.amazonaws.com", "s3.amazonaws.com",
                "eu.s3.eu-west-1.amazonaws.com", "sts.us-east-1.amazonaws.com", "exfil.example", "8.8.8.8",
                "10.20.1.77", "10.40.0.1", "192.168.7.7", "192.168.9.9", "172.16.0.1", "52.216.9.9",
                "2001:db8:66::66")  # fmt: skip


def random_network(rng: Random) -> Network:
    """A network of three VPCs, joined by peering and transit gateways; each id that a route names exists."""
    six = rng.random() < 0.4
    # Where everything is broken somewhere, nothing gets through a transit gateway: half of them are mostly whole.
    whole = rng.random() < 0.5
    return Network(
        region=REGION,
        vpcs=tuple(_vpc(rng, name, six=six) for name in CIDRS),
        subnets=tuple(_subnet(name, six=six) for name in SUBNETS),
        route_tables=tuple(_tables(rng, six=six, whole=whole)),
        interfaces=tuple(_interfaces(rng, six=six)),
        security_groups=tuple(_groups(rng, whole=whole)),
        network_acls=tuple(_acls(rng)),
        internet_gateways=(
            InternetGateway("igw-1", _some(rng, ("vpc-1",), 0.9)),
            InternetGateway("igw-2", _some(rng, ("vpc-2",), 0.8)),
            InternetGateway("eigw-1", _some(rng, ("vpc-1",), 0.9), egress_only=True),
        ),
        nat_gateways=tuple(_nats(rng)),
        vpn_gateways=(VpnGateway("vgw-1", _some(rng, ("vpc-1",), 0.85)), VpnGateway("vgw-2", ("vpc-2",))),
        peerings=(VpcPeering("pcx-1", "vpc-1", "vpc-2", _rarely(rng, "deleted", "active")),),
        endpoints=tuple(_endpoints(rng)),
        **_transit(rng, whole=whole),
        prefix_lists=(
            PrefixList("pl-s3", "com.amazonaws.us-east-1.s3", tuple(map(ip_network, S3_CIDRS)), REGION),
            PrefixList(
                "pl-own",
                "corporate",
                (ip_network("192.168.0.0/16"), ip_network("52.216.0.0/15")),
                REGION,
                "1",
            ),
        ),
        internet=INTERNET,
        **_data_centre(rng),
    )


def random_flow(rng: Random, network: Network) -> Flow:
    """A flow from anywhere to anything, occupied or not."""
    hosts = [item for item in network.interfaces if item.kind == "interface"]
    held = [str(address) for item in network.interfaces for address in item.addresses]
    held += [str(public) for item in network.interfaces for _, public in item.public]
    held += [str(nat.public_address) for nat in network.nat_gateways if nat.public_address]
    host = InterfaceSource(rng.choice(hosts).id)
    others = (
        InternetSource(ip_address("198.51.100.77")),
        OnPremisesSource("hq", ip_address(rng.choice(("192.168.7.7", "172.20.0.1")))),
        ServiceSource("sagemaker", ip_address("54.144.9.9")),
    )
    source = host if rng.random() < 0.75 else rng.choice(others)
    destination = rng.choice(DESTINATIONS) if rng.random() < 0.5 else rng.choice(held)
    if source is host and rng.random() < 0.2:
        here = network.interface[host.interface].vpc
        elsewhere = [str(item.address) for item in hosts if item.vpc != here]
        destination = rng.choice(elsewhere or [destination])
    protocol, port = rng.choice((("tcp", 443), ("tcp", 443), ("tcp", 22), ("udp", 53), ("icmp", 0)))
    if ":" in destination and not isinstance(source, InterfaceSource):
        source = InternetSource(ip_address("2001:db8:77::77"))
    return Flow(source, destination, protocol, port)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Random networks, for Hypothesis."""
    return random_network(draw(st.randoms(use_true_random=True)))


@st.composite
def journeys(draw: st.DrawFn) -> tuple[Network, Flow]:
    """A random network and a flow in it, which comes to nothing that is not modelled."""
    rng = draw(st.randoms(use_true_random=True))
    network = random_network(rng)
    flow = random_flow(rng, network)
    try:
        trace(network, flow)
    except NotModelled:
        reject()
    return network, flow


def _some(rng, items, chance):
    return items if rng.random() < chance else ()


def _rarely(rng, odd, usual, chance=0.1):
    return odd if rng.random() < chance else usual


def _vpc(rng, name, *, six):
    cidrs = tuple(ip_network(cidr) for cidr in CIDRS[name] if six or ":" not in cidr)
    region = "us-west-1" if name == "vpc-3" else REGION
    return Vpc(name, cidrs, region, dns_support=rng.random() < 0.95, dns_hostnames=rng.random() < 0.8)


def _subnet(name, *, six):
    vpc, second, third = SUBNETS[name]
    cidrs = [ip_network(f"10.{second}.{third}.0/24")]
    if six and vpc == "vpc-1":
        cidrs.append(ip_network(f"2600:1f18:1:{name[-1].replace('p', 'c')}::/64"))
    region = "us-west-1" if vpc == "vpc-3" else REGION
    return Subnet(name, vpc, tuple(cidrs), region + ("a" if name[-1] in "apxv" else "b"))


def _tables(rng, *, six, whole):
    for vpc, names in (("vpc-1", ("a", "b", "p")), ("vpc-2", ("x", "y")), ("vpc-3", ("v", "w"))):
        local = [f"{cidr} local" for cidr in CIDRS[vpc] if six or ":" not in cidr]
        placed = {name: _some(rng, (f"subnet-{name}",), 0.85) for name in names}
        yield table(f"rtb-main-{vpc}", *local, *_routes(rng, vpc, "main", whole=whole), main=True, vpc=vpc)
        for name, subnets in placed.items():
            yield table(
                f"rtb-{name}", *local, *_routes(rng, vpc, name, whole=whole), subnets=subnets, vpc=vpc
            )


def _routes(rng, vpc, name, *, whole):
    if vpc == "vpc-3":
        yield from _far_routes(rng, whole=whole)
        return
    here = vpc == "vpc-1"
    ways = (
        ["igw-1", *["nat-1"] * 4, "nat-2", "vgw-1", "pcx-1"] if here else ["igw-2", "nat-3", "vgw-2", "pcx-1"]
    )
    # Most subnets that hold a NAT gateway are public, or hardly any would work.
    ways += [ways[0]] * (12 if name in "pxy" else 1)
    ways += ["tgw-1", "tgw-1"] if name in "abx" else []
    gateway = "vgw-1" if here else "vgw-2"
    routes = {
        "0.0.0.0/0": (0.85, ways),
        "10.30.0.0/16" if here else "10.20.0.0/16": (
            0.95 if whole else 0.6,
            ["tgw-1"] * 8 + ["pcx-1"] * 2 if whole else ["pcx-1"] * 3 + ["tgw-1"] * 2 + ways[:1],
        ),
        "10.40.0.0/16": (0.95 if whole else 0.6, ["tgw-1"] * 16 + ways),
        "192.168.0.0/16": (0.4, [f"{gateway} propagated", gateway, ways[0]]),
        "52.216.0.0/15": (0.1, ways),
        "203.0.113.0/24": (0.1, ways),
        "pl-s3": (0.4, ["vpce-s3"] if here else ["vpce-s3-2"]),
        "pl-own": (0.1, ways),
        "::/0": (0.7, ["igw-1", "eigw-1"] if here else ["igw-2"]),
        "10.20.2.0/24" if here else "10.30.2.0/24": (0.05, [way for way in ways if way.startswith("nat")]),
    }
    for destination, (chance, targets) in routes.items():
        if rng.random() < chance:
            yield f"{destination} {rng.choice(targets)}{_rarely(rng, ' blackhole', '', 0.05)}"
    if rng.random() < 0.03:
        yield f"10.{20 if here else 30}.{rng.choice((1, 2))}.0/24 tgw-1"
    if rng.random() < 0.15:
        yield f"0.0.0.0/0 {gateway} propagated"
    if rng.random() < 0.1:
        # Learned from a peer that announces a part of the VPC itself.
        yield f"{'10.20' if here else '10.30'}.{rng.choice((1, 2))}.0/25 {gateway} propagated"


def _far_routes(rng, *, whole):
    """Of the VPC in the other Region, which has no way out but its transit gateway."""
    for destination, chance in (("0.0.0.0/0", 0.5), ("10.20.0.0/16", 0.7), ("10.30.0.0/16", 0.5)):
        if whole or rng.random() < chance:
            yield f"{destination} tgw-2{_rarely(rng, ' blackhole', '', 0.05)}"


def _transit(rng, *, whole):
    """A transit gateway in each Region and the peering between them; what is broken differs."""

    def mostly(odd, usual, chance):
        return _rarely(rng, odd, usual, chance / 3 if whole else chance)

    table_of = {
        name: mostly(rng.choice((f"{name}-rtb-2", "")), f"{name}-rtb-1", 0.3) for name in ("tgw-1", "tgw-2")
    }
    places = {
        "vpc-1": ("subnet-a", "subnet-p", "subnet-b"),
        "vpc-2": ("subnet-x", "subnet-y"),
        "vpc-3": ("subnet-v", "subnet-w"),
    }
    ends = [
        TransitGatewayAttachment(
            f"tgw-attach-{vpc}", gateway, "vpc", vpc, mostly("deleting", "available", 0.05),
            _rarely(rng, "", rng.choice((f"{gateway}-rtb-1", f"{gateway}-rtb-1", f"{gateway}-rtb-2")), 0.05),
            (rng.choice(places[vpc][:-1]), places[vpc][-1])[: mostly(1, 2, 0.3)],
        )
        for vpc, gateway in (("vpc-1", "tgw-1"), ("vpc-2", "tgw-1"), ("vpc-3", "tgw-2"))
    ]  # fmt: skip
    ends += [
        TransitGatewayAttachment(
            "tgw-attach-peering", own, "peering", other, mostly("pendingAcceptance", "available", 0.05),
            table_of[own],
        )
        for own, other in (("tgw-1", "tgw-2"), ("tgw-2", "tgw-1"))
    ]  # fmt: skip
    return {
        "transit_gateways": (
            TransitGateway("tgw-1", REGION, mostly("deleting", "available", 0.03)),
            TransitGateway("tgw-2", "us-west-1"),
        ),
        "transit_gateway_attachments": tuple(ends),
        "transit_gateway_tables": tuple(
            TransitGatewayRouteTable(
                f"{gateway}-rtb-{number}", gateway, tuple(_transit_routes(rng, near, far, vpcs)),
                tuple(f"tgw-attach-{vpc}" for vpc in vpcs if rng.random() < (0.95 if whole else 0.8)),
            )
            for gateway, vpcs, near, far in (
                ("tgw-1", ("vpc-1", "vpc-2"), ("10.20.0.0/16", "10.30.0.0/16", "10.20.1.0/24"), ("10.40.0.0/16",)),
                ("tgw-2", ("vpc-3",), ("10.40.0.0/16",), ("10.20.0.0/16", "10.30.0.0/16", "0.0.0.0/0")),
            )
            for number in (1, 2)
        ),
    }  # fmt: skip


def _transit_routes(rng, near, far, vpcs):
    """Static routes: most of what is far by the peering, and now and then something near, or nothing at all."""
    ways = [f"tgw-attach-{vpc}" for vpc in vpcs]
    wanted = [(cidr, 0.85, ["tgw-attach-peering"] * 8 + ways) for cidr in far]
    wanted += [(cidr, 0.1, [*ways, "tgw-attach-peering", ""]) for cidr in near]
    wanted += (
        [("0.0.0.0/0", 0.4, [ways[0]] * 5 + ["tgw-attach-peering", ""])] if "0.0.0.0/0" not in far else []
    )
    wanted += [("pl-own", 0.1, [*ways, ""])]
    for destination, chance, targets in wanted:
        if rng.random() < chance:
            to = rng.choice(targets)
            listed = destination.startswith("pl-")
            yield TransitGatewayRoute(
                destination if listed else ip_network(destination), to, "active" if to else "blackhole"
            )


def _interfaces(rng, *, six):
    for name, (vpc, second, third) in SUBNETS.items():
        for number in (10, 11):
            own = ip_address(f"10.{second}.{third}.{number}")
            addresses = [own]
            if six and vpc == "vpc-1" and rng.random() < 0.8:
                addresses.append(ip_address(f"2600:1f18:1:{name[-1].replace('p', 'c')}::{number}"))
            shown = ((own, ip_address(f"54.144.{third}.{second + number}")),) if rng.random() < 0.5 else ()
            members = tuple(sorted(rng.sample(("sg-1", "sg-2", "sg-3", "sg-4"), rng.choice((1, 1, 2)))))
            yield NetworkInterface(
                f"eni-{name[-1]}{number}", vpc, name, tuple(addresses), members, shown,
                attached_to="i-twin" if name in ("subnet-a", "subnet-b") and number == 11 else "",
            )  # fmt: skip
    for name, third in (("a", 1), ("b", 2)):
        yield NetworkInterface(
            f"eni-ep-{name}", "vpc-1", f"subnet-{name}", (ip_address(f"10.20.{third}.200"),), ("sg-ep",),
            kind="vpc_endpoint", attached_to="vpce-if",
        )  # fmt: skip


def _groups(rng, *, whole):
    for name in ("sg-1", "sg-2", "sg-3", "sg-4", "sg-ep"):
        wide = ["out all 0.0.0.0/0"] if rng.random() < 0.8 else []
        wide += ["in all 0.0.0.0/0"] if rng.random() < (0.9 if whole else 0.6) else []
        wide += ["in all ::/0", "out all ::/0"] if rng.random() < 0.5 else []
        peers = (*PEERS, "pl-s3", "pl-own", "sg-1", "sg-2")
        narrow = [
            f"{rng.choice(('in', 'out'))} {rng.choice(SERVICES)} {rng.choice(peers)}"
            for _ in range(rng.randrange(4))
        ]
        yield group(name, *wide, *narrow)


def _acls(rng):
    names = list(SUBNETS)
    for number, name in enumerate(names):
        wide = []
        for way in ("in", "out"):
            wide += [f"{way} 100 allow all 0.0.0.0/0"] if rng.random() < 0.93 else []
            wide += [f"{way} 101 allow all ::/0"] if rng.random() < 0.93 else []
            wide += [f"{way} * deny all 0.0.0.0/0"]
        narrow = [
            f"{rng.choice(('in', 'out'))} {10 * index + rng.randrange(9)} {rng.choice(('allow', 'allow', 'deny'))} "
            f"{rng.choice(SERVICES)} {rng.choice(PEERS)}"
            for index in range(1, 1 + rng.choice((0, 0, 0, 0, 1, 2, 5)))
        ]
        yield acl(f"acl-{number}", *wide, *narrow, subnets=(name,), vpc=SUBNETS[name][0])


def _nats(rng):
    for name, subnets in (("nat-1", ("p", "p", "p", "a")), ("nat-2", ("b", "p")), ("nat-3", ("y",))):
        place = f"subnet-{rng.choice(subnets)}"
        vpc, second, third = SUBNETS[place]
        number = {"nat-1": 201, "nat-2": 202, "nat-3": 203}[name]
        shown = ip_address(f"54.145.0.{number}") if rng.random() < 0.85 else None
        state = rng.choice(("available",) * 16 + ("failed", "deleted", "pending"))
        kind = "public" if shown else "private"
        yield NatGateway(name, vpc, place, state, kind, ip_address(f"10.{second}.{third}.{number}"), shown)


def _endpoints(rng):
    service = "com.amazonaws.us-east-1.s3"
    yield VpcEndpoint("vpce-s3", "vpc-1", service, "Gateway", _rarely(rng, "deleting", "available"))
    yield VpcEndpoint("vpce-s3-2", "vpc-2", service, "Gateway")
    yield VpcEndpoint(
        "vpce-if", "vpc-1", service, "Interface", _rarely(rng, "pending", "available"),
        subnets=("subnet-a", "subnet-b"), interfaces=("eni-ep-a", "eni-ep-b"), groups=("sg-ep",),
        private_dns=rng.random() < 0.4, private_dns_inbound_only=rng.random() < 0.3,
    )  # fmt: skip


def _data_centre(rng):
    prefixes = ["192.168.0.0/16"]
    prefixes += ["0.0.0.0/0"] if rng.random() < 0.5 else []
    prefixes += ["52.216.0.0/15"] if rng.random() < 0.1 else []
    site = OnPremises(
        "hq",
        tuple(map(ip_network, prefixes)),
        rng.random() < 0.4,
        rng.random() < 0.5,
        ip_address("203.0.113.9"),
    )
    link = VirtualInterface("dxvif-1", "private", _rarely(rng, "down", "available"), site="hq")
    direct = rng.random() < 0.4
    link = replace(link, virtual_gateway="vgw-1") if direct else replace(link, gateway="dxgw-1")
    allowed = rng.choice(((), ("10.20.0.0/16",), ("10.0.0.0/8",), ("10.20.1.0/24",)))
    return {
        "on_premises": (site,),
        "virtual_interfaces": (link,),
        "direct_connect_gateways": () if direct else (DirectConnectGateway("dxgw-1"),),
        "direct_connect_associations": ()
        if direct
        else tuple(
            DirectConnectAssociation(
                "dxgw-1",
                gateway,
                _rarely(rng, "disassociating", "associated"),
                tuple(map(ip_network, allowed)),
                f"dxassoc-{gateway}",
            )
            for gateway in ("vgw-1", "vgw-2")
        ),
    }
