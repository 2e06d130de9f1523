"""The question a trace answers, and the answer: `Flow` in, `Trace` out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lab_env.network.model import Address


@dataclass(frozen=True, slots=True)
class InterfaceSource:
    """A host on a network interface, sending from ``address`` (default: the interface's primary private one)."""

    interface: str
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class InternetSource:
    """A host anywhere on the internet, with its public address."""

    address: Address


@dataclass(frozen=True, slots=True)
class OnPremisesSource:
    """A host in the data centre ``site`` (an `OnPremises` name), with its private address."""

    site: str
    address: Address


@dataclass(frozen=True, slots=True)
class ServiceSource:
    """A host in a VPC that AWS owns: a training job without ``VpcConfig`` runs in SageMaker's own.

    Nothing of the customer's network governs it: it reaches every public address.
    """

    service: str
    address: Address


Source = InterfaceSource | InternetSource | OnPremisesSource | ServiceSource


@dataclass(frozen=True, slots=True)
class Flow:
    """One connection attempt: from a source to a host name or address, by protocol and port.

    ``port`` is the destination port for ``tcp`` and ``udp``, and ignored for ``icmp`` (an echo request).
    """

    source: Source
    destination: str
    protocol: str = "tcp"
    port: int = 443


class Outcome(StrEnum):
    """Whether the far side was reached *and* its answer came back."""

    REACHED = "reached"
    DROPPED = "dropped"


class Exit(StrEnum):
    """The way a flow took out of its VPC (the words the command line prints)."""

    GATEWAY_ENDPOINT = "gateway-endpoint"
    INTERFACE_ENDPOINT = "interface-endpoint"
    INTERNET_GATEWAY = "internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    VIRTUAL_PRIVATE_GATEWAY = "virtual-private-gateway"
    PEERING = "peering"
    TRANSIT_GATEWAY = "transit-gateway"
    LOCAL = "local"
    NONE = "none"


class Verdict(StrEnum):
    """What a hop did with the packet."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    ALLOWED = "allowed"
    DENIED = "denied"
    FORWARDED = "forwarded"
    NO_ROUTE = "no route"
    DROPPED = "dropped"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Hop:
    """One resource that the packet met.

    Attributes:
        resource: its id (``rtb-…``, ``sg-… sg-…`` for the groups of one interface, ``internet``).
        kind: ``dns``, ``interface``, ``security-group``, ``network-acl``, ``route-table``, ``internet-gateway``,
            ``nat-gateway``, ``gateway-endpoint``, ``interface-endpoint``, ``peering``, ``virtual-private-gateway``,
            ``direct-connect``, ``on-premises``, ``internet``, ``aws-service``, ``subnet``.
        verdict: what it did.
        rule: the rule that decided, in AWS's notation (``pl-… (S3) → vpce-…``, ``egress tcp 443 → 0.0.0.0/0``,
            ``rule 100 allow``); ``no matching rule`` and the like when none did.
        why: one plain sentence.
        code: AWS Reachability Analyzer's explanation code, when the hop blocks and one fits; else empty.
        subnet: the subnet it happened in, when it happened in one.
    """

    resource: str
    kind: str
    verdict: Verdict
    rule: str
    why: str
    code: str = ""
    subnet: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the packet ends here."""
        return self.verdict in _BLOCKING


_BLOCKING = frozenset({Verdict.UNRESOLVED, Verdict.DENIED, Verdict.NO_ROUTE, Verdict.DROPPED})


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """What the resolver said: the addresses of a name, and who answered.

    ``by`` is ``public``, ``private`` (an interface endpoint's private zone, whose id is ``endpoint``) or ``literal``
    (the destination was an address already). No addresses: the name does not resolve, and ``why`` says so.
    """

    name: str
    addresses: tuple[Address, ...]
    by: str
    why: str
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole journey of one flow, there and back.

    Attributes:
        flow: what was asked.
        dns: the resolver's answer; ``None`` only when the source has no resolver to ask.
        forward: hops from the source to the far side.
        back: hops of the answer; also when the packet was denied on a way that is known to its end, so that what would
            lose the answer is named too. Empty when the way has no end.
        outcome: reached means that the answer came back too.
        exit: the way out that the packet took, or was on when it was dropped beyond it; ``none`` when it never left.
        destination: the address the packet was sent to; ``None`` when no name resolved.
        source_seen: the address that the far side sees; ``None`` when the packet did not arrive.
        endpoint: the VPC endpoint it went through, or ``None``.
        public_internet: whether it touched the public internet. False for traffic to AWS's public addresses through an
            internet or NAT gateway: that stays on AWS's network (PrivateLink guide, *Gateway endpoints*).
        third_party: whether it touched premises outside AWS (the customer's data centre).
        blockers: every hop that blocks, in each direction, up to the first hop without a next hop; empty when reached.
    """

    flow: Flow
    dns: DnsAnswer | None
    forward: tuple[Hop, ...]
    back: tuple[Hop, ...]
    outcome: Outcome
    exit: Exit
    destination: Address | None = None
    source_seen: Address | None = None
    endpoint: str | None = None
    public_internet: bool = False
    third_party: bool = False
    blockers: tuple[Hop, ...] = field(default=())

    @property
    def reached(self) -> bool:
        """Whether the flow works."""
        return self.outcome is Outcome.REACHED

    @property
    def reason(self) -> str:
        """One sentence: why it ended as it did (the first blocker's, or the last forward hop's)."""
        decisive = self.blockers[0] if self.blockers else self.forward[-1]
        return decisive.why
