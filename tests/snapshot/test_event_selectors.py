"""What a trail records, by the CloudTrail API reference."""

from __future__ import annotations

import pytest

from lab_env.snapshot.event_selectors import EventSelector, FieldSelector, basic_selectors, object_event
from lab_env.snapshot.state import Trail

ARN = "arn:aws:s3:::meridian-phi/patients/1.dcm"
READ = object_event(ARN, "GetObject", read=True)
WRITE = object_event(ARN, "PutObject", read=False)
HOME = "us-east-1"


@pytest.mark.parametrize(
    ("selector", "value", "taken"),
    [
        (FieldSelector("f"), "anything", True),
        (FieldSelector("f", equals=("a", "b")), "b", True),
        (FieldSelector("f", equals=("a",)), "ab", False),
        (FieldSelector("f", starts_with=("a", "b")), "bc", True),
        (FieldSelector("f", ends_with=("c",)), "bc", True),
        (FieldSelector("f", equals=("x",), ends_with=("c",)), "bc", True),
        (FieldSelector("f", not_equals=("a",)), "a", False),
        (FieldSelector("f", not_equals=("a",)), "b", True),
        (FieldSelector("f", not_starts_with=("a",)), "ab", False),
        (FieldSelector("f", not_ends_with=("b",)), "ab", False),
        (FieldSelector("f", starts_with=("a",), not_ends_with=("b",)), "ab", False),
        (FieldSelector("f", starts_with=("a",), not_ends_with=("b",)), "ac", True),
    ],
)
def test_one_field(selector, value, taken):
    """One of what is wanted suffices; none of what is not may be there."""
    assert selector.takes(value) is taken


def objects(*arns, read_write="All"):
    return basic_selectors(read_write, {"AWS::S3::Object": arns}, management=False)


@pytest.mark.parametrize(
    ("selectors", "read", "write"),
    [
        ((), False, False),
        (basic_selectors("All", {}, management=True), False, False),
        (objects("arn:aws:s3"), True, True),
        (objects("arn:aws:s3:::"), True, True),
        (objects("arn:aws:s3:::meridian-phi/"), True, True),
        (objects("arn:aws:s3:::meridian-phi/models/"), False, False),
        (objects("arn:aws:s3:::other/", "arn:aws:s3:::meridian-phi/"), True, True),
        (objects("arn:aws:s3:::meridian-phi/", read_write="ReadOnly"), True, False),
        (objects("arn:aws:s3:::meridian-phi/", read_write="WriteOnly"), False, True),
        (basic_selectors("All", {"AWS::Lambda::Function": ("arn:aws:",)}, management=False), False, False),
        ((EventSelector((FieldSelector("eventCategory", equals=("Data",)),)),), True, True),
        ((EventSelector((FieldSelector("eventName", equals=("PutObject",)),)),), False, True),
        ((EventSelector((FieldSelector("resources.ARN", not_starts_with=(ARN,)),)),), False, False),
        ((EventSelector((FieldSelector("userIdentity.arn", starts_with=("arn:",)),)),), False, False),
    ],
)
def test_what_a_trail_records_of_an_object(selectors, read, write):
    """Selectors are alternatives; the fields of one must all pass."""
    trail = Trail(f"arn:aws:cloudtrail:{HOME}:123456789012:trail/t", "logs", selectors=selectors)
    assert (trail.records(READ, HOME), trail.records(WRITE, HOME)) == (read, write)


@pytest.mark.parametrize(
    ("logging", "multi_region", "region", "recorded"),
    [
        (True, False, HOME, True),
        (True, False, "eu-west-1", False),
        (True, True, "eu-west-1", True),
        (False, True, HOME, False),
    ],
)
def test_a_trail_that_is_off_or_elsewhere(logging, multi_region, region, recorded):
    """A trail of one Region records that one's events alone."""
    arn = f"arn:aws:cloudtrail:{HOME}:123456789012:trail/t"
    trail = Trail(arn, "logs", logging, multi_region=multi_region, selectors=objects("arn:aws:s3"))
    assert trail.records(READ, region) is recorded
