"""A trace as a learner reads it: numbered hops there, the hops of the answer, and the outcome in a sentence."""

from __future__ import annotations

from html import escape
from itertools import chain
from textwrap import wrap

from lab_env.network.flow import (
    Exit,
    Flow,
    Hop,
    InterfaceSource,
    InternetSource,
    OnPremisesSource,
    Trace,
)
from lab_env.network.model import Network
from lab_env.views.names import Names, hop_kind, service_name
from lab_env.views.table import WIDTH, Table, text_blocks

_RETURN = "↩"
_WAYS = {
    Exit.GATEWAY_ENDPOINT: "through gateway endpoint {endpoint}",
    Exit.INTERFACE_ENDPOINT: "through interface endpoint {endpoint}",
    Exit.INTERNET_GATEWAY: "through an internet gateway",
    Exit.NAT_GATEWAY: "through a NAT gateway",
    Exit.VIRTUAL_PRIVATE_GATEWAY: "through a virtual private gateway",
    Exit.PEERING: "through VPC peering",
    Exit.TRANSIT_GATEWAY: "through a transit gateway",
    Exit.LOCAL: "inside the VPC",
    Exit.NONE: "without a VPC's gateway",
}


class TraceView:
    """One trace as aligned text (terminals, screen readers, diffs) and as an accessible HTML table.

    Args:
        trace: the journey to show.
        network: the network it was traced in, for Name tags and addresses.
    """

    def __init__(self, trace: Trace, network: Network) -> None:
        self.trace = trace
        self.network = network
        self._names = Names(network)

    def __str__(self) -> str:
        blocks = text_blocks(self._rows())
        lines = chain.from_iterable(
            [*block, *self._reason(hop)] for block, hop in zip(blocks, self._hops, strict=True)
        )
        found = [f"   {self.resolved}"] if self.resolved else []
        return "\n".join([*wrap(self.title, WIDTH), *found, *lines, *wrap(self.sentence, WIDTH)])

    __repr__ = __str__

    @property
    def title(self) -> str:
        """Who asked for what: ``eni-… (10.20.1.14) → s3.us-east-1.amazonaws.com:443/tcp``."""
        return f"{self._source()} → {describe_flow(self.trace.flow)}"

    @property
    def resolved(self) -> str:
        """What the resolver said; empty where nobody asked one, or where a hop tells it already."""
        dns = self.trace.dns
        if dns is None or dns.by == "literal" or any(hop.kind == "dns" for hop in self.trace.forward):
            return ""
        addresses = ", ".join(map(str, dns.addresses))
        return f"{dns.name} is {addresses} ({dns.by} DNS)" if addresses else dns.why

    @property
    def sentence(self) -> str:
        """The outcome, in a sentence or two."""
        return self._reached() if self.trace.reached else self._dropped()

    def _reached(self) -> str:
        trace = self.trace
        inbound = trace.exit is Exit.NONE and trace.forward[0].kind == "internet-gateway"
        way = "through an internet gateway" if inbound else _WAYS[trace.exit].format(endpoint=trace.endpoint)
        seen = f"; the far side sees {trace.source_seen}" if trace.source_seen else ""
        return f"✓ Reached {way}{seen}; {_touched(trace)}."

    def _dropped(self) -> str:
        blockers = self.trace.blockers
        if len(blockers) > 1:
            return (
                f"✗ Dropped: {len(blockers)} things block this flow, each marked ✗; all of them must change."
            )
        if not blockers:
            return f"✗ Dropped: {self.trace.reason}"
        hop = blockers[0]
        where = "on the way back, at" if self._is_return(hop) else "at"
        return f"✗ Dropped {where} {hop_kind(hop)} {self._full(hop)}: {_why(hop)}"

    @property
    def told(self) -> tuple[tuple[str, ...], ...]:
        """Hop by hop, the answer's last: number, resource, what it is, rule, verdict, why."""
        return tuple((*row, _why(hop)) for row, hop in zip(self._rows(), self._hops, strict=True))

    @property
    def _hops(self) -> tuple[Hop, ...]:
        return self.trace.forward + self.trace.back

    def _is_return(self, hop: Hop) -> bool:
        return any(hop is other for other in self.trace.back)

    def _full(self, hop: Hop) -> str:
        return " ".join(map(self._names.full, hop.resource.split()))

    def _source(self) -> str:
        source = self.trace.flow.source
        if isinstance(source, InterfaceSource):
            own = self.network.interface.get(source.interface)
            address = source.address or (own.address if own else None)
            return f"{source.interface} ({address})" if address else source.interface
        if isinstance(source, InternetSource):
            return f"a host on the internet ({source.address})"
        if isinstance(source, OnPremisesSource):
            return f"a host in {source.site} ({source.address})"
        return f"{service_name(source.service)}'s own VPC ({source.address})"

    def _rows(self) -> list[tuple[str, ...]]:
        digits = len(str(len(self.trace.forward)))
        numbers = [*map(str, range(1, len(self.trace.forward) + 1)), *[_RETURN] * len(self.trace.back)]
        end = next((place for place, hop in enumerate(self._hops) if hop.blocks), len(numbers))
        return [
            self._row(number.rjust(digits), hop, met=place <= end)
            for place, (number, hop) in enumerate(zip(numbers, self._hops, strict=True))
        ]

    def _row(self, number: str, hop: Hop, *, met: bool) -> tuple[str, ...]:
        # Past the first blocker, the hops say what would happen if it were gone.
        mark = "✗ " if hop.blocks else "" if met else "would be "
        rule = hop.rule.removeprefix(f"{self.trace.flow.destination} → ")
        return number, hop.resource, self._what(hop), rule, f"{mark}{hop.verdict.value}"

    def _what(self, hop: Hop) -> str:
        names = ", ".join(filter(None, map(self._names.of, hop.resource.split())))
        if not names and hop.kind == "network-acl" and hop.subnet:
            names = f"of {self._names.of(hop.subnet) or hop.subnet}"
        return f"{hop_kind(hop)} {names}".strip()

    def _reason(self, hop: Hop) -> list[str]:
        if not hop.blocks or len(self.trace.blockers) < 2:
            return []
        return wrap(_why(hop), WIDTH, initial_indent="   ✗ ", subsequent_indent="     ")

    def html(self) -> str:
        """The hops as a table with every reason, and the outcome under it."""
        spoken = tuple(
            (f"{number} return" if _RETURN in number else number, *rest) for number, *rest in self.told
        )
        marked = frozenset(number for number, hop in enumerate(self._hops) if hop.blocks)
        caption = f"{self.title} — {self.resolved}" if self.resolved else self.title
        table = Table(("hop", "resource", "what it is", "rule", "verdict", "why"), spoken, caption, marked)
        return f'{table.html()}<p style="margin:0.2em 0;font-weight:600">{escape(self.sentence)}</p>'

    _repr_html_ = html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        return {"text/plain": str(self), "text/html": self.html()}


def _why(hop: Hop) -> str:
    sentence = hop.why if hop.why.endswith(".") else f"{hop.why}."
    return f"{sentence} [{hop.code}]" if hop.code else sentence


def _touched(trace: Trace) -> str:
    internet = (
        "it crosses the public internet"
        if trace.public_internet
        else "nothing of it crosses the public internet"
    )
    return f"{internet}, and it passes premises outside AWS" if trace.third_party else internet


def describe_flow(flow: Flow) -> str:
    """``s3.us-east-1.amazonaws.com:443/tcp``: what a flow asks for, in one word."""
    port = "" if flow.protocol == "icmp" else f":{flow.port}"
    return f"{flow.destination}{port}/{flow.protocol}"
