"""The seam: every AWS call of this process passes here, after it is signed and before moto answers.

For each call: where from, by whom, by which way; then moto's answer, or what the client of a dropped packet sees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import RLock
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest

from lab_env.cloud.call import ApiCall
from lab_env.cloud.mock import MockCloud
from lab_env.cloud.refusals import Response
from lab_env.dataplane.failures import connection_failure, make_final
from lab_env.dataplane.ledger import Attempt, Ledger
from lab_env.dataplane.places import Place, clock_of, place_of
from lab_env.dataplane.principals import ANONYMOUS, principal_of
from lab_env.network import Flow, Network, Trace, trace
from lab_env.network.flow import InterfaceSource, OnPremisesSource, Source
from lab_env.snapshot import directconnect
from lab_env.snapshot.ec2 import read_ec2
from lab_env.snapshot.internet import load_internet

PORTS = {"https": 443, "http": 80}
# What the network is read from: a mutating call to one of these makes the snapshot stale.
NETWORK_SERVICES = frozenset({"ec2", "directconnect"})


class DataPlane:
    """Moves packets between places and moto's AWS.

    Args:
        cloud: the mock cloud whose calls pass through here; `connect` puts the data plane in front of it.
    """

    def __init__(self, cloud: MockCloud) -> None:
        self._cloud = cloud
        self.ledger = Ledger()
        self._network: Network | None = None
        self._outside = Network(region=cloud.region, internet=load_internet())
        self._traces: dict[tuple[Source, str, int], Trace] = {}
        self._principals: dict[str, str] = {}
        self._lock = RLock()

    def connect(self) -> None:
        """Stand in front of the cloud from now on."""
        make_final()
        self._cloud.gate = self._gate

    def network(self) -> Network:
        """The network as the describe calls give it now; read again only after a call that may have changed it."""
        with self._lock:
            if self._network is None:
                self._network = self._read()
                self._traces.clear()
            return self._network

    def _read(self) -> Network:
        network = read_ec2(partial(self._cloud.describe, "ec2"), self._cloud.region)
        sites = self._cloud.on_premises
        if not sites:
            # Direct Connect was never used: nothing is there, and asking would cost every chapter.
            return replace(network, missing=network.missing - set(directconnect.KEYS))
        network = directconnect.read_direct_connect(partial(self._cloud.describe, "directconnect"), network)
        return replace(network, on_premises=sites)

    def forget(self) -> None:
        """Read the network anew at the next question."""
        with self._lock:
            self._network = None
            self._traces.clear()

    def trace(self, source: Source, host: str, port: int = 443) -> Trace:
        """The way from a source to a host, as the network stands now."""
        key = (source, host, port)
        with self._lock:
            # From outside to AWS's public names, nothing of the customer's network is met: no need to read it.
            if isinstance(source, InterfaceSource | OnPremisesSource) or ".vpce." in host:
                network = self.network()
            else:
                network = self._network or self._outside
            known = self._traces.get(key)
            if known is None:
                known = self._traces[key] = trace(network, Flow(source, host, "tcp", port))
            return known

    def principal(self, access_key: str) -> str:
        """The ARN of the principal that owns an access key (`principal_of`, remembered)."""
        known = self._principals.get(access_key)
        if known is None:
            known = principal_of(access_key)
            if known != ANONYMOUS:
                self._principals[access_key] = known
        return known

    def _gate(
        self, request: AWSPreparedRequest, answer: Callable[[AWSPreparedRequest], Response]
    ) -> Response:
        call, place = ApiCall.of(request), place_of(request)
        url = urlsplit(request.url)
        way = self.trace(place.source, call.host, url.port or PORTS[url.scheme])
        if not way.reached:
            failure = connection_failure(f"{url.scheme}://{url.netloc}{url.path}", way)
            self._record(request, call, place, way, None, type(failure).__name__)
            raise failure
        try:
            response = answer(request)
        finally:
            if call.mutates and call.service in NETWORK_SERVICES:
                self.forget()
        self._record(request, call, place, way, int(response[0]))
        return response

    def _record(
        self,
        request: AWSPreparedRequest,
        call: ApiCall,
        place: Place,
        way: Trace,
        status: int | None,
        error: str = "",
    ) -> None:
        time = (clock_of(request) or self._cloud.clock).tick()
        who = self.principal(call.access_key)
        self.ledger.add(
            Attempt(time, place.name, who, call.service, call.operation, call.host, way, status, error)
        )
