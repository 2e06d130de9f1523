"""The mock cloud: moto in this process, repeatable, offline, with its gaps filled."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import requests.exceptions
from botocore import exceptions as botocore_errors
from botocore.awsrequest import AWSPreparedRequest
from moto.core.base_backend import BackendDict
from moto.core.models import MockAWS, botocore_stubber

from lab_env.cloud import intercept, models, speed
from lab_env.cloud.call import ApiCall
from lab_env.cloud.clock import LabClock
from lab_env.cloud.ec2_offerings import import_ec2
from lab_env.cloud.environment import OPERATOR_ACCESS_KEY, Environment
from lab_env.cloud.hosts import DEFAULT_REGION, read_host
from lab_env.cloud.ids import SeededIds, call_key, seed_backends, seed_other_sources
from lab_env.cloud.intercept import Handler
from lab_env.cloud.patches import Patches
from lab_env.cloud.refusals import AwsError, Response, refusal
from lab_env.errors import LabError, NotModelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest

    from lab_env.network.model import OnPremises

Answer = Callable[..., Response]
Gate = Callable[[AWSPreparedRequest, Answer], Response]

# The modules that fill moto's gaps, by service; each has a function ``fill(patches)``, and may have one ``check(call)``
# that refuses a call with an `AwsError` before moto sees it.
_GAPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ec2": (
            "lab_env.cloud.ec2_account",
            "lab_env.cloud.ec2_prefix_lists",
            "lab_env.cloud.ec2_interfaces",
            "lab_env.cloud.ec2_refusals",
            "lab_env.cloud.ec2_messages",
            "lab_env.cloud.ec2_endpoints",
            "lab_env.cloud.ec2_routes",
            "lab_env.cloud.ec2_gateways",
            "lab_env.cloud.ec2_transit_gateways",
            "lab_env.cloud.ec2_vpn_gateways",
        ),
        "cloudformation": ("lab_env.cloud.stacks",),
        "iam": ("lab_env.cloud.iam_managed_policies",),
        "kms": ("lab_env.cloud.kms",),
        "s3": ("lab_env.cloud.s3", "lab_env.cloud.s3_access_logs", "lab_env.cloud.speed"),
        "directconnect": (
            "lab_env.cloud.directconnect",
            "lab_env.cloud.directconnect_gateways",
            "lab_env.cloud.directconnect_interfaces",
            "lab_env.cloud.directconnect_routes",
        ),
    }
)
_HOST = re.compile(r"^(https?://)([^/:?#]+)(?::\d+)?")


class MockCloud:
    """One mock AWS account at work. Start it with `start`; `stop` leaves no trace.

    ``clock`` is the lab's time (`LabClock`), ``ids`` its source of ids, ``patches`` what was changed in moto.
    """

    account = "123456789012"
    region = DEFAULT_REGION
    _running: ClassVar[MockCloud | None] = None

    def __init__(self, seed: int, gate: Gate | None) -> None:
        self.clock = LabClock()
        self.ids = SeededIds(seed)
        self.patches = Patches()
        self.gate = gate
        self._environment = Environment()
        self._handlers: dict[tuple[str, str], Handler] = {}
        self._checks: dict[str, list[Callable[[ApiCall], None]]] = {}
        self._moto = MockAWS(config={"core": {"mock_credentials": False, "reset_boto3_session": True}})

    @classmethod
    def start(cls, seed: int = 0, *, gate: Gate | None = None) -> MockCloud:
        """Start an empty cloud in this process.

        Args:
            seed: clouds with the same seed give the same ids for the same calls.
            gate: asked before every AWS call that comes from a client: it answers, itself or with the function it is
                given, or raises what botocore would. It holds no lock.

        Raises:
            LabError: a cloud is running already.
        """
        if MockCloud._running is not None:
            raise LabError("a mock cloud is running in this process.", do="Stop it before starting another.")
        cloud = cls(seed, gate)
        MockCloud._running = cloud
        cloud._environment.enter()
        models.share_loader(cloud.patches)
        seed_backends(cloud.ids, cloud.patches)
        speed.remember_methods(cloud.patches)
        speed.remember_names_of_values(cloud.patches)
        speed.remember_signatures(cloud.patches)
        speed.remember_event_names(cloud.patches)
        speed.remember_client_methods(cloud.patches)
        speed.share_moto_loader(cloud.patches)
        speed.share_ec2_model(cloud.patches)
        cloud.patches.set(botocore_stubber, "process_request", cloud._process)
        cloud.patches.set(botocore_stubber, "process_prepared_request", cloud._process_requests)
        cloud._moto.start()
        _forget_everything()
        return cloud

    def stop(self) -> None:
        """Undo everything: moto, its patches, the environment. A second call does nothing."""
        if MockCloud._running is not self:
            return
        self._moto.stop()
        self.patches.undo()
        self._environment.leave()
        MockCloud._running = None

    def sign_in(self, access_key: str, secret_key: str, token: str) -> None:
        """Let plain boto3 calls of this process bear these temporary keys from now on."""
        self._environment.sign_in(access_key, secret_key, token)

    def intercept(self, service: str, operation: str, handler: Handler) -> None:
        """Let ``handler`` answer an operation in moto's place.

        Args:
            service: the service, as `ApiCall.service` names it.
            operation: the operation's name.
            handler: takes the request's parameters, the `ApiCall` and the Region, and returns the answer as a boto3
                client would see it, or raises `AwsError`. It runs outside the lock and may make calls itself.
        """
        self._handlers[service, operation] = handler

    def announce(self, site: OnPremises) -> None:
        """Let a data centre stand at the far end of Direct Connect, in place of the one that stood there.

        No AWS call says what it announces (BGP does); tables that a virtual private gateway propagates to show it.
        """
        with self.ids.lock:
            self._gaps_filled("directconnect")
            _directconnect().announce(self.account, site)

    @property
    def on_premises(self) -> tuple[OnPremises, ...]:
        """The data centre at the far end of Direct Connect; none before Direct Connect is used or it was announced."""
        with self.ids.lock:
            used = "directconnect" in self._checks
            return (_directconnect().site_of(self.account),) if used else ()

    def answer(self, request: AWSPreparedRequest, call: ApiCall | None = None) -> Response:
        """Answer a request as status, headers and body: by its interceptor, else by moto, under the lock.

        Args:
            request: the HTTP request.
            call: the same, where it was read with `ApiCall.of` already.

        Raises:
            NotModelled: neither knows the operation.
        """
        call = call or ApiCall.of(request)
        handler = self._handlers.get((call.service, call.operation))
        if handler is not None:
            return intercept.answer(handler, request, call)
        with self.ids.drawing(*call_key(call)):
            try:
                for check in self._gaps_filled(call.service):
                    check(call)
                response: Response | None = _process(botocore_stubber, _for_moto(request, call))
            except AwsError as error:
                return refusal(request, call, error)
            except NotImplementedError as error:
                raise _not_modelled(call) from error
        if response is None or response[2] == "Not yet implemented":
            raise _not_modelled(call)
        return response

    def describe(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any] = MappingProxyType({}),
        region: str | None = None,
        *,
        account: str | None = None,
    ) -> dict[str, Any]:
        """Make an API call from inside the lab: it passes no gate and needs no client.

        Args:
            service: boto3's name for the service.
            operation: the operation's name (``DescribeVpcs``).
            params: its parameters.
            region: the Region asked; the lab's own when None.
            account: the account asked; the lab's own when None.

        Raises:
            ClientError: AWS's answer is an error.
        """
        where = region or self.region
        credential = f"Credential={OPERATOR_ACCESS_KEY}/20260105/{where}/{service}/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 {credential}",
            "x-moto-account-id": account or self.account,
        }
        request = models.request_of(service, operation, params, where, headers)
        return models.read_response(service, operation, self.answer(request))

    def _process(self, request: AWSPreparedRequest) -> Response | None:
        match = _HOST.match(request.url)
        if match is None or not read_host(match[2]).service:
            # None of AWS's names: botocore connects, and the guard lets it reach loopback only.
            return None
        return self.gate(request, self.answer) if self.gate is not None else self.answer(request)

    def _process_requests(self, request: PreparedRequest) -> Response | None:
        """As `_process`, for the ``requests`` library (presigned URLs), whose callers expect its own errors."""
        try:
            response: Response | None = _prepared(botocore_stubber, request)
        except botocore_errors.ConnectTimeoutError as error:
            raise requests.exceptions.ConnectTimeout(str(error), request=request) from error
        except botocore_errors.ReadTimeoutError as error:
            raise requests.exceptions.ReadTimeout(str(error), request=request) from error
        except (botocore_errors.ConnectionError, botocore_errors.HTTPClientError) as error:
            raise requests.exceptions.ConnectionError(str(error), request=request) from error
        return response

    def _gaps_filled(self, service: str) -> list[Callable[[ApiCall], None]]:
        """Fill a service's gaps when it is first called; answer its checks."""
        checks = self._checks.get(service)
        if checks is None:
            checks = self._checks[service] = []
            if service == "ec2":
                import_ec2()
            seed_other_sources(service, self.patches)
            for name in _GAPS.get(service, ()):
                module = import_module(name)
                module.fill(self.patches)
                if hasattr(module, "check"):
                    checks.append(module.check)
        return checks


