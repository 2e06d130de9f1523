"""The kernel's answers to the sockets of a job: what a name resolves to there, and whether a connection is made.

DNS and packets follow the same network as the job's AWS calls: `lab_env.network` decides, from the job's own place.
"""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address
from typing import Any

from lab_env.cloud.clock import LabClock
from lab_env.cloud.hosts import read_host
from lab_env.dataplane.certificates import Authority
from lab_env.dataplane.front import Call, Front
from lab_env.dataplane.ledger import Attempt
from lab_env.dataplane.loopback import Loopback, Process
from lab_env.dataplane.places import Place
from lab_env.dataplane.principals import ANONYMOUS
from lab_env.dataplane.seam import DataPlane
from lab_env.dataplane.sink import Sink
from lab_env.errors import LabError
from lab_env.network import Trace
from lab_env.network.dns import resolve
from lab_env.network.flow import Exit, InterfaceSource
from lab_env.network.lookups import host_name

# What a job's socket is told of a connection that is not made (`lab_env.dataplane.sockets` raises it).
LOST, REFUSED = "lost", "refused"


class JobDoor(Loopback):
    """The loopback server for jobs, with the far end of their other connections beside it.

    Args:
        plane: the network, and the ledger.
        process: answers one AWS request, as the seam does.
        sink: keeps what hosts outside AWS receive.
        clock: the time of places that keep none of their own.

    ``certificates`` is what a job must trust, as PEM text.
    """

    def __init__(self, plane: DataPlane, process: Process, sink: Sink, clock: LabClock) -> None:
        super().__init__(process)
        authority = Authority()
        self.certificates = authority.pem
        self._front = Front(authority, sink, self.answer)
        self.informant = Outbound(plane, self._front, clock).answer

    def dismiss(self, token: str) -> None:
        """Let nobody in with this token any more, and keep all that came with it."""
        super().dismiss(token)
        self._front.settle(token)

    def close(self) -> None:
        """Stop serving."""
        self._front.close()
        super().close()


class Outbound:
    """Answers the questions of jobs' sockets, and lets the front expect the connections that are made.

    Args:
        plane: the network, and the ledger that keeps each attempt.
        front: answers what is connected.
        clock: the time of places that keep none of their own.
    """

    def __init__(self, plane: DataPlane, front: Front, clock: LabClock) -> None:
        self._plane, self._front, self._clock = plane, front, clock
        self._names: dict[tuple[str, str], str] = {}

    def answer(
        self, place: Place, clock: LabClock | None, token: str, question: dict[str, Any]
    ) -> dict[str, Any]:
        """Answer one question.

        Args:
            place: where the job stands.
            clock: the job's clock.
            token: the job's.
            question: ``{"resolve": name}``, or ``{"connect": address, "port": …, "from": port of its own}``.

        Returns:
            ``{"addresses": […]}``, or the loopback ``{"port": …}`` to connect to, or ``{"lost": …}``, or the lab's own
            ``{"error": …}``.
        """
        try:
            if "resolve" in question:
                return {"addresses": self._resolve(place, clock, token, question["resolve"])}
            return self._connect(place, clock or self._clock, token, question)
        except LabError as error:
            return {"error": str(error)}

    def _resolve(self, place: Place, clock: LabClock | None, token: str, name: str) -> list[str]:
        found = resolve(self._plane.network(), place.source, name)
        addresses = [str(address) for address in found.addresses]
        for address in addresses:
            self._names[token, address] = found.name
        if not addresses:
            way = self._plane.trace(place.source, name)
            self._record(place, clock or self._clock, "resolve", way, "gaierror")
        return addresses

    def _connect(self, place: Place, clock: LabClock, token: str, question: dict[str, Any]) -> dict[str, Any]:
        address, port = question["connect"], question["port"]
        way = self._way(place, token, address, port)
        if not way.reached:
            self._record(place, clock, "connect", way, "TimeoutError")
            return {LOST: LOST}
        if _nobody_listens(way):
            self._record(place, clock, "connect", way, "ConnectionRefusedError")
            return {LOST: REFUSED}
        aws = _is_aws_service(way)
        # A request to AWS is an attempt of its own, which the seam records.
        time = clock.now() if aws else self._record(place, clock, "connect", way)
        known = host_name(self._plane.network(), ip_address(address))
        host = way.flow.destination if aws else known or address
        call = Call(token, place.name, time, host, address, port, aws)
        self._front.expect(question["from"], call)
        return {"port": self._front.port}

    def _way(self, place: Place, token: str, address: str, port: int) -> Trace:
        """The way to an address; by the name that it was resolved from, which tells more, as long as it still is."""
        # From outside a VPC too, the address may be one of the customer's own.
        self._plane.network()
        name = self._names.get((token, address), address)
        way = self._plane.trace(place.source, name, port)
        if str(way.destination) == address:
            return way
        return self._plane.trace(place.source, address, port)

    def _record(self, place: Place, clock: LabClock, operation: str, way: Trace, error: str = "") -> datetime:
        host, time = way.flow.destination, clock.tick()
        service = read_host(host).service or "internet"
        network = self._plane.network() if isinstance(place.source, InterfaceSource) else None
        self._plane.ledger.add(
            Attempt(time, place.name, ANONYMOUS, service, operation, host, way, None, error, network=network)
        )
        return time


def _nobody_listens(way: Trace) -> bool:
    """Whether the packet came to a host of the customer's own or a VPC's platform: the lab has no server there."""
    kind = way.forward[-1].kind
    return kind in {"interface", "on-premises"} or (kind == "aws-service" and way.exit is Exit.LOCAL)


def _is_aws_service(way: Trace) -> bool:
    """Whether a service of AWS answers; an address of EC2's is somebody's host, and no service."""
    arrival = way.forward[-1]
    return arrival.kind != "internet" and not arrival.resource.startswith("ec2.")
