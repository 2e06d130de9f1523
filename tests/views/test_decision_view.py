"""Decisions as people read them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from lab_env.policy import Policy, PolicySet, Request, evaluate
from lab_env.policy.explanation import to_json
from lab_env.views.decision_view import DecisionView
from lab_env.views.table import WIDTH

JOB = "arn:aws:sts::111122223333:assumed-role/Train/job"
SCAN = "arn:aws:s3:::phi/scan.dcm"
PAYLOAD = "<img src=x onerror=alert(1)>"


def policy(*statements):
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect="Allow", action="s3:*", **more):
    return {"Effect": effect, "Action": action, "Resource": "*"} | more


def view(policies, resource_account="", **context):
    absent = {"aws:SourceVpce": "the call came through nat-0123"}
    return DecisionView(
        evaluate(Request(JOB, "s3:GetObject", SCAN, resource_account, context, absent), policies)
    )


def denied(sid="OnlyEndpoint"):
    condition = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    deny = statement("Deny", Sid=sid, Principal="*", Condition=condition)
    near = statement(Sid="Own", Principal="*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})
    return view(PolicySet(identity=(policy(statement(Sid="Read")),), resource=policy(deny, near)))


DENIED = """
arn:aws:sts::111122223333:assumed-role/Train/job → s3:GetObject on arn:aws:s3:::phi/scan.dcm
layer                  statement     verdict          why
identity-based policy  Read          ✓ allows         it asks for nothing more
bucket policy          OnlyEndpoint  ✗ denies         aws:SourceVpce is absent: the call came through nat-0123
bucket policy          Own           ○ nearly allows  StringEquals aws:SourceVpce vpce-1: aws:SourceVpce is absent:
                                                      the call came through nat-0123
✗ s3:GetObject is denied by OnlyEndpoint in a bucket policy (aws:SourceVpce is absent: the call came through
nat-0123).
"""


def test_a_denial_names_statement_condition_and_what_it_saw():
    assert str(denied()) == DENIED.strip()


@pytest.mark.parametrize(
    ("policies", "account", "row"),
    [
        (PolicySet(), "", ("identity-based policy", "", "– silent", "it has no statement")),
        (
            PolicySet(identity=(policy(statement(action="s3:PutObject")),)),
            "",
            ("identity-based policy", "", "– silent", "its one statement is about something else"),
        ),
        (
            PolicySet(identity=(policy(statement(action="s3:PutObject"), statement(action="ec2:*")),)),
            "",
            ("identity-based policy", "", "– silent", "its 2 statements are about something else"),
        ),
        (
            PolicySet(identity=(policy(statement()),)),
            "444455556666",
            ("bucket policy", "", "– silent", "there is no bucket policy, and its word is needed"),
        ),
    ],
)
def test_silence_is_told_too(policies, account, row):
    assert view(policies, account).rows[-1] == row


def test_no_line_is_wider_than_the_page():
    assert max(map(len, str(denied("S" * 60)).splitlines())) <= WIDTH


def test_the_html_marks_what_decided_and_only_that():
    tree = ET.fromstring(f"<page>{denied().html()}</page>")
    rows = tree.findall("table/tbody/tr")
    assert ["font-weight:700" in row.find("th").get("style") for row in rows] == [False, True, False]
    assert tree.findtext("p").startswith("✗ s3:GetObject is denied by OnlyEndpoint")


@pytest.mark.parametrize("place", ["Sid", "Condition", "Resource"])
def test_nothing_that_a_policy_says_becomes_markup(place):
    payload = {
        "Sid": {"Sid": PAYLOAD},
        "Condition": {"Condition": {"StringEquals": {"aws:SourceVpce": PAYLOAD}}},
        "Resource": {"Resource": f"arn:aws:s3:::{PAYLOAD}"},
    }
    found = view(PolicySet(identity=(policy(statement(**payload[place])),)))
    assert "<img" not in found.html()
    assert "&lt;img" in found.html()
    ET.fromstring(f"<page>{found.html()}</page>")


def test_a_payload_in_the_request_is_escaped_too():
    asked = Request(JOB, "s3:GetObject", SCAN + PAYLOAD, context={"aws:SourceVpce": PAYLOAD})
    own = policy(statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))
    found = DecisionView(evaluate(asked, PolicySet(identity=(own,)))).html()
    assert "<img" not in found


def test_both_forms_are_offered_and_the_json_is_the_engines():
    found = denied()
    bundle = found._repr_mimebundle_()
    assert bundle == {"text/plain": str(found), "text/html": found.html()}
    assert found.to_json() == to_json(found.decision)