def _forget_everything() -> None:
    """Empty every store of moto's.

    moto resets its stores one by one, and a store that is reset late may fill one that was emptied before: that one
    would bring its content, and moto's own defaults, into this cloud.
    """
    for name, module in tuple(sys.modules.items()):
        if name.startswith("moto.") and name.endswith(".models"):
            for value in tuple(vars(module).values()):
                if isinstance(value, BackendDict):
                    value.clear()


_process = type(botocore_stubber).process_request
_prepared = type(botocore_stubber).process_prepared_request


def _directconnect() -> Any:
    # Only those who use Direct Connect pay for moto's part of it.
    return import_module("lab_env.cloud.directconnect_routes")


def _for_moto(request: AWSPreparedRequest, call: ApiCall) -> AWSPreparedRequest:
    """The request as moto knows it: endpoint-specific names (``vpce-…``) become the service's ordinary name."""
    host = read_host(call.host)
    if not host.endpoint:
        return request
    path = f"/{host.bucket}{call.path}" if host.bucket else call.path
    url = f"https://{host.regional}{path}{'?' if call.query else ''}{call.query}"
    return AWSPreparedRequest(request.method, url, request.headers, request.body, request.stream_output)


def _not_modelled(call: ApiCall) -> NotModelled:
    name = f"{call.service} {call.operation}".strip()
    return NotModelled(f"the lab's cloud does not answer {name} in {call.region}.")
