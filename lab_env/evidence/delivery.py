"""Delivering the logs: when time passes, what was attempted comes to where AWS brings it.

CloudTrail delivers within about five minutes, flow logs within ten, access logs within hours and on best effort; here
all of it comes when the learner lets time pass. A bucket whose policy does not let the service write gets nothing.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256

from lab_env.cloud.mock import MockCloud
from lab_env.dataplane.ledger import Attempt, Ledger
from lab_env.evidence.access_log import line, log_key
from lab_env.evidence.cloudtrail import ApiEvent, trail_key
from lab_env.evidence.events import api_events, flow_records, logged_request
from lab_env.evidence.flow_logs import FlowLogWriter, interval_end, read_writers
from lab_env.evidence.flows import FlowRecord
from lab_env.policy import PolicySet, Request, evaluate
from lab_env.snapshot.cloudtrail import read_trails
from lab_env.snapshot.state import Bucket, ServiceState, Trail

Numbered = tuple[int, Attempt]

_TRAILS, _FLOWS, _ACCESS = (
    "cloudtrail.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "logging.s3.amazonaws.com",
)
# The canned ACL that both services set, for which the bucket policies of AWS's documents ask.
_OWNED = {"s3:x-amz-acl": "bucket-owner-full-control"}


@dataclass(frozen=True, slots=True)
class Delivered:
    """One file, or one log stream, that was written.

    Attributes:
        log: what kind: ``CloudTrail``, ``VPC flow log``, ``S3 access log``.
        place: ``s3://bucket/key`` or ``log-group:log-stream``: where it is, or should have been.
        records: how many.
        refused: why nothing was written; empty when it was.
    """

    log: str
    place: str
    records: int
    refused: str = ""


class Delivery:
    """Brings the evidence of the ledger's attempts to where the account wants it.

    Args:
        cloud: the mock cloud, for the configurations and for the files.
        ledger: what was attempted.
        services: gives the buckets and their policies.
    """

    def __init__(self, cloud: MockCloud, ledger: Ledger, services: Callable[[], ServiceState]) -> None:
        self._cloud, self._ledger, self._services = cloud, ledger, services
        self._told = 0

    def deliver(self) -> tuple[Delivered, ...]:
        """Write down everything that was attempted since the last time."""
        told, self._told = self._told, self._ledger.total
        fresh = self._ledger.since(told)
        now = self._cloud.clock.now()
        return (
            *self._trails(fresh, now),
            *self._flow_logs(fresh, now),
            *self._access_logs(fresh, now),
        )

    def _trails(self, fresh: Sequence[Numbered], now: datetime) -> Iterator[Delivered]:
        trails = list(read_trails(partial(self._cloud.describe, "cloudtrail")))
        events = [(number, event) for number, attempt in fresh for event in self._events(attempt)]
        for trail in trails if events else ():
            begun = self._begun("cloudtrail", "StartLogging", partial(_names, trail))
            files: dict[str, list[ApiEvent]] = defaultdict(list)
            for number, event in events:
                region = event.call.region or self._cloud.region
                if number > begun and trail.records(event.fields(), region):
                    files[region].append(event)
            for region, recorded in files.items():
                yield self._trail_file(trail, region, recorded, now)

    def _events(self, attempt: Attempt) -> Iterator[ApiEvent]:
        call = attempt.call
        bucket = self._services().buckets.get(call.bucket) if call is not None and call.bucket else None
        account = self._cloud.account
        for event in api_events(attempt, bucket.account if bucket is not None else "", account):
            if event.recipient == account:
                yield event

    def _trail_file(self, trail: Trail, region: str, events: list[ApiEvent], now: datetime) -> Delivered:
        text = json.dumps({"Records": [event.record() for event in events]})
        account = self._cloud.account
        key = trail_key(trail.prefix, account, region, now, self._digest(trail.arn, region)[:16])
        context = {"aws:SourceArn": trail.arn, "aws:SourceAccount": account, **_OWNED}
        refused = self._put(_TRAILS, trail.bucket, key, gzip.compress(text.encode(), mtime=0), context)
        return Delivered("CloudTrail", f"s3://{trail.bucket}/{key}", len(events), refused)

    def _flow_logs(self, fresh: Sequence[Numbered], now: datetime) -> Iterator[Delivered]:
        writers = read_writers(partial(self._cloud.describe, "ec2"), self._cloud.account, self._cloud.region)
        seen = [(number, record) for number, attempt in fresh for record in flow_records(attempt, number)]
        for log in writers if seen else ():
            begun = self._begun("ec2", "CreateFlowLogs", partial(_watches, log))
            records = [record for number, record in seen if number > begun and log.takes(record)]
            if records:
                yield from self._flow_log_files(log, records, now)

    def _flow_log_files(
        self, log: FlowLogWriter, records: Sequence[FlowRecord], now: datetime
    ) -> Iterator[Delivered]:
        if log.group:
            yield from self._streams(log, records)
            return
        lines = list(log.lines(records))
        text = "\n".join((" ".join(log.fields), *lines, ""))
        key = log.key(interval_end(now, log.interval), self._digest(log.id)[:8])
        source = f"arn:aws:logs:{log.region}:{log.account}:*"
        context = {"aws:SourceArn": source, "aws:SourceAccount": log.account, **_OWNED}
        refused = self._put(_FLOWS, log.bucket, key, gzip.compress(text.encode(), mtime=0), context)
        yield Delivered("VPC flow log", f"s3://{log.bucket}/{key}", len(lines), refused)

    def _streams(self, log: FlowLogWriter, records: Sequence[FlowRecord]) -> Iterator[Delivered]:
        """One log stream for each network interface (*Publish flow logs to CloudWatch Logs*)."""
        by_interface: dict[str, list[FlowRecord]] = defaultdict(list)
        for record in records:
            by_interface[record.interface].append(record)
        for interface, own in by_interface.items():
            stream = f"{interface}-{log.traffic.lower()}"
            moment = int(own[0].start.timestamp() * 1000)
            events = [{"timestamp": moment, "message": text} for text in log.lines(own)]
            self._append(log.group, stream, events)
            yield Delivered("VPC flow log", f"{log.group}:{stream}", len(events))

    def _append(self, group: str, stream: str, events: list[dict[str, object]]) -> None:
        logs = partial(self._cloud.describe, "logs")
        if not logs("DescribeLogGroups", {"logGroupNamePrefix": group})["logGroups"]:
            logs("CreateLogGroup", {"logGroupName": group})
        where = {"logGroupName": group, "logStreamName": stream}
        known = logs("DescribeLogStreams", {"logGroupName": group, "logStreamNamePrefix": stream})
        if not known["logStreams"]:
            logs("CreateLogStream", where)
        logs("PutLogEvents", {**where, "logEvents": events})

    def _access_logs(self, fresh: Sequence[Numbered], now: datetime) -> Iterator[Delivered]:
        state = self._services()
        lines: dict[str, list[str]] = defaultdict(list)
        for number, attempt in fresh:
            bucket = state.buckets.get(attempt.call.bucket) if attempt.call and attempt.call.bucket else None
            if bucket is None or not bucket.log_bucket or number <= self._logging_since(bucket):
                continue
            logged = logged_request(attempt, bucket.account)
            if logged is not None:
                lines[bucket.name].append(line(logged))
        for name, written in lines.items():
            yield self._access_log(state.buckets[name], written, now)

    def _logging_since(self, bucket: Bucket) -> int:
        return self._begun("s3", "PutBucketLogging", lambda _: True, bucket.name)

    def _access_log(self, bucket: Bucket, written: list[str], now: datetime) -> Delivered:
        text = "\n".join((*written, ""))
        key = log_key(bucket.log_prefix, now, self._digest(bucket.name)[:16])
        context = {"aws:SourceArn": bucket.arn, "aws:SourceAccount": bucket.account}
        refused = self._put(_ACCESS, bucket.log_bucket, key, text.encode(), context)
        return Delivered("S3 access log", f"s3://{bucket.log_bucket}/{key}", len(written), refused)

    def _begun(
        self, service: str, operation: str, meant: Callable[[Mapping[str, object]], bool], bucket: str = ""
    ) -> int:
        """The number of the last call that turned a log on: nothing before it is recorded."""
        for number, attempt in reversed(self._ledger.since(0)):
            if (attempt.service, attempt.operation) != (service, operation) or attempt.code:
                continue
            if bucket and attempt.call is not None and attempt.call.bucket != bucket:
                continue
            if meant(attempt.request.params if attempt.request is not None else {}):
                return number
        return 0

    def _digest(self, *what: str) -> str:
        """What tells files apart: not their content, which names the machine's own versions (``User-Agent``)."""
        return sha256("\n".join((*what, str(self._told))).encode()).hexdigest()

    def _put(self, service: str, name: str, key: str, body: bytes, context: Mapping[str, str]) -> str:
        """Write a file as an AWS service; why not, if its bucket does not let it."""
        bucket = self._services().buckets.get(name)
        if bucket is None:
            return f"there is no bucket {name}"
        asked = Request(
            service,
            "s3:PutObject",
            f"{bucket.arn}/{key}",
            bucket.account,
            {**context, "aws:SecureTransport": "true"},
        )
        decision = evaluate(asked, PolicySet(resource=bucket.policy))
        if not decision.allowed:
            return decision.why
        wanted = {"Bucket": name, "Key": key, "Body": body}
        self._cloud.describe("s3", "PutObject", wanted, bucket.region, account=bucket.account)
        return ""


def _names(trail: Trail, params: Mapping[str, object]) -> bool:
    return params.get("Name") in (trail.arn, trail.arn.rpartition("/")[2])


def _watches(log: FlowLogWriter, params: Mapping[str, object]) -> bool:
    return log.resource in params.values()
