"""From the ledger's attempts to what each kind of log is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from lab_env.dataplane.ledger import Attempt
from lab_env.evidence.access_log import LoggedRequest
from lab_env.evidence.cloudtrail import (
    DATA,
    DENIED_BY_ENDPOINT,
    ENDPOINT_MESSAGE,
    NETWORK,
    ApiEvent,
    category,
)
from lab_env.evidence.flows import FlowRecord, Sizes, observed
from lab_env.network.flow import InterfaceSource
from lab_env.policy.layers import Layer
from lab_env.policy.principals import Caller

# The range from which Linux takes a client's ports.
_FIRST_PORT, _PORTS = 32768, 28232


def api_events(attempt: Attempt, owner: str, account: str) -> Iterator[ApiEvent]:
    """CloudTrail's events of an attempt: for the caller's account, for the resource's, for the endpoint's.

    *Amazon S3 CloudTrail events* (cross-account scenarios); *Logging network activity events*.

    Args:
        attempt: the attempt; one that did not arrive is in no trail.
        owner: the account that owns what was asked for.
        account: the firm's account, whose endpoints these are.
    """
    call = attempt.call
    if call is None or attempt.status is None or not call.operation:
        return
    caller = Caller.parse(attempt.principal).account
    found = ApiEvent(
        call,
        attempt.time,
        attempt.principal,
        attempt.source_address,
        category(call),
        caller or owner,
        owner,
        attempt.endpoint,
        account if attempt.endpoint else "",
        attempt.code,
        attempt.message,
        attempt.request.params if attempt.request is not None else {},
        attempt.agent,
        attempt.sent,
        attempt.received,
        attempt.request.secure if attempt.request is not None else True,
        request_id(attempt),
    )
    by_endpoint = _refused_by(attempt) is Layer.ENDPOINT
    yield found
    if found.category == DATA and owner not in ("", found.recipient) and not by_endpoint:
        yield replace(found, recipient=owner)
    if attempt.endpoint:
        code = DENIED_BY_ENDPOINT if by_endpoint else ""
        message = ENDPOINT_MESSAGE if by_endpoint else ""
        yield replace(found, category=NETWORK, recipient=account, error=code, message=message)


def request_id(attempt: Attempt) -> str:
    """The id of the answer, by which the logs' records of one request are found; made, where the lab gave none."""
    known = (attempt.time.isoformat(), attempt.principal, attempt.operation, attempt.source_address)
    path = attempt.call.path if attempt.call is not None else ""
    return attempt.request_id or sha256("\n".join((*known, path)).encode()).hexdigest()[:16].upper()


def _refused_by(attempt: Attempt) -> Layer | None:
    denied = attempt.decision.denied if attempt.decision is not None else None
    return denied.decided_by if denied is not None else None


def logged_request(attempt: Attempt, owner: str) -> LoggedRequest | None:
    """What the access log of a bucket tells of an attempt; ``None`` of one that did not reach S3.

    Args:
        attempt: the attempt, on a bucket.
        owner: the account that owns the bucket.
    """
    if attempt.call is None or attempt.status is None:
        return None
    return LoggedRequest(
        attempt.call,
        owner,
        attempt.time,
        attempt.source_address,
        attempt.principal,
        request_id(attempt),
        attempt.status,
        attempt.code,
        attempt.received,
        attempt.agent,
        attempt.request.secure if attempt.request is not None else True,
    )


def flow_records(attempt: Attempt, number: int) -> Iterator[FlowRecord]:
    """What the network interfaces of the VPC saw of an attempt.

    Args:
        attempt: the attempt.
        number: its number, which settles the client's port.
    """
    if attempt.network is None or not isinstance(attempt.trace.flow.source, InterfaceSource):
        return
    port = _FIRST_PORT + number % _PORTS
    sizes = Sizes(attempt.sent, attempt.received)
    yield from observed(attempt.trace, attempt.network, port=port, time=attempt.time, sizes=sizes)
