"""A trace laid over a scene: which node each hop belongs to, the ways between them, and where the packet died."""

from __future__ import annotations

from lab_env.network.flow import (
    Hop,
    InterfaceSource,
    InternetSource,
    OnPremisesSource,
    ServiceSource,
    Source,
    Trace,
    Verdict,
)
from lab_env.network.model import Network
from lab_env.views.names import hop_kind, service_name
from lab_env.views.scene import Node, Path, Scene, Step, Stop
from lab_env.views.things import INTERNET, service_node

_STAYING = frozenset({"dns", "security-group", "network-acl", "subnet"})
_STANDING = frozenset({"interface", "nat-gateway", "interface-endpoint"})
_TRANSLATING = frozenset({"nat-gateway", "internet-gateway"})


def extra_nodes(trace: Trace, network: Network) -> tuple[Node, ...]:
    """What a trace needs outside the VPCs that the network alone does not show: its source, its destination."""
    source = trace.flow.source
    nodes = [] if not isinstance(source, ServiceSource) else [_platform(source)]
    # An instance's public address is one of EC2's ranges too, and its node stands in its VPC.
    there = trace.destination
    wanted = None if there is None or network.interface_at_public(there) else there
    nodes += [
        service_node(known.service, known.region)
        for known in network.internet.aws
        if wanted is not None and known.service != "amazon" and wanted in known.cidr
    ]
    nodes += [
        _service_from(hop) for hop in trace.forward if hop.kind == "aws-service" and "." in hop.resource
    ]
    return tuple(nodes)


def _platform(source: ServiceSource) -> Node:
    return Node(
        f"{source.service} VPC", "sagemaker", f"{service_name(source.service)}'s own VPC", str(source.address)
    )


def _service_from(hop: Hop) -> Node:
    service, _, region = hop.resource.partition(".")
    return service_node(service, region)


def source_id(source: Source) -> str:
    """The id of the node a source stands at (an interface's own id)."""
    if isinstance(source, InterfaceSource):
        return source.interface
    if isinstance(source, InternetSource):
        return INTERNET.id
    if isinstance(source, OnPremisesSource):
        return source.site
    return f"{source.service} VPC"


def overlay(scene: Scene, trace: Trace, network: Network, *, hops: int | None = None) -> Path:
    """The path of a trace over the scene of the network it was traced in.

    Args:
        scene: what is shown.
        trace: the journey.
        network: where it was traced.
        hops: how many hops of it to tell, the answer's after the packet's; by default all.
    """
    walker = _Walker(scene, trace, network)
    walker.go(len(trace.forward) + len(trace.back) if hops is None else hops)
    return walker.path() if hops is None else walker.path(walker.last)


