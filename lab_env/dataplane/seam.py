"""The seam: every AWS call of this process passes here, after it is signed and before moto answers.

For each call: where from, by whom, by which way; then moto's answer, or what the client of a dropped packet sees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from threading import RLock
from typing import cast
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest

from lab_env.cloud.call import ApiCall
from lab_env.cloud.clock import LabClock
from lab_env.cloud.mock import MockCloud
from lab_env.cloud.refusals import Response, refusal
from lab_env.dataplane import deletions
from lab_env.dataplane.failures import connection_failure, error_code, make_final, request_ids
from lab_env.dataplane.judge import UNJUDGED, Judge, Judgement, named
from lab_env.dataplane.ledger import Attempt, Ledger
from lab_env.dataplane.parameters import agent_of, size_of
from lab_env.dataplane.places import Place, clock_of, place_of
from lab_env.dataplane.principals import ANONYMOUS
from lab_env.dataplane.service_state import ServiceReader
from lab_env.network import Flow, Network, Trace, trace
from lab_env.network.flow import InterfaceSource, OnPremisesSource, Source
from lab_env.snapshot import directconnect
from lab_env.snapshot.ec2 import read_ec2
from lab_env.snapshot.internet import load_internet
from lab_env.snapshot.state import ServiceState

PORTS = {"https": 443, "http": 80}
# What the network is read from: a mutating call to one of these makes the snapshot stale.
NETWORK_SERVICES = frozenset({"ec2", "directconnect", "cloudformation"})
NOT_FOUND = 404


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
        self._lock = RLock()
        self._services = ServiceReader(cloud, self.network)
        self._judge = Judge(cloud, self._services)
        self._denials = count(1)
        self._watchers: dict[str, Callable[[], None]] = {}

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

    def services(self) -> ServiceState:
        """What decides beside the network, as it stands now: read piece by piece, when asked for."""
        return self._services.state()

    def forget(self) -> None:
        """Read the network anew at the next question."""
        self._drop()
        self._tell_watchers()

    def watch(self, name: str, changed: Callable[[], None]) -> None:
        """Tell somebody whenever the network may have changed.

        Args:
            name: who watches; whoever watched by that name before is told no more.
            changed: called after each call that may have changed it, in that call's thread; it must not raise.
        """
        self._watchers[name] = changed

    def _drop(self) -> None:
        with self._lock:
            self._network = None
            self._traces.clear()
            self._judge.forget()

    def forget_calls(self) -> None:
        """Begin a new ledger: what was called until now is nobody's to read."""
        self.ledger = Ledger()

    def _tell_watchers(self) -> None:
        for changed in tuple(self._watchers.values()):
            changed()

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
        """The ARN of the principal that owns an access key; ``anonymous`` for a key that is nobody's."""
        signer = self._judge.signer(access_key)
        return signer.arn if signer is not None else ANONYMOUS

    def explaining(self, error: BaseException) -> Attempt | None:
        """The attempt that an error answered, as far as the ledger remembers it."""
        return next(filter(None, map(self.ledger.answered, request_ids(error))), None)

    def _gate(self, request: AWSPreparedRequest, answer: Callable[..., Response]) -> Response:
        read, place = ApiCall.of(request), place_of(request)
        call = named(read)
        url = urlsplit(request.url)
        clock = clock_of(request) or self._cloud.clock
        way = self.trace(place.source, call.host, url.port or PORTS[url.scheme])
        if not way.reached:
            failure = connection_failure(f"{url.scheme}://{url.netloc}{url.path}", way)
            self._record(request, call, place, clock, way, None, type(failure).__name__)
            raise failure
        with self._lock:
            judged = self._judge.judge(request, call, place, way, clock.now())
        response = (
            self._let_in(request, call, judged, partial(answer, call=read)) if judged.error is None else None
        )
        if response is not None and response[0] == NOT_FOUND:
            with self._lock:
                judged = self._judge.of_missing_key(judged, call, place, way)
        if judged.error is not None:
            judged.error.request_id = self._request_id(call)
            response = refusal(request, call, judged.error)
        self._record(request, call, place, clock, way, cast(Response, response), judged=judged)
        return cast(Response, response)

    def _let_in(
        self,
        request: AWSPreparedRequest,
        call: ApiCall,
        judged: Judgement,
        answer: Callable[..., Response],
    ) -> Response:
        try:
            if judged.kept:
                left = deletions.without(request, judged.kept)
                return deletions.with_errors(answer(left) if left is not None else None, judged.kept)
            return answer(request)
        finally:
            if call.mutates:
                with self._lock:
                    self._judge.changed(call)
                    if call.service in NETWORK_SERVICES:
                        self._drop()
                if call.service in NETWORK_SERVICES:
                    self._tell_watchers()

    def _record(
        self,
        request: AWSPreparedRequest,
        call: ApiCall,
        place: Place,
        clock: LabClock,
        way: Trace,
        response: Response | None,
        error: str = "",
        judged: Judgement = UNJUDGED,
    ) -> None:
        refused = judged.error
        code = "" if response is None else refused.code if refused is not None else error_code(response)
        self.ledger.add(
            Attempt(
                clock.tick(),
                place.name,
                self.principal(call.access_key),
                call.service,
                call.operation,
                call.host,
                way,
                None if response is None else int(response[0]),
                error,
                call,
                judged.request,
                judged.decision,
                code,
                refused.request_id if refused is not None else "",
                refused.message if refused is not None else "",
                agent_of(request),
                size_of(request.body, request.headers),
                0 if response is None else size_of(response[2], response[1]),
                self._network if isinstance(place.source, InterfaceSource) else None,
            )
        )

    def _request_id(self, call: ApiCall) -> str:
        number = next(self._denials)
        return f"{number:016X}" if call.service == "s3" else f"00000000-0000-4000-8000-{number:012x}"
