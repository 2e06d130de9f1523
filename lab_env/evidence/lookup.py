"""``lookup_events``: the last 90 days of management events, without any trail.

*LookupEvents* (AWS CloudTrail API Reference): the newest first, at most 50 a page, one attribute to look up at most.
Data events are not among them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from lab_env.cloud.call import ApiCall
from lab_env.cloud.mock import MockCloud
from lab_env.cloud.refusals import AwsError
from lab_env.dataplane.ledger import Ledger
from lab_env.evidence.cloudtrail import MANAGEMENT, ApiEvent
from lab_env.evidence.events import api_events
from lab_env.policy.principals import Caller

_PAGE = 50


def _user(event: ApiEvent) -> str:
    name = event.principal.rpartition("/")[2]
    return name if Caller.parse(event.principal).account else event.principal


_ATTRIBUTES: Mapping[str, Callable[[ApiEvent], str]] = {
    "EventName": lambda event: event.name,
    "EventSource": lambda event: event.source,
    "ReadOnly": lambda event: "true" if event.read_only else "false",
    "AccessKeyId": lambda event: event.call.access_key,
    "Username": _user,
    "EventId": lambda event: str(event.record()["eventID"]),
    "ResourceName": lambda event: event.call.bucket,
    "ResourceType": lambda event: "AWS::S3::Bucket" if event.call.bucket else "",
}


class EventHistory:
    """Answers ``LookupEvents`` from the ledger.

    Args:
        cloud: whose account and Region are asked.
        ledger: what was attempted.
    """

    def __init__(self, cloud: MockCloud, ledger: Ledger) -> None:
        self._cloud, self._ledger = cloud, ledger

    def lookup(self, params: Mapping[str, Any], call: ApiCall, region: str) -> dict[str, Any]:
        """The events that are asked for, newest first.

        Raises:
            AwsError: the request is not one that CloudTrail takes.
        """
        del call
        size = int(params.get("MaxResults", _PAGE))
        if not 0 < size <= _PAGE:
            raise AwsError("InvalidMaxResultsException", f"The maximum number of results is {_PAGE}.")
        found = [event for event in self._events(region) if _wanted(event, params)]
        start = _start(params)
        answer: dict[str, Any] = {"Events": [_event(event) for event in found[start : start + size]]}
        if start + size < len(found):
            answer["NextToken"] = str(start + size)
        return answer

    def _events(self, region: str) -> Iterator[ApiEvent]:
        account = self._cloud.account
        for _, attempt in reversed(self._ledger.since(0)):
            for event in api_events(attempt, account, account):
                here = (event.call.region or self._cloud.region) == region
                if event.category == MANAGEMENT and event.recipient == account and here:
                    yield event


def _start(params: Mapping[str, Any]) -> int:
    token = str(params.get("NextToken", "0"))
    if not token.isdecimal():
        raise AwsError("InvalidNextTokenException", "The NextToken is invalid.")
    return int(token)


def _wanted(event: ApiEvent, params: Mapping[str, Any]) -> bool:
    asked = params.get("LookupAttributes") or ()
    if len(asked) > 1:
        raise AwsError("InvalidLookupAttributesException", "You can specify only one lookup attribute.")
    for item in asked:
        read = _ATTRIBUTES.get(str(item.get("AttributeKey")))
        if read is None:
            raise AwsError("InvalidLookupAttributesException", "The lookup attribute is not valid.")
        if read(event) != item.get("AttributeValue"):
            return False
    start, end = (_moment(params.get(name)) for name in ("StartTime", "EndTime"))
    return (start is None or _second(event) >= start) and (end is None or _second(event) <= end)


def _second(event: ApiEvent) -> datetime:
    """When, as CloudTrail writes it: in whole seconds."""
    return event.time.replace(microsecond=0)


def _moment(value: object) -> datetime | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, tz=UTC)
    return value if isinstance(value, datetime) else None


def _event(event: ApiEvent) -> dict[str, Any]:
    record = event.record()
    resources = [
        {"ResourceType": item["type"], "ResourceName": item["ARN"].rpartition(":")[2]}
        for item in record.get("resources", ())
    ]
    return {
        "EventId": record["eventID"],
        "EventName": event.name,
        "ReadOnly": "true" if event.read_only else "false",
        "AccessKeyId": event.call.access_key,
        "EventTime": _second(event),
        "EventSource": event.source,
        "Username": _user(event),
        "Resources": resources,
        "CloudTrailEvent": json.dumps(record),
    }
