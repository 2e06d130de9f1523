"""Calls that somebody might make in a world: the way, the decision, and what the client would see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError

from lab_env.access import AccessRequest, Attempted, decide
from lab_env.course.exam.state import arn_of, document, key_arn
from lab_env.course.exam.world import DATA_HOST, World
from lab_env.dataplane.failures import connection_failure
from lab_env.errors import NotFound
from lab_env.network import Flow, Trace, trace
from lab_env.policy import Kind, denial
from lab_env.snapshot.state import BucketEncryption
from lab_env.training.failures import download_failure

Fields = Mapping[str, Any]
_HOSTS = {"s3": DATA_HOST, "internet": "internet.example", "exfil": "exfil.example"}
_HEADLESS = frozenset({"HeadObject", "HeadBucket"})


def destination(world: World, name: str) -> str:
    """The host name or address that a word stands for.

    Args:
        world: the world.
        name: ``s3``, ``internet``, ``exfil``; another service (``kms``), with a Region after it if it is not the
            world's; a host of the network, ``public HOST``; an endpoint's id, for its own name; anything else is taken
            as it is.
    """
    if name in _HOSTS:
        return _HOSTS[name]
    network = world.network
    if name in network.endpoint:
        return _own_name(world, name)
    if f"eni-{name}" in network.interface:
        return str(network.interface[f"eni-{name}"].address)
    if name.startswith("public "):
        lent = network.interface[f"eni-{name.removeprefix('public ')}"].public_address()
        return str(lent)
    service, _, region = name.partition(" ")
    if "." in name or name.startswith("vpce-"):
        return name
    return f"{service}.{region or network.region}.amazonaws.com"


def _own_name(world: World, endpoint: str) -> str:
    names = [name for name in world.network.endpoint[endpoint].dns_names if ".vpce." in name]
    if not names:
        raise NotFound("a gateway endpoint has no name of its own.", where=endpoint)
    return names[0].replace("*", "bucket", 1)


def way_of(world: World, fields: Fields, host: str, port: int) -> Trace:
    """The way of a connection: ``from`` a place, to ``host`` unless ``via`` names an endpoint."""
    to = _via(world, fields["via"], host) if "via" in fields else host
    flow = Flow(world.place(fields["from"]), to, fields.get("protocol", "tcp"), port)
    return trace(world.network, flow)


def _via(world: World, name: str, host: str) -> str:
    """A host by the name of an endpoint; ``interface``: of any interface endpoint of its service, if one stands."""
    if name != "interface":
        return _own_name(world, name)
    service = "s3" if ".s3." in host or host.startswith("s3.") else host.partition(".")[0]
    ends = f".{service}"
    found = [
        item.id
        for item in world.network.endpoints
        if item.kind == "Interface" and item.service.endswith(ends)
    ]
    return _own_name(world, found[0]) if found else host


def attempted(world: World, fields: Fields, operation: str) -> Attempted:
    """What becomes of a call: its way, and where that ends at AWS the decision."""
    request = _request(fields, operation)
    way = way_of(world, fields, request.host, request.port)
    return Attempted(way, decide(way, request, world.services) if way.reached else None)


def _request(fields: Fields, operation: str) -> AccessRequest:
    told = {name: fields[name] for name in ("bucket", "key", "region", "secure", "headers", "query", "params")
            if name in fields}  # fmt: skip
    if "encrypted" in fields:
        told["encryption"] = BucketEncryption("aws:kms", key_arn(fields["encrypted"]), bucket_key=False)
    if "session" in fields:
        told["session"] = (document(fields["session"], Kind.SESSION, "session"),)
    context = {key: None if value == "absent" else value for key, value in fields.get("context", {}).items()}
    return AccessRequest(
        arn_of(fields["by"]), operation, resource=fields.get("resource", ""), context=context, **told
    )


def ends(found: Attempted) -> str:
    """How a call ends: ``allowed``, ``denied``, ``timeout``, or ``unresolved``."""
    if found.decision is not None:
        return "allowed" if found.decision.allowed else "denied"
    return "unresolved" if isinstance(_lost(found), EndpointConnectionError) else "timeout"


def _lost(found: Attempted) -> Exception:
    error: Exception = connection_failure(f"https://{found.trace.flow.destination}/", found.trace)
    return error


def message(found: Attempted) -> str:
    """What the client reads: AWS's message of a denial, botocore's of a lost packet; empty when the call succeeds."""
    if found.decision is None:
        return str(_lost(found))
    denied = found.decision.denied
    if denied is None:
        return ""
    head = denied.request.action.partition(":")[2] in _HEADLESS
    return denial(denied, head=head).message


def failure_reason(found: Attempted, fields: Fields) -> str:
    """The ``FailureReason`` of a job whose download this was; empty when it works."""
    uri = f"s3://{fields['bucket']}/{fields.get('key', '')}"
    if found.decision is None:
        return download_failure(_lost(found), uri)
    denied = found.decision.denied
    if denied is None:
        return ""
    said = denial(denied)
    answer: Any = {"Error": {"Code": said.code, "Message": said.message}}
    return download_failure(ClientError(answer, "GetObject"), uri)
