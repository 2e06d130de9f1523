"""Reachability a second time: short, slow, straight from AWS's documents, sharing no code with the tracer.

It answers only whether a flow works, what the far side sees and through which endpoint. Both directions of each step
are asked at once: every filter on the way out is met again by the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network

LINUX, NAT = (32768, 60999), (1024, 65535)
NUMBER = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}


@dataclass(frozen=True)
class Answer:
    """Whether a flow works; if so, the source address seen, the endpoint, and what it touched."""

    reached: bool
    seen: object = None
    endpoint: str | None = None
    internet: bool = False
    third_party: bool = False


LOST = Answer(reached=False)


class Loud(Exception):
    """A packet that a transit gateway brought, and that its VPC sends to a transit gateway again."""


@dataclass(frozen=True)
class Ask:
    """What is sent: protocol and the port (ICMP: the type) of the question, and of its answer."""

    protocol: str
    ports: tuple[int, int]
    back: tuple[int, int]


class Naive:
    """The documents' rules, applied to one network."""

    def __init__(self, network):
        self.n = network

    # --- who is where -------------------------------------------------------------------------------------------------

    def reaches(self, flow, destination):
        """Whether ``flow`` works, its name having been resolved by public DNS to ``destination``."""
        self.spared = None
        kind = type(flow.source).__name__
        six = destination.version == 6
        ask = {
            "icmp": Ask(
                "icmpv6" if six else "icmp", (128, 128) if six else (8, 8), (129, 129) if six else (0, 0)
            ),
        }.get(flow.protocol, Ask(flow.protocol, (flow.port, flow.port), LINUX))
        if kind == "InterfaceSource":
            return self.from_interface(flow, destination, ask)
        if kind == "OnPremisesSource":
            return self.from_site(flow.source, destination, ask)
        if not public(destination):
            return LOST
        return self.world(flow.source.address, destination, ask, outside=kind == "InternetSource")

    def from_interface(self, flow, destination, ask):
        eni = one(e for e in self.n.interfaces if e.id == flow.source.interface)
        vpc = one(v for v in self.n.vpcs if v.id == eni.vpc)
        if not flow.destination[-1].isdigit() and not vpc.dns_support:
            return LOST
        zone = self.private_zone(flow.destination, vpc)
        if zone:
            near = [e for e in self.n.interfaces if e.id in zone.interfaces]
            destination = min(near, key=lambda e: (e.subnet != eni.subnet, int(e.addresses[0]))).addresses[0]
        source = one(a for a in eni.addresses if a.version == destination.version)
        if source is None:
            return LOST
        holder = self.holder(eni.vpc, destination)
        if holder and (holder is eni or (eni.attached_to and holder.attached_to == eni.attached_to)):
            return Answer(reached=True, seen=source)
        if not self.group_lets(eni, "egress", destination, ask):
            return LOST
        return self.out_of(eni.subnet, source, destination, ask, ())

    def private_zone(self, name, vpc):
        """Private DNS of an interface endpoint for S3: both VPC attributes on, not inbound-only."""
        if not name.endswith("s3.us-east-1.amazonaws.com") or not (vpc.dns_support and vpc.dns_hostnames):
            return None
        return one(
            e
            for e in self.n.endpoints
            if (e.vpc, e.kind, e.state, e.private_dns) == (vpc.id, "Interface", "available", True)
            and not e.private_dns_inbound_only
        )

    def holder(self, vpc, address):
        return one(e for e in self.n.interfaces if e.vpc == vpc and address in e.addresses)

    def nat_holding(self, address, vpc=None):
        """NAT gateways in a final state hold nothing any more."""
        alive = [n for n in self.n.nat_gateways if n.state not in ("failed", "deleted")]
        if vpc is None:
            return one(n for n in alive if n.public_address == address)
        return one(n for n in alive if n.vpc == vpc and n.private_address == address)

    # --- filters ------------------------------------------------------------------------------------------------------

    def group_lets(self, eni, way, other, ask):
        """Any rule of any group is enough; the answer needs none."""
        return any(
            self.rule_fits(rule, ask) and self.peer_fits(eni, rule.peer, other)
            for group in self.n.security_groups
            if group.id in eni.groups
            for rule in getattr(group, way)
        )

    def rule_fits(self, rule, ask):
        if rule.protocol == "-1":
            return True
        if rule.protocol not in (ask.protocol, NUMBER[ask.protocol]):
            return False
        if rule.from_port in (None, -1):
            return True
        if ask.protocol.startswith("icmp"):
            return rule.from_port == ask.ports[0] and rule.to_port in (-1, 0)
        return rule.from_port <= ask.ports[0] <= rule.to_port

    def peer_fits(self, eni, peer, other):
        if not isinstance(peer, str):
            return other in peer
        if peer.startswith("pl-"):
            return any(
                other in cidr for item in self.n.prefix_lists if item.id == peer for cidr in item.cidrs
            )
        joined = {eni.vpc} | {
            end
            for p in self.n.peerings
            if p.status == "active" and eni.vpc in (p.requester, p.accepter)
            for end in (p.requester, p.accepter)
        }
        return any(other in e.addresses and peer in e.groups for e in self.n.interfaces if e.vpc in joined)

    def acl_lets(self, subnet, egress, other, protocol, ports):
        """Each port by the first entry that fits; it is enough to look where an entry begins or ends."""
        acl = one(a for a in self.n.network_acls if subnet in a.subnets)
        entries = sorted((e for e in acl.entries if e.egress == egress), key=lambda e: e.number)
        edges = {
            p for e in entries for q in (e.from_port, e.to_port) if q is not None for p in (q - 1, q, q + 1)
        }
        places = {*ports, *(p for p in edges if ports[0] <= p <= ports[1])}
        return all(self.first_fit(entries, other, protocol, port) for port in places)

    def first_fit(self, entries, other, protocol, port):
        for entry in entries:
            if other not in entry.cidr or entry.protocol not in ("-1", protocol, NUMBER[protocol]):
                continue
            everything = entry.protocol == "-1" or entry.from_port in (None, -1)
            if not everything and protocol.startswith("icmp"):
                everything = entry.from_port == port and entry.to_port in (-1, 0)
                if not everything:
                    continue
            if everything or entry.from_port <= port <= entry.to_port:
                return entry.allow
        return False

    def in_and_answer_out(self, subnet, other, ask):
        asked = self.acl_lets(subnet, False, other, ask.protocol, ask.ports)
        return asked and self.acl_lets(subnet, True, other, ask.protocol, ask.back)

    # --- routes -------------------------------------------------------------------------------------------------------

    def route(self, subnet, destination):
        """Longest prefix; then static, prefix list, propagated, which never beats local; two lists: the lower id."""
        vpc = self.subnet(subnet).vpc
        table = one(t for t in self.n.route_tables if subnet in t.subnets) or one(
            t for t in self.n.route_tables if t.main and t.vpc == vpc
        )
        best = []
        for r in table.routes:
            listed = isinstance(r.destination, str)
            lists = [pl.cidrs for pl in self.n.prefix_lists if pl.id == r.destination]
            for cidr in lists[0] if listed else (r.destination,):
                rank = 1 if listed else 2 if r.origin == "EnableVgwRoutePropagation" else 0
                if destination in cidr:
                    best.append((-cidr.prefixlen, rank, str(r.destination) if listed else "", r.target, r))
        if any(row[3] == "local" for row in best):
            best = [row for row in best if row[1] != 2]
        return min(best, key=lambda row: row[:4])[-1] if best else None

    def subnet(self, name):
        return one(s for s in self.n.subnets if s.id == name)

    def out_of(self, subnet, source, destination, ask, nats):
        """Leave a subnet by its own route table."""
        home = self.subnet(subnet)
        boundary = not any(destination in cidr for cidr in home.cidrs)
        if boundary and not self.acl_lets(subnet, True, destination, ask.protocol, ask.ports):
            return LOST
        route = self.route(subnet, destination)
        if route is None or route.state == "blackhole":
            return LOST
        way = route.target.split("-")[0]
        result = getattr(self, f"by_{way}")(route, home, source, destination, ask, nats)
        if not boundary or way == "tgw" or self.spared == subnet:
            return result
        return result if self.acl_lets(subnet, False, destination, ask.protocol, ask.back) else LOST

    def by_local(self, route, home, source, destination, ask, nats):
        return self.arrive(home.vpc, source, destination, ask, "local", home)

    def by_vpce(self, route, home, source, destination, ask, nats):
        endpoint = one(e for e in self.n.endpoints if e.id == route.target)
        if endpoint.state != "available" or ask.protocol == "udp":
            return LOST
        return Answer(reached=True, seen=source, endpoint=endpoint.id)

    def by_igw(self, route, home, source, destination, ask, nats):
        gateway = one(g for g in self.n.internet_gateways if g.id == route.target)
        if home.vpc not in gateway.vpcs or (destination.version == 4 and not public(destination)):
            return LOST
        if destination.version == 6:
            return self.world(source, destination, ask)
        nat = self.nat_holding(source, home.vpc)
        eni = self.holder(home.vpc, source)
        shown = nat.public_address if nat else dict(eni.public).get(source)
        return self.world(shown, destination, ask) if shown else LOST

    def by_eigw(self, route, home, source, destination, ask, nats):
        return self.by_igw(route, home, source, destination, ask, nats) if destination.version == 6 else LOST

    def by_nat(self, route, home, source, destination, ask, nats):
        nat = one(n for n in self.n.nat_gateways if n.id == route.target)
        if nat.state != "available" or nat.id in nats:
            return LOST
        if nat.subnet != home.id and not self.in_and_answer_out(nat.subnet, source, ask):
            return LOST
        translated = ask if ask.protocol == "icmp" else Ask(ask.protocol, ask.ports, NAT)
        return self.out_of(nat.subnet, nat.private_address, destination, translated, (*nats, nat.id))

    def by_pcx(self, route, home, source, destination, ask, nats):
        peering = one(p for p in self.n.peerings if p.id == route.target)
        (far,) = {peering.requester, peering.accepter} - {home.vpc}
        there = one(v for v in self.n.vpcs if v.id == far)
        if peering.status != "active" or not any(destination in cidr for cidr in there.cidrs):
            return LOST
        return self.arrive(far, source, destination, ask, peering.id, home)

    def by_vgw(self, route, home, source, destination, ask, nats):
        gateway = one(g for g in self.n.vpn_gateways if g.id == route.target)
        if home.vpc not in gateway.vpcs:
            return LOST
        ways = [(p, line) for line in self.lines() if line[0] == gateway.id for p in self.site().prefixes]
        matching = [way for way in ways if destination in way[0]]
        if not matching:
            return LOST
        prefix, line = max(matching, key=lambda way: way[0].prefixlen)
        own = one(c for v in self.n.vpcs if v.id == home.vpc for c in v.cidrs if source in c)
        if not self.announced(own, line):
            return LOST
        carried_on = prefix.prefixlen == 0 or self.is_aws(destination)
        if public(destination) and carried_on:
            return self.leave_site(source, destination, ask)
        return Answer(reached=True, seen=source, third_party=True)

    # --- transit gateways: each direction finds its own way -----------------------------------------------------------

    def by_tgw(self, route, home, source, destination, ask, nats):
        landed = self.carried(home, source, destination, ask.protocol, ask.ports, route.target)
        if landed is None:
            return LOST
        onward = self.route(landed.id, destination)
        if onward is None or onward.state == "blackhole":
            return LOST
        if onward.target == "local":
            eni = self.holder(landed.vpc, destination)
            if eni is None or self.nat_holding(destination, landed.vpc):
                return LOST
            let = eni.subnet == landed.id or self.acl_lets(eni.subnet, False, source, ask.protocol, ask.ports)
            home_again = let and self.comes_home(eni.subnet, home, destination, source, ask)
            return self.taken(eni, source, ask) if home_again else LOST
        if onward.target.startswith("tgw-"):
            raise Loud
        nat = one(n for n in self.n.nat_gateways if n.id == onward.target)
        if nat is None or nat.state != "available" or nat.id in nats:
            return LOST
        if nat.subnet != landed.id and not self.acl_lets(nat.subnet, False, source, ask.protocol, ask.ports):
            return LOST
        if not self.comes_home(nat.subnet, home, destination, source, ask):
            return LOST
        translated = ask if ask.protocol == "icmp" else Ask(ask.protocol, ask.ports, NAT)
        return self.out_of(nat.subnet, nat.private_address, destination, translated, (*nats, nat.id))

    def carried(self, home, source, destination, protocol, ports, gateway):
        """The subnet in which a packet comes out and has met every network ACL up to there, or nothing."""
        ends = [a for a in self.n.transit_gateway_attachments if a.state == "available"]
        up = [g.id for g in self.n.transit_gateways if g.state == "available"]
        mine = one(a for a in ends if (a.gateway, a.kind, a.resource) == (gateway, "vpc", home.vpc))
        if gateway not in up or mine is None:
            return None
        near = self.near(mine, home)
        if near is None or not self.acl_lets(near.id, False, source, protocol, ports):
            return None
        for _ in self.n.transit_gateways:
            if mine is None:
                return None
            to = self.transit_route(mine, destination)
            onward = one(a for a in ends if (a.gateway, a.id) == (mine.gateway, to))
            if onward is None:
                return None
            if onward.kind == "vpc":
                out = self.near(onward, home) or self.subnet(min(onward.subnets))
                free = any(destination in cidr for cidr in out.cidrs)
                return out if free or self.acl_lets(out.id, True, destination, protocol, ports) else None
            mine = one(a for a in ends if (a.gateway, a.id) == (onward.resource, onward.id))
        return None

    def near(self, attachment, home):
        there = [self.subnet(name) for name in sorted(attachment.subnets)]
        return one(s for s in there if s.availability_zone == home.availability_zone)

    def transit_route(self, attachment, destination):
        """The attachment that the associated table leads to: longest prefix, then static, listed, propagated."""
        table = one(t for t in self.n.transit_gateway_tables if t.id == attachment.table)
        ways = []
        for r in table.routes if table else ():
            listed = [pl.cidrs for pl in self.n.prefix_lists if pl.id == r.destination]
            to = r.attachment if r.state == "active" else ""
            ways += [(cidr, len(listed), to) for cidr in (listed[0] if listed else (r.destination,))]
        for name in table.propagations if table else ():
            end = one(
                a for a in self.n.transit_gateway_attachments if (a.gateway, a.id) == (table.gateway, name)
            )
            if (end.kind, end.state) == ("vpc", "available"):
                vpc = one(v for v in self.n.vpcs if v.id == end.resource)
                ways += [(cidr, 2, name) for cidr in vpc.cidrs]
        fitting = [(-cidr.prefixlen, rank, to) for cidr, rank, to in ways if destination in cidr]
        return min(fitting)[2] if fitting else ""

    def comes_home(self, subnet, home, far, near, ask, *, judged=False):
        """Whether the answer from ``far`` to ``near`` comes out where ``near`` is, in ``home``."""
        here = self.subnet(subnet)
        outside = not any(near in cidr for cidr in here.cidrs)
        if outside and not self.acl_lets(subnet, True, near, ask.protocol, ask.back):
            return False
        back = self.route(subnet, near)
        if back is None or back.state == "blackhole":
            return False
        last, vpc = subnet, here.vpc
        if back.target.startswith("tgw-"):
            out = self.carried(here, far, near, ask.protocol, ask.back, back.target)
            onward = out and self.route(out.id, near)
            if not onward or onward.state == "blackhole" or onward.target != "local":
                return False
            last, vpc = out.id, out.vpc
            self.spared = home.id if last == home.id else self.spared
        elif back.target.startswith("pcx-"):
            last, vpc = None, self.peer_of(back.target, here.vpc, near)
        elif back.target != "local":
            return False
        if vpc != home.vpc or not (self.holder(vpc, near) or self.nat_holding(near, vpc)):
            return False
        return judged or last == home.id or self.acl_lets(home.id, False, far, ask.protocol, ask.back)

    def peer_of(self, name, vpc, address):
        peering = one(p for p in self.n.peerings if p.id == name and p.status == "active")
        far = {peering.requester, peering.accepter} - {vpc} if peering else set()
        return one(v.id for v in self.n.vpcs if v.id in far and any(address in c for c in v.cidrs))

    # --- arrivals -----------------------------------------------------------------------------------------------------

    def arrive(self, vpc, source, destination, ask, came_by, home=None):
        """To an interface of a VPC, whose subnet's table must send the answer back as the question came."""
        eni = self.holder(vpc, destination)
        if eni is None or self.nat_holding(destination, vpc):
            return LOST
        if came_by != "local" or eni.subnet != home.id:
            back = self.route(eni.subnet, source)
            if (
                back is None
                or back.state == "blackhole"
                or not self.in_and_answer_out(eni.subnet, source, ask)
            ):
                return LOST
            routers = ("local", "pcx", "tgw")
            if back.target != came_by and not (
                came_by.split("-")[0] in routers
                and back.target.split("-")[0] in routers
                and self.comes_home(eni.subnet, home, destination, source, ask, judged=True)
            ):
                return LOST
        return self.taken(eni, source, ask)

    def taken(self, eni, source, ask):
        """What the interface that holds the destination makes of it."""
        if not self.group_lets(eni, "ingress", source, ask):
            return LOST
        endpoint = one(e for e in self.n.endpoints if eni.id in e.interfaces)
        if endpoint is None:
            return Answer(reached=True, seen=source)
        works = endpoint.state == "available" and (ask.protocol, ask.ports) == ("tcp", (443, 443))
        return Answer(reached=True, seen=source, endpoint=endpoint.id) if works else LOST

    def world(self, source, destination, ask, *, outside=False):
        """On the public network: to a host or NAT gateway behind an internet gateway, to AWS, to the internet."""
        if self.nat_holding(destination):
            return LOST
        eni = one(e for e in self.n.interfaces if destination in dict(e.public).values() or
                  (destination.version == 6 and destination in e.addresses))  # fmt: skip
        if eni:
            gateway = one(g for g in self.n.internet_gateways if eni.vpc in g.vpcs and not g.egress_only)
            if gateway is None:
                return LOST
            private = one(own for own, shown in eni.public if shown == destination) or destination
            result = self.arrive(eni.vpc, source, private, ask, gateway.id)
            return Answer(True, source, result.endpoint, outside) if result.reached else LOST
        if not public(destination):
            return LOST
        aws = any(destination in item.cidr for item in self.n.internet.aws)
        return Answer(reached=True, seen=source, internet=outside or not aws)

    def is_aws(self, address):
        held = self.nat_holding(address) or any(address in dict(e.public).values() for e in self.n.interfaces)
        return bool(held) or any(address in item.cidr for item in self.n.internet.aws)

    # --- the data centre ----------------------------------------------------------------------------------------------

    def site(self):
        return self.n.on_premises[0]

    def lines(self):
        """Virtual private gateway and allowed prefixes of each private virtual interface that is up."""
        up = [v for v in self.n.virtual_interfaces if (v.kind, v.state) == ("private", "available")]
        direct = [(v.virtual_gateway, ()) for v in up if v.virtual_gateway]
        joined = [a for v in up for a in self.n.direct_connect_associations if a.gateway == v.gateway]
        return direct + [(a.virtual_gateway, a.allowed_prefixes) for a in joined if a.state == "associated"]

    def announced(self, cidr, line):
        return not line[1] or any(cidr.version == p.version and cidr.subnet_of(p) for p in line[1])

    def leave_site(self, source, destination, ask):
        site = self.site()
        link = site.public_vif and self.is_aws(destination)
        if not link and not site.internet_exit:
            return LOST
        translated = ask if ask.protocol.startswith("icmp") else Ask(ask.protocol, ask.ports, NAT)
        result = self.world(site.public_address, destination, translated, outside=not link)
        return (
            Answer(True, site.public_address, result.endpoint, result.internet, True)
            if result.reached
            else LOST
        )

    def from_site(self, source, destination, ask):
        site = self.site()
        own = [p.prefixlen for p in site.prefixes if p.prefixlen and destination in p]
        ways = [
            (cidr.prefixlen, gateway.id, vpc.id)
            for line in self.lines()
            for gateway in self.n.vpn_gateways
            if gateway.id == line[0]
            for vpc in self.n.vpcs
            if vpc.id in gateway.vpcs
            for cidr in vpc.cidrs
            if destination in cidr and self.announced(cidr, line)
        ]
        if ways and max(ways)[0] >= max(own, default=0):
            _, gateway, vpc = max(ways)
            if not any(source.address in p for p in site.prefixes):
                return LOST
            result = self.arrive(vpc, source.address, destination, ask, gateway)
            return Answer(True, source.address, result.endpoint, False, True) if result.reached else LOST
        if own and not self.is_aws(destination):
            return Answer(reached=True, seen=source.address, third_party=True)
        return self.leave_site(source.address, destination, ask) if public(destination) else LOST


def one(items):
    return next(iter(items), None)


def public(address):
    """Whether the internet routes an address."""
    if address.version == 6:
        return address in ip_network("2000::/3")
    private = ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
               "192.168.0.0/16", "224.0.0.0/3")  # fmt: skip
    return not any(address in ip_network(cidr) for cidr in private)
