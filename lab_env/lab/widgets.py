"""The verbs that open a widget: the packet tracer, the live picture, the option board."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from lab_env import scenario
from lab_env.dataplane.places import STRANGER_ADDRESS, PlacedSession, in_data_centre
from lab_env.errors import InvalidInput
from lab_env.lab.looking import DESTINATIONS, Looking
from lab_env.network.flow import InternetSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_env.network.model import NetworkInterface
    from lab_env.views.board import Board
    from lab_env.views.live_topology import Topology
    from lab_env.views.option_board import Card
    from lab_env.views.tracer import Start, Tracer

SUGGESTED = (
    DESTINATIONS["s3"],
    "s3.eu-west-1.amazonaws.com",
    "sts.us-east-1.amazonaws.com",
    DESTINATIONS["internet"],
    "exfil.example",
    str(scenario.ON_PREMISES_HOST),
)


class Widgets(Looking):
    """What is used by mouse and keyboard; each has a form for where nobody looks."""

    def tracer(
        self,
        *,
        job: str | None = None,
        subnet: str | None = None,
        session: PlacedSession | None = None,
        on_premises: bool = False,
        to: str = "s3",
        port: int = 443,
    ) -> Tracer:
        """A packet to follow hop by hop, and rules to take out or add, on a copy of the network.

        Where it begins and where it goes is said as for `trace`, which tells of each argument. Here none has to be
        given: by default the packet begins at a host in subnet A. The form has other beginnings to choose from.

        Raises:
            InvalidInput: more than one place to begin at, or none in an empty account.
        """
        from lab_env.views.tracer import Journey, Tracer, starts_of

        self._check_open()
        starts = (*starts_of(self.network, tuple(self._hosts())), *self._elsewhere())
        first = self._first(starts, job=job, subnet=subnet, session=session, on_premises=on_premises)
        journey = Journey(self.network, first, DESTINATIONS.get(to, to), port)
        # What cannot be traced is told here, not when it is displayed.
        journey.view  # noqa: B018
        return Tracer(journey, tuple(dict.fromkeys((first, *starts))), SUGGESTED)

    def _first(
        self,
        starts: tuple[Start, ...],
        *,
        job: str | None,
        subnet: str | None,
        session: PlacedSession | None,
        on_premises: bool,
    ) -> Start:
        """Where the tracer begins: as asked, by default at a host in subnet A."""
        from lab_env.views.tracer import Start

        if [job, subnet, session, on_premises or None] == [None] * 4:
            subnet = next((one.interfaces[0].subnet for one in starts if one.interfaces), None)
            if subnet is None:
                raise InvalidInput("there is no subnet to start in.", do="Create a VPC and a subnet first.")
        placed, source = self._source(job=job, subnet=subnet, session=session, on_premises=on_premises)
        if subnet is not None:
            return next(one for one in starts if one.interfaces and one.interfaces[0].subnet == subnet)
        stood = tuple(item for item in placed.interfaces if item.id not in self.network.interface)
        named = f"training job {job}" if job is not None else "the session's place"
        return next((one for one in starts if one.source == source), Start(named, source, stood))

    def topology(self) -> Topology:
        """The picture of now: what changed since the last ``lab.diff()`` is marked, and it follows each later change.

        Where nobody looks it is the picture and the list of changes, as they stand.
        """
        from lab_env.views.live_topology import Topology

        self._check_open()
        return Topology(self._plane.network, self._seen, partial(self._plane.watch, "topology"))

    def board(self) -> Board:
        """The question's options against the controls, and this cloud as it stands in a column beside them.

        The options are built in clouds of their own, once a kernel (some seconds); the own column follows each change.
        """
        from lab_env.views.board import NOW, NOW_TITLE, Board
        from lab_env.views.option_board import judged

        def look() -> Card | None:
            sites = self._sites()
            return judged(self.network, sites, key=NOW, letter="", title=NOW_TITLE) if sites else None

        self._check_open()
        return Board(look, partial(self._plane.watch, "board"))

    def _hosts(self) -> Iterator[tuple[str, NetworkInterface]]:
        """A host that only a question has, in each subnet; the firm's own VPC first."""
        network, own = self.network, self.names.find("vpc")
        for subnet in sorted(network.subnets, key=lambda item: (item.vpc != own, item.name or item.id)):
            _, host = self._state().with_host(subnet.id, name=f"eni-host-{subnet.name or subnet.id}")
            host = replace(host, description="a host (what if)")
            yield f"a host in {subnet.name or subnet.id}, {host.address} (what if)", host

    def _elsewhere(self) -> Iterator[Start]:
        from lab_env.views.tracer import Start

        for site in self._cloud.on_premises:
            host = in_data_centre(site).source
            yield Start(f"a host in {site.name}", host)
        yield Start("a host on the internet", InternetSource(STRANGER_ADDRESS))
