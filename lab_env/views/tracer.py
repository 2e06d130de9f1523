"""The packet tracer: a question to the network, stepped through hop by hop, and what another rule would change.

It works on copies of the network as a value: whatever is turned here, the cloud stays as it is. Where nobody looks it
is a static form: the picture of the whole way, the table of its hops, and the rules that could be turned.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from textwrap import wrap
from typing import Any

from lab_env.errors import InvalidInput, LabError
from lab_env.network import Flow, InterfaceSource, Network, Source, Trace, trace
from lab_env.network.model import NetworkInterface
from lab_env.network.what_if import Rule, rules, turned
from lab_env.views.facts import what_if_text
from lab_env.views.names import Names
from lab_env.views.progress import front_end
from lab_env.views.table import WIDTH, Table
from lab_env.views.things import host_title
from lab_env.views.topology import Picture, diagram
from lab_env.views.trace_view import TraceView

_HELD = ("route-table", "security-group", "network-acl")
COLUMNS = ("hop", "resource", "what it is", "rule", "verdict", "why")


@dataclass(frozen=True, slots=True)
class Start:
    """Where a packet may start.

    Attributes:
        name: what people call it.
        source: where that is.
        interfaces: those that stand only in the question.
    """

    name: str
    source: Source
    interfaces: tuple[NetworkInterface, ...] = ()


@dataclass(frozen=True)
class Journey:
    """One question to one network, and its answer.

    Attributes:
        network: the network as it stands.
        start: where the packet starts.
        destination: the host name or address it is for.
        port: TCP port.
        changes: the rules that are turned for the time of the question.
    """

    network: Network
    start: Start
    destination: str
    port: int = 443
    changes: frozenset[Rule] = field(default_factory=frozenset)

    @cached_property
    def standing(self) -> Network:
        """The network as it stands, with the host that only the question has."""
        found = self.network
        for interface in self.start.interfaces:
            found = found.with_interface(interface)
        return found

    @cached_property
    def supposed(self) -> Network:
        """The network with the rules turned."""
        return turned(self.standing, self._in_order)

    @cached_property
    def trace(self) -> Trace:
        """The way in the network with the rules turned.

        Raises:
            LabError: the question cannot be asked, or meets what is not modelled.
        """
        return trace(self.supposed, self._flow)

    @cached_property
    def view(self) -> TraceView:
        """The same as a table with its sentences."""
        return TraceView(self.trace, self.supposed)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """What could be turned: the rules of all that the packet meets, or would meet with the rules turned.

        Those that the way meets as it stands come first, so that their order does not depend on what is turned.
        """
        usual = replace(self, changes=frozenset()) if self.changes else self
        found = dict.fromkeys(rules(self.standing, usual.met))
        return (*found, *(rule for rule in rules(self.standing, self.met) if rule not in found))

    @cached_property
    def met(self) -> frozenset[str]:
        """The route tables, security groups and network ACLs on the way, and those of the place it starts at."""
        return frozenset((*self._of_start(), *self._on_the_way()))

    @property
    def _flow(self) -> Flow:
        if not self.destination.strip():
            raise InvalidInput("there is no destination.", do="Give a host name or an address.")
        return Flow(self.start.source, self.destination.strip(), "tcp", self.port)

    @property
    def _in_order(self) -> list[Rule]:
        return sorted(self.changes, key=lambda rule: what_if_text(rule, Names(self.standing)))

    def _on_the_way(self) -> list[str]:
        try:
            hops = (*self.trace.forward, *self.trace.back)
        except LabError:
            return []
        return [own for hop in hops if hop.kind in _HELD for own in hop.resource.split()]

    def _of_start(self) -> list[str]:
        source, network = self.start.source, self.standing
        own = network.interface.get(source.interface) if isinstance(source, InterfaceSource) else None
        if own is None:
            return []
        ruling = (network.route_table_of(own.subnet), network.network_acl_of(own.subnet))
        return [*own.groups, *(item.id for item in ruling if item is not None)]

    def picture(self, hops: int | None = None) -> Picture:
        """The way over the architecture; with ``hops``, only as far as that many."""
        return diagram(self.supposed, self.trace, hops=hops, focus=self._focus())

    def _focus(self) -> Collection[str] | None:
        source = self.start.source
        if not isinstance(source, InterfaceSource) or self.network.peerings:
            return None
        return (self.supposed.interface[source.interface].vpc,)

    def parted(self, other: Journey) -> int:
        """The number of the first hop, from 1, at which this journey is not another one's; 1 where either has none."""
        try:
            pairs = zip(self.view.told, other.view.told, strict=False)
        except LabError:
            return 1
        return next((n for n, (one, two) in enumerate(pairs, 1) if one[1:] != two[1:]), len(self.view.told))


