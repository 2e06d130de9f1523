"""CloudTrail's answers → `Trail`.

*DescribeTrails*, *GetTrailStatus* and *GetEventSelectors* of the CloudTrail API reference.
"""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.snapshot.asking import Describe, answer_of
from lab_env.snapshot.event_selectors import EventSelector, FieldSelector, basic_selectors
from lab_env.snapshot.partial import read_fields
from lab_env.snapshot.record import Record
from lab_env.snapshot.state import Trail


def read_trails(describe: Describe) -> Iterator[Trail]:
    """The trails that record a Region's events; those of other Regions that record all Regions' are among them.

    Args:
        describe: asks CloudTrail there.
    """
    for item in answer_of(describe, "DescribeTrails").records("trailList"):
        yield _trail(describe, item)


def _trail(describe: Describe, item: Record) -> Trail:
    arn = item.arn("TrailARN")

    def selectors() -> tuple[EventSelector, ...]:
        answer = answer_of(describe, "GetEventSelectors", TrailName=arn)
        basic = (one for found in answer.records("EventSelectors") for one in _basic(found))
        return (*basic, *map(_advanced, answer.records("AdvancedEventSelectors")))

    def logging() -> bool:
        return answer_of(describe, "GetTrailStatus", Name=arn).flag("IsLogging", default=False)

    return read_fields(
        Trail,
        arn=arn,
        bucket=item.text("S3BucketName", ""),
        logging=logging,
        validated=lambda: item.flag("LogFileValidationEnabled", default=False),
        multi_region=lambda: item.flag("IsMultiRegionTrail", default=False),
        selectors=selectors,
        key=item.text("KmsKeyId", ""),
        prefix=item.text("S3KeyPrefix", ""),
    )


def _basic(item: Record) -> tuple[EventSelector, ...]:
    resources: dict[str, tuple[str, ...]] = {}
    for found in item.records("DataResources"):
        kind = found.text("Type")
        resources[kind] = resources.get(kind, ()) + found.texts("Values")
    return basic_selectors(
        item.text("ReadWriteType", "All"),
        resources,
        management=item.flag("IncludeManagementEvents", default=True),
    )


def _advanced(item: Record) -> EventSelector:
    return EventSelector(tuple(map(_field, item.records("FieldSelectors"))), item.text("Name", ""))


def _field(item: Record) -> FieldSelector:
    return FieldSelector(
        item.text("Field"),
        item.texts("Equals"),
        item.texts("StartsWith"),
        item.texts("EndsWith"),
        item.texts("NotEquals"),
        item.texts("NotStartsWith"),
        item.texts("NotEndsWith"),
    )
