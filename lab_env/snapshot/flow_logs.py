"""``DescribeFlowLogs`` → `FlowLog`."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.snapshot.asking import Describe, pages
from lab_env.snapshot.state import FlowLog


def read_flow_logs(describe: Describe, region: str) -> Iterator[FlowLog]:
    """The flow logs of a Region.

    Args:
        describe: asks EC2 there.
        region: the Region.
    """
    for found in pages(describe, "DescribeFlowLogs", "FlowLogs"):
        yield FlowLog(
            id=found.text("FlowLogId"),
            resource=found.text("ResourceId"),
            traffic=found.text("TrafficType", "ALL"),
            active=found.text("FlowLogStatus", "ACTIVE") == "ACTIVE",
            delivers=found.text("DeliverLogsStatus", "") != "FAILED",
            destination=found.text("LogDestination", "") or found.text("LogGroupName", ""),
            region=region,
            format=found.text("LogFormat", ""),
            interval=found.number("MaxAggregationInterval", 600) or 600,
        )
