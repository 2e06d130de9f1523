"""Markup in a name, a tag, a key, a policy or a log line is shown as text by every rich display, and never runs."""

from __future__ import annotations

import json
from base64 import b64decode
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from lab_env.compliance.page import document
from lab_env.course.exercise import CheckResult, Status

MARK = "pwned"
PAYLOADS = (
    f"<script>{MARK}()</script>",
    f'"><img src=x onerror={MARK}()>',
    f"'><svg/onload={MARK}()>",
    f"</style></title></desc><script>{MARK}()</script>",
    f"]]><a href=javascript:{MARK}()>x</a>",
)
PAYLOAD = "".join(PAYLOADS)
TAG = PAYLOAD[:255]
OWN = (
    "a b br button caption circle code dd defs desc details div dl dt ellipse figcaption figure g h1 h2 h3 h4 hr image "
    "img li line marker ol p path pre polygon rect section small span strong style summary svg table tbody td text th "
    "thead title tr tspan ul use body head html meta main"
)
ALLOWED = frozenset(OWN.split())


class Audit(HTMLParser):
    """Collects what would run: elements and attributes that the lab's own displays do not use."""

    def __init__(self):
        super().__init__()
        self.found, self.images = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ALLOWED:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            text = (value or "").strip().lower()
            if name.startswith("on") or text.startswith(("javascript:", "vbscript:", "data:text")):
                self.found.append(f"{tag} {name}={value}")
            if tag == "img" and name == "src":
                self.images.append(value)


def runs(markup):
    """What in the markup is not the lab's own; SVG inside an image's address is looked into too."""
    audit = Audit()
    audit.feed(markup)
    audit.close()
    found = list(audit.found)
    for source in audit.images:
        kind, _, data = source.partition(",")
        if "svg" in kind:
            inside = b64decode(data).decode() if "base64" in kind else unquote(data)
            ET.fromstring(inside)
            found += runs(inside)
    return found


def displays(value):
    """Every marked-up form in which a notebook may show a value."""
    if hasattr(value, "_repr_mimebundle_"):
        bundle = value._repr_mimebundle_()
        yield from (text for kind, text in bundle.items() if kind in {"text/html", "image/svg+xml"})
    for name in ("_repr_html_", "_repr_svg_"):
        if hasattr(value, name):
            yield getattr(value, name)()


@pytest.fixture(scope="module")
def lab():
    """Chapter 05 with the payload wherever AWS takes free text."""
    opened = Lab.start(chapter=5)
    ec2, s3 = boto3.client("ec2"), boto3.client("s3")
    names = opened.names
    # lab.names finds by the Name tags that are about to be overwritten.
    subnet, job_group = names.subnet_a, names.training_security_group
    endpoint = scenario.build_endpoint(boto3.client) or names.s3_endpoint
    group = ec2.create_security_group(GroupName=TAG, Description=TAG, VpcId=names.vpc)["GroupId"]
    resources = [names.vpc, subnet, names.subnet_b, names.private_route_table, endpoint, job_group, group]
    ec2.create_tags(
        Resources=resources, Tags=[{"Key": "Name", "Value": TAG}, {"Key": TAG[:128], "Value": TAG}]
    )
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "x", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject",
                       "Resource": f"arn:aws:s3:::{scenario.TRAINING_BUCKET}/{PAYLOAD}",
                       "Condition": {"StringNotEquals": {"aws:UserAgent": PAYLOAD}}}],
    }  # fmt: skip
    s3.put_bucket_policy(Bucket=scenario.TRAINING_BUCKET, Policy=json.dumps(policy))
    s3.put_object(Bucket=scenario.MODEL_BUCKET, Key=PAYLOAD, Body=b"x", Metadata={"a": "b"})
    opened.where = (subnet, job_group)
    yield opened
    opened.stop()


def refusal(lab):
    """A refused call whose key is the payload."""
    subnet, group = lab.where
    with lab.session_in(subnet, role=scenario.TRAINING_ROLE, security_groups=[group]) as inside:
        try:
            inside.client("s3").delete_object(Bucket=scenario.TRAINING_BUCKET, Key=PAYLOAD)
        except ClientError as error:
            return error
    raise AssertionError("the call was not refused: nothing is shown")


def traced(lab):
    """From a host in the subnet whose resources bear the payload."""
    subnet, group = lab.where
    with lab.session_in(subnet, role=scenario.TRAINING_ROLE, security_groups=[group]) as inside:
        return lab.trace(session=inside)


SHOWN = {
    "trace": traced,
    "diagram": lambda lab: lab.diagram(),
    "diff": lambda lab: lab.diff(),
    "audit": lambda lab: lab.audit(),
    "explanation": lambda lab: lab.explain(refusal(lab)),
    "explanation of any error": lambda lab: lab.explain(ValueError(PAYLOAD)),
    "playground": lambda lab: lab.playground(refusal(lab)),
    "playground of text": lambda lab: lab.playground(
        request={"principal": PAYLOAD, "action": PAYLOAD, "resource": PAYLOAD, "context": {PAYLOAD: PAYLOAD}},
        identity=PAYLOAD,
    ),
    "costs": lambda lab: lab.costs(),
    "options": lambda lab: lab.options(),
    "deliveries": lambda lab: lab.let_time_pass(),
    "check": lambda lab: CheckResult(PAYLOAD, Status.NOT_YET, PAYLOAD, PAYLOAD),
}


@pytest.mark.parametrize("what", SHOWN)
def test_nothing_runs(lab, what):
    """Every marked-up form of it is the lab's own markup and text."""
    shown = list(displays(SHOWN[what](lab)))
    assert shown, "nothing was shown: the test would hold of anything"
    for markup in shown:
        assert runs(markup) == []


def test_the_payload_is_really_there(lab):
    """Shown as text by what names these resources: else the test above would hold of anything."""
    assert MARK in "".join(displays(lab.diagram()))
    assert MARK in "".join(displays(traced(lab)))
    assert MARK in "".join(displays(lab.explain(refusal(lab))))


def test_the_audits_page(lab):
    assert runs(document(lab.audit())) == []


def test_the_audit_of_a_display_finds_each_payload():
    """The test's own eyes."""
    assert all(runs(payload) for payload in PAYLOADS)