class _Walker:
    """Follows the hops from node to node, and notes what is told where."""

    def __init__(self, scene: Scene, trace: Trace, network: Network) -> None:
        self._trace, self._scene, self._network = trace, scene, network
        self._nodes = {own: node for node in scene.nodes() for own in (node.id, *node.members)}
        self._start = self._here = self._node(source_id(trace.flow.source))
        self._in_subnet = self._met_in_subnets()
        self._steps: dict[str, list[Step]] = {}
        self._matched: dict[tuple[str, int], Step] = {}
        self._ways: list[tuple[str, str]] = []
        self._stops: list[Stop] = []
        self.last = ("", "")

    def path(self, here: tuple[str, str] = ("", "")) -> Path:
        steps = {node: tuple(held) for node, held in self._steps.items()}
        return Path(steps, self._matched, tuple(dict.fromkeys(self._ways)), tuple(self._stops), here)

    def go(self, hops: int) -> None:
        there = self._trace.forward
        for number, hop in enumerate(there[:hops], 1):
            target = "" if hop.kind in _STAYING else self._node(hop.resource)
            if target and target != self._here:
                self._move(target)
            self._tell(self._place(hop), hop, str(number))
        if hops >= len(there):
            self._beyond_endpoint(there[-1])
        for hop in self._trace.back[: max(0, hops - len(there))]:
            self._tell(self._place(hop, answer=True), hop, "↩")

    def _met_in_subnets(self) -> dict[str, str]:
        # A network ACL stands between subnets: its hops are told at what the packet met inside.
        met: dict[str, str] = {}
        source = self._network.interface.get(source_id(self._trace.flow.source))
        if source:
            met[source.subnet] = self._start
        for hop in self._trace.forward:
            if hop.kind in _STANDING and hop.subnet and self._node(hop.resource):
                met.setdefault(hop.subnet, self._node(hop.resource))
        return met

    def _place(self, hop: Hop, *, answer: bool = False) -> str:
        if hop.kind == "security-group" and "ingress" in hop.rule:
            return self._receiver() or self._here
        if hop.kind in _STAYING and hop.subnet:
            return self._in_subnet.get(hop.subnet, self._here)
        return (self._node(hop.resource) or self._start) if answer else self._here

    def _receiver(self) -> str:
        destination = self._trace.destination
        held = (i for i in self._network.interfaces if destination in (*i.addresses, i.public_address()))
        return next((self._node(interface.id) for interface in held), "")

    def _node(self, resource: str) -> str:
        found = self._nodes.get(resource)
        return found.id if found else ""

    def _move(self, target: str) -> None:
        if not self._stops and self._here:
            self._ways.append((self._here, target))
        self._here = target

    def _tell(self, node: str, hop: Hop, number: str) -> None:
        kind = "blocked" if hop.blocks else "unmet" if self._stops else "met"
        step = Step(number, hop_words(hop, met=kind != "unmet"), kind)
        row = self._row(node, hop)
        if row < 0:
            told = self._steps.setdefault(node, [])
            if step not in told:
                told.append(step)
            port = f"s{told.index(step)}"
        else:
            # The answer may take the route that the packet took: the row bears the packet's number.
            self._matched.setdefault((node, row), step)
            port = f"r{row}"
        self.last = (node, port)
        if hop.blocks and node:
            self._stops.append(Stop(node, _reason(hop, self._trace, answer=number == "↩"), port))

    def _row(self, node: str, hop: Hop) -> int:
        if hop.kind != "route-table" or node not in self._nodes:
            return -1
        rule = hop.rule.removesuffix(" (blackhole)")
        texts = [f"{row.destination} → {row.target or row.via}" for row in self._nodes[node].routes]
        return texts.index(rule) if rule in texts else -1

    def _beyond_endpoint(self, last: Hop) -> None:
        if last.verdict is Verdict.REACHED and last.kind in {"gateway-endpoint", "interface-endpoint"}:
            behind = (
                link.head for link in self._scene.links if link.tail == self._here and link.kind == "beyond"
            )
            for service in behind:
                self._move(service)


def hop_words(hop: Hop, *, met: bool = True) -> str:
    """A hop in a few words: ``network ACL: allowed``, ``10.20.100.7 → 52.4.19.80``, ``✗ no matching route``."""
    mark = "✗ " if hop.blocks else ""
    if hop.kind == "dns":
        return f"{mark}DNS {hop.rule.rpartition(' → ')[2]}"
    if hop.kind in _TRANSLATING or hop.kind == "route-table" or (hop.blocks and hop.kind not in _STAYING):
        return f"{mark}{hop.rule}"
    verdict = hop.verdict.value if met else f"would be {hop.verdict.value}"
    return f"{mark}{hop_kind(hop)}: {verdict}" if hop.kind in _STAYING else f"{mark}{verdict}"


def _reason(hop: Hop, trace: Trace, *, answer: bool) -> tuple[str, ...]:
    what = "answer " if answer else ""
    if hop.verdict is Verdict.NO_ROUTE:
        return f"✗ {what}no route", f"to {trace.destination}"
    if hop.verdict is Verdict.DENIED:
        return f"✗ {what}denied", f"by the {hop_kind(hop)}"
    return f"✗ {what}{hop.verdict.value}", hop.rule
