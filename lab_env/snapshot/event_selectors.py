"""Which events a CloudTrail trail records.

*Logging data events*, *AdvancedFieldSelector* and *DataResource* of the CloudTrail API reference. A basic selector is
read as the advanced one that it is short for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """What one field of an event must be for the event to be recorded.

    Attributes:
        field: the field's name: ``eventCategory``, ``resources.type``, ``resources.ARN``, ``readOnly``, ``eventName`` …
        equals: the field is one of these; with ``starts_with`` and ``ends_with``, any of the three suffices.
        starts_with: it begins with one of these.
        ends_with: it ends with one of these.
        not_equals: it is none of these.
        not_starts_with: it begins with none of these.
        not_ends_with: it ends with none of these.
    """

    field: str
    equals: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    not_equals: tuple[str, ...] = ()
    not_starts_with: tuple[str, ...] = ()
    not_ends_with: tuple[str, ...] = ()

    def takes(self, value: str) -> bool:
        """Whether an event with this value in the field passes."""
        if (
            value in self.not_equals
            or value.startswith(self.not_starts_with)
            or value.endswith(self.not_ends_with)
        ):
            return False
        wanted = self.equals or self.starts_with or self.ends_with
        return not wanted or (
            value in self.equals or value.startswith(self.starts_with) or value.endswith(self.ends_with)
        )


@dataclass(frozen=True, slots=True)
class EventSelector:
    """One selector: all of its fields must pass.

    Attributes:
        fields: what it asks of an event.
        name: its name, where it has one.
    """

    fields: tuple[FieldSelector, ...]
    name: str = ""

    def takes(self, event: Mapping[str, str]) -> bool:
        """Whether it records an event, given by the values of its fields; a field that is not given is empty."""
        return all(field.takes(event.get(field.field, "")) for field in self.fields)


def object_event(arn: str, name: str, *, read: bool) -> dict[str, str]:
    """The fields of the data event of a call on one S3 object.

    Args:
        arn: the object's ARN.
        name: the call's name (``GetObject``).
        read: whether it only reads.
    """
    return {
        "eventCategory": "Data",
        "resources.type": "AWS::S3::Object",
        "resources.ARN": arn,
        "eventName": name,
        "eventSource": "s3.amazonaws.com",
        "eventType": "AwsApiCall",
        "readOnly": "true" if read else "false",
    }


def basic_selectors(
    read_write: str, resources: Mapping[str, tuple[str, ...]], *, management: bool
) -> tuple[EventSelector, ...]:
    """The advanced selectors that a basic one stands for.

    Args:
        read_write: ``All``, ``ReadOnly`` or ``WriteOnly``.
        resources: ARNs, or beginnings of them, by the type of resource whose data events are recorded.
        management: whether management events are.
    """
    read_only = {"ReadOnly": ("true",), "WriteOnly": ("false",)}.get(read_write)
    further = (FieldSelector("readOnly", equals=read_only),) if read_only else ()
    found = []
    if management:
        found.append(EventSelector((FieldSelector("eventCategory", equals=("Management",)), *further)))
    for kind, arns in resources.items():
        data = (
            FieldSelector("eventCategory", equals=("Data",)),
            FieldSelector("resources.type", equals=(kind,)),
        )
        found.append(EventSelector((*data, FieldSelector("resources.ARN", starts_with=arns), *further)))
    return tuple(found)
