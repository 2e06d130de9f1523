"""VPC flow logs: which records a flow log takes, and how it writes them.

*Flow log records*, *Publish flow logs to Amazon S3*, *Publish flow logs to CloudWatch Logs* (Amazon VPC User Guide).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lab_env.errors import NotModelled
from lab_env.evidence.flows import FlowRecord
from lab_env.snapshot.asking import Describe, pages

DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status}"
)
_FIELD = re.compile(r"\$\{([a-z0-9-]+)\}")


@dataclass(frozen=True, slots=True)
class FlowLogWriter:
    """A flow log, as ``DescribeFlowLogs`` tells it, that writes down what it records.

    Attributes:
        id: ``fl-…``.
        account: whose it is.
        region: where it is.
        resource: id of a VPC, a subnet or a network interface.
        traffic: ``ALL``, ``ACCEPT`` or ``REJECT``.
        bucket: the bucket it is delivered to, if it goes to S3.
        prefix: folder in the bucket, without slashes at its ends.
        group: the log group, if it goes to CloudWatch Logs.
        format: the fields, as ``${field}``.
        interval: longest time that one record covers, in seconds: 60 or 600.
    """

    id: str
    account: str
    region: str
    resource: str
    traffic: str = "ALL"
    bucket: str = ""
    prefix: str = ""
    group: str = ""
    format: str = DEFAULT_FORMAT
    interval: int = 600

    def takes(self, record: FlowRecord) -> bool:
        """Whether it records this."""
        watched = self.resource in (record.vpc, record.subnet, record.interface)
        wanted = self.traffic == "ALL" or (self.traffic == "ACCEPT") == record.accepted
        return watched and wanted

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields, in order.

        Raises:
            NotModelled: one of them is not known here.
        """
        names = tuple(_FIELD.findall(self.format))
        for name in names:
            if name not in _FIELDS:
                raise NotModelled(f"the flow log field {name} is not modelled.", where=self.id)
        return names

    def lines(self, records: Iterable[FlowRecord]) -> Iterator[str]:
        """The lines that it writes, with records of one flow and one interval taken together."""
        fields = [_FIELDS[name] for name in self.fields]
        for record in aggregated(filter(self.takes, records), self.interval):
            yield " ".join(str(field(self, record)) for field in fields)

    def key(self, time: datetime, digest: str) -> str:
        """The key of the file for an interval that ends at ``time``.

        Args:
            time: the end of the interval (UTC).
            digest: eight characters that tell files apart.
        """
        folder = f"{self.prefix}/" if self.prefix else ""
        place = f"AWSLogs/{self.account}/vpcflowlogs/{self.region}/{time:%Y/%m/%d}"
        name = f"{self.account}_vpcflowlogs_{self.region}_{self.id}_{time:%Y%m%dT%H%MZ}_{digest}.log.gz"
        return f"{folder}{place}/{name}"


def aggregated(records: Iterable[FlowRecord], interval: int) -> Iterator[FlowRecord]:
    """Records of the same flow that fall into the same interval as one, in the order of their first packets."""
    found: dict[object, FlowRecord] = {}
    for record in records:
        flow = (record.interface, record.source, record.destination, record.source_port)
        rest = (record.destination_port, record.protocol, record.accepted, record.egress)
        known = (*flow, *rest, int(record.start.timestamp()) // interval)
        first = found.get(known)
        found[known] = record if first is None else _sum(first, record)
    yield from found.values()


def _sum(first: FlowRecord, other: FlowRecord) -> FlowRecord:
    end = max(first.end, other.end)
    return replace(first, packets=first.packets + other.packets, octets=first.octets + other.octets, end=end)


def interval_end(time: datetime, seconds: int) -> datetime:
    """The end of the interval that a moment falls into."""
    begun = int(time.timestamp()) // seconds * seconds
    return datetime.fromtimestamp(begun, tz=time.tzinfo) + timedelta(seconds=seconds)


def read_writers(describe: Describe, account: str, region: str) -> Iterator[FlowLogWriter]:
    """The flow logs of a Region that run, as ``DescribeFlowLogs`` tells them.

    Args:
        describe: asks EC2 there.
        account: whose they are.
        region: the Region.
    """
    for found in pages(describe, "DescribeFlowLogs", "FlowLogs"):
        if found.text("FlowLogStatus", "ACTIVE") != "ACTIVE":
            continue
        bucket, _, prefix = found.text("LogDestination", "").removeprefix("arn:aws:s3:::").partition("/")
        to_s3 = found.text("LogDestinationType", "") == "s3"
        yield FlowLogWriter(
            found.text("FlowLogId"),
            account,
            region,
            found.text("ResourceId"),
            found.text("TrafficType", "ALL"),
            bucket if to_s3 else "",
            prefix.strip("/") if to_s3 else "",
            "" if to_s3 else found.text("LogGroupName", ""),
            found.text("LogFormat", "") or DEFAULT_FORMAT,
            found.number("MaxAggregationInterval", 600) or 600,
        )


Field = Callable[[FlowLogWriter, FlowRecord], object]

_FIELDS: Mapping[str, Field] = {
    "version": lambda log, _: 2 if log.format == DEFAULT_FORMAT else 5,
    "account-id": lambda log, _: log.account,
    "interface-id": lambda _, record: record.interface,
    "srcaddr": lambda _, record: record.source,
    "dstaddr": lambda _, record: record.destination,
    "srcport": lambda _, record: record.source_port,
    "dstport": lambda _, record: record.destination_port,
    "protocol": lambda _, record: record.protocol,
    "packets": lambda _, record: record.packets,
    "bytes": lambda _, record: record.octets,
    "start": lambda _, record: int(record.start.timestamp()),
    "end": lambda _, record: int(record.end.timestamp()),
    "action": lambda _, record: "ACCEPT" if record.accepted else "REJECT",
    "log-status": lambda *_: "OK",
    "vpc-id": lambda _, record: record.vpc,
    "subnet-id": lambda _, record: record.subnet,
    "type": lambda _, record: f"IPv{record.source.version}",
    "pkt-srcaddr": lambda _, record: record.packet_source,
    "pkt-dstaddr": lambda _, record: record.packet_destination,
    "region": lambda log, _: log.region,
    "flow-direction": lambda _, record: "egress" if record.egress else "ingress",
    "traffic-path": lambda _, record: record.path or "-",
}