class Tracer:
    """A journey to look at. Displayed in a notebook that somebody looks at, it is a form; else picture and table.

    Args:
        journey: what it begins with.
        starts: where else packets may start.
        destinations: host names to be suggested.
        shown: whether to show the form; by default where there is a front end.
    """

    def __init__(
        self,
        journey: Journey,
        starts: tuple[Start, ...] = (),
        destinations: tuple[str, ...] = (),
        *,
        shown: bool | None = None,
    ) -> None:
        self.journey = journey
        self.starts = starts or (journey.start,)
        self.destinations = destinations
        self._shown = front_end() if shown is None else shown

    def __str__(self) -> str:
        return "\n".join(
            [str(self.journey.view), *(["", *self._supposing()] if self.journey.changes else [])]
        )

    __repr__ = __str__

    def _supposing(self) -> list[str]:
        names = Names(self.journey.standing)
        told = [
            f"{what_if_text(rule, names)} {'were not there' if rule.stands else 'were there'}"
            for rule in self.journey.rules
            if rule in self.journey.changes
        ]
        return wrap(f"This is what would happen if {'; and '.join(told)}. The cloud is as it was.", WIDTH)

    def rules(self) -> Table:
        """The rules that could be turned, numbered for `what_if`."""
        journey = self.journey
        names = Names(journey.standing)
        rows = tuple(
            (
                str(number),
                what_if_text(rule, names),
                "stands" if rule.stands else "could be added",
                _turn(rule, journey),
            )
            for number, rule in enumerate(journey.rules, 1)
        )
        return Table(("number", "rule", "now", "here"), rows, "What if …")

    def what_if(self, *numbers: int) -> Tracer:
        """The same question with some rules turned, by their numbers in `rules`: on a copy, the cloud stays as it is.

        Raises:
            InvalidInput: there is no rule of that number.
        """
        known = self.journey.rules
        wrong = [number for number in numbers if not 1 <= number <= len(known)]
        if wrong:
            raise InvalidInput(
                "there is no such rule.", where=str(wrong[0]), do=f"There are 1 to {len(known)}."
            )
        turned_now = self.journey.changes ^ {known[number - 1] for number in numbers}
        return Tracer(
            replace(self.journey, changes=turned_now), self.starts, self.destinations, shown=self._shown
        )

    def html(self) -> str:
        """The picture of the whole way, its hops as a table, and what could be turned behind a summary."""
        supposed = "".join(
            f"<p>{escape(line)}</p>" for line in [" ".join(self._supposing())] if self.journey.changes
        )
        picture = self.journey.picture()._repr_html_()
        folded = f"<details><summary>What if …</summary>{self.rules().html()}</details>"
        return f"{picture}{self.journey.view.html()}{supposed}{folded}"

    def form(self) -> Any:
        """The form, an ipywidgets box."""
        from lab_env.views.tracer_form import TracerForm

        return TracerForm(self).box

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude  # all forms are always given: a front end takes the one it can show
        found: dict[str, Any] = {"text/plain": str(self), "text/html": self.html()}
        if self._shown:
            found |= self.form()._repr_mimebundle_()
        return found


def _turn(rule: Rule, journey: Journey) -> str:
    if rule not in journey.changes:
        return ""
    return "taken out" if rule.stands else "added"


def starts_of(network: Network, hosts: Collection[tuple[str, NetworkInterface]] = ()) -> tuple[Start, ...]:
    """Where packets may start in a network: at the interfaces that stand, and at hosts that only a question has.

    Args:
        network: the network.
        hosts: names and interfaces of such hosts.
    """
    standing = {nat.interface for nat in network.nat_gateways} | {
        own for endpoint in network.endpoints for own in endpoint.interfaces
    }
    real = (item for item in network.interfaces if item.id not in standing)
    return (
        *(Start(host_title(item), InterfaceSource(item.id)) for item in real),
        *(Start(name, InterfaceSource(host.id), (host,)) for name, host in hosts),
    )
