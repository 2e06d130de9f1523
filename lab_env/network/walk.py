"""The state of one journey: the hops so far, what blocked, and the steps that the answer will have to take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from lab_env.errors import IncompleteSnapshot
from lab_env.network.filters import admitting_rule, entries_of, judge_entries
from lab_env.network.flow import DnsAnswer, Exit, Flow, Hop, Outcome, Trace
from lab_env.network.hops import acl_hop, group_hop
from lab_env.network.lookups import derived, network_acl
from lab_env.network.model import Address, Network, NetworkInterface
from lab_env.network.packet import Packet

AnswerStep = Callable[[], bool]
#: The subnet that a packet is sent from, and the packet.
Sending = tuple[str, Packet]
Item = TypeVar("Item")


_UNGROUPED = frozenset(
    {
        "nat_gateway",
        "network_load_balancer",
        "gateway_load_balancer",
        "gateway_load_balancer_endpoint",
        "transit_gateway",
    }
)


def known(item: Item | None, target: str, answer: str) -> Item:
    """The resource that a route leads to.

    Raises:
        IncompleteSnapshot: the network does not hold it.
    """
    if item is None:
        raise IncompleteSnapshot(
            "a route leads to it, and it is not known.",
            where=target,
            do=f"Add the answer of describe-{answer} to the snapshot.",
        )
    return item


@dataclass(slots=True)
class Walk:
    """A packet on its way.

    A denied packet walks on, so that whatever else blocks it is named too; but what it took, touched and showed is
    only what it did before it was first denied.

    Attributes:
        network: what it walks through.
        flow: what was asked.
        dns: the resolver's answer.
        forward: the hops to the far side.
        back: the hops of the answer.
        blocked: whether a hop has blocked the packet already.
        nats: the NAT gateways it came through.
        home: the subnet that its sender, or the NAT gateway that sends it on, stands in; empty for who is in none.
        transit: the transit gateway that brought it into the VPC where it is; empty when none did.
        spared: the subnet whose network ACL does not judge the answer, since a transit gateway puts it out right there.
    """

    network: Network
    flow: Flow
    dns: DnsAnswer
    forward: list[Hop] = field(default_factory=list)
    back: list[Hop] = field(default_factory=list)
    blocked: bool = False
    nats: list[str] = field(default_factory=list)
    home: str = ""
    transit: str = ""
    spared: str = ""
    _exit: Exit = Exit.NONE
    _endpoint: str | None = None
    _public_internet: bool = False
    _third_party: bool = False
    _source_seen: Address | None = None
    _destination: Address | None = None
    _answer: list[AnswerStep] = field(default_factory=list)

    def add(self, hop: Hop) -> bool:
        """Note a hop; whether the packet is let on by it."""
        self.forward.append(hop)
        self.blocked = self.blocked or hop.blocks
        return not hop.blocks

    def head_for(self, destination: Address) -> None:
        """Note the address that the packet is sent to."""
        self._destination = destination

    def take(self, way: Exit, endpoint: str | None = None) -> None:
        """Note the way out of the VPC, and the endpoint it leads through."""
        if not self.blocked:
            self._exit, self._endpoint = way, endpoint

    def touch(self, *, public_internet: bool = False, third_party: bool = False) -> None:
        """Note ground outside AWS that the packet touches."""
        if not self.blocked:
            self._public_internet = self._public_internet or public_internet
            self._third_party = self._third_party or third_party

    def arrive(self, hop: Hop, packet: Packet) -> None:
        """Note the last hop, at the far side, and follow the answer until it is home or lost."""
        self.add(hop)
        if not self.blocked:
            self._source_seen = packet.source
        for step in reversed(self._answer):
            if not step():
                break

    def on_answer(self, step: AnswerStep) -> None:
        """Add a step of the answer's way; the one added last is taken first. A step says whether the answer goes on."""
        self._answer.append(step)

    def note_answer(self, hop: Hop) -> bool:
        """Note a hop of the answer; whether it may go on, a filter's denial not being the end of the walk."""
        self.back.append(hop)
        return True

    @property
    def lost(self) -> bool:
        """Whether the packet, or its answer, is lost already, whatever comes after."""
        return self.blocked or any(hop.blocks for hop in self.back)

    def groups(self, interface: NetworkInterface, packet: Packet, *, egress: bool) -> None:
        """Pass the security groups of an interface; the kinds to which AWS may give none have no filter then."""
        if not interface.groups and interface.kind in _UNGROUPED:
            return
        found = admitting_rule(self.network, interface, packet, egress=egress)
        self.add(group_hop(self.network, interface, packet, found, egress=egress))

    def leave(self, subnet: str, packet: Packet) -> None:
        """Cross a subnet's boundary outwards."""
        self.add(self._acl(subnet, packet, egress=True, answer=False))

    def enter(self, subnet: str, packet: Packet) -> None:
        """Cross a subnet's boundary inwards."""
        self.add(self._acl(subnet, packet, egress=False, answer=False))

    def answer_leaves(self, subnet: str, answer: Packet) -> bool:
        """Take the answer across a subnet's boundary outwards."""
        return self.note_answer(self._acl(subnet, answer, egress=True, answer=True))

    def answer_enters(self, subnet: str, answer: Packet) -> bool:
        """Take the answer across a subnet's boundary inwards."""
        return self.note_answer(self._acl(subnet, answer, egress=False, answer=True))

    def _acl(self, subnet: str, packet: Packet, *, egress: bool, answer: bool) -> Hop:
        acl = network_acl(self.network, subnet)
        entries = derived(self.network, ("entries", acl.id, egress), lambda: entries_of(acl, egress=egress))
        verdict = judge_entries(entries, packet, packet.destination if egress else packet.source)
        return acl_hop(acl, subnet, packet, verdict, egress=egress, answer=answer)

    def finish(self) -> Trace:
        """The journey as a value."""
        blockers = tuple(hop for hop in (*self.forward, *self.back) if hop.blocks)
        return Trace(
            flow=self.flow,
            dns=self.dns,
            forward=tuple(self.forward),
            back=tuple(self.back),
            outcome=Outcome.DROPPED if blockers else Outcome.REACHED,
            exit=self._exit,
            destination=self._destination,
            source_seen=self._source_seen,
            endpoint=self._endpoint,
            public_internet=self._public_internet,
            third_party=self._third_party,
            blockers=blockers,
        )
