"""The report: one verdict a control, in text, HTML and data, always in the same order."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from lab_env.compliance import Report, Status, TrainingSite, audit
from lab_env.errors import InvalidInput
from tests.compliance import states
from tests.compliance.states import PATH

OTHER = TrainingSite("subnet-b", ("sg-job",))


def test_text_where_all_holds():
    """What a learner sees at the end of chapter 05."""
    assert str(audit(states.option_d(), [states.SITE], PATH)) == "\n".join(
        [
            "Audit of 4 controls: 4 hold",
            "─" * 118,
            "NET-1  ✓ no route for public addresses other than to a gateway endpoint",
            "         ✓ rtb-a leads no public address out of subnet-a.",
            "NET-2  ✓ S3 is reached, and only through an endpoint",
            "         ✓ From subnet-a S3 is reached through vpce-s3 only.",
            "NET-3  ✓ S3 sees the client's private address; no hop leaves AWS",
            "         ✓ From subnet-a every way to S3 stays within AWS, and S3 sees a private address (10.20.1.254).",
            "NET-4  ✓ nothing placed there reaches an arbitrary internet host",
            "         ✓ No host in subnet-a reaches 198.51.100.10 on the internet.",
        ]
    )


def test_text_where_something_is_wrong():
    """Each fault has its sentence and its change; no line is wider than a notebook shows."""
    lines = str(audit(states.option_b_private(), [states.SITE], PATH)).splitlines()
    assert lines[0] == "Audit of 4 controls: 1 holds, 2 do not hold, 1 has nothing to judge"
    assert "         ✗ rtb-a sends public addresses from subnet-a to nat-1: 0.0.0.0/0 → nat-1." in lines
    assert (
        '           change: ec2.delete_route(RouteTableId="rtb-a", DestinationCidrBlock="0.0.0.0/0")' in lines
    )
    assert "NET-3  – S3 sees the client's private address; no hop leaves AWS" in lines
    assert max(map(len, lines)) <= 118


def test_the_text_is_the_same_each_time():
    """Order and words depend on the state alone."""
    first, second = (repr(audit(states.option_a(), [states.SITE, OTHER], PATH)) for _ in range(2))
    assert first == second


def test_one_site_that_fails_decides():
    """A control holds only where no site speaks against it; a site without a way does not speak for it."""
    report = audit(states.option_d(), [states.SITE, OTHER], PATH)
    assert [report.status(control.id) for control in report.controls] == [
        Status.HOLDS,
        Status.DOES_NOT_HOLD,
        Status.HOLDS,
        Status.HOLDS,
    ]
    assert not report.holds
    assert audit(states.option_d(), [states.SITE], PATH).holds


def test_without_sites_there_is_nothing_to_judge():
    """No training subnet, no verdict."""
    report = audit(states.option_d(), [], PATH)
    assert {report.status(control.id) for control in report.controls} == {Status.NOTHING_TO_JUDGE}
    assert report.holds
    assert str(report).startswith("Audit of 4 controls: 4 have nothing to judge")


@pytest.mark.parametrize(("prefix", "ids"), [("NET-2", ["NET-2"]), (("NET-4", "NET-1"), ["NET-1", "NET-4"])])
def test_a_prefix_chooses(prefix, ids):
    """Only the controls asked for are judged."""
    assert [control.id for control in audit(states.option_d(), [states.SITE], prefix).controls] == ids


def test_an_unknown_prefix():
    """The message tells which controls there are."""
    with pytest.raises(InvalidInput, match=r"NOPE: no control's id begins so. There are NET-1, NET-2"):
        audit(states.option_d(), [states.SITE], "NOPE")


def test_the_status_of_a_control_that_was_not_asked():
    """A silent ✓ would be a lie."""
    with pytest.raises(InvalidInput, match="NET-1: this audit did not ask"):
        audit(states.option_d(), [states.SITE], "NET-2").status("NET-1")


def test_by_framework():
    """The same verdicts under the paragraphs of the laws, and what those laws do not say."""
    text = audit(states.option_b_private(), [states.SITE], PATH).by_framework()
    assert (
        "  164.312(a)(1)         Access control                              NET-1 ✗  NET-4 ✓"
        in text.splitlines()
    )
    assert "None of these laws names a feature of AWS" in text
    assert "GDPR" not in text or "General Data Protection Regulation" in text


def test_by_framework_leaves_out_what_was_not_asked():
    """A report on one control lists only what it serves."""
    text = audit(states.option_d(), [states.SITE], "NET-2").by_framework()
    assert "164.312(e)(1)" in text
    assert "164.312(a)(1)" not in text
    assert "NET-1" not in text


def test_json():
    """For programs: the same words, and the evidence."""
    data = audit(states.option_b_public(), [states.SITE], "NET-4").to_json()
    assert json.loads(json.dumps(data)) == data
    (control,) = data["controls"]
    assert (data["holds"], control["id"], control["status"]) == (False, "NET-4", "does not hold")
    (finding,) = control["findings"]
    assert finding["resource"] == "subnet-a"
    assert finding["change"].startswith("ec2.delete_route(")
    assert finding["evidence"][0]["resource"] == "rtb-a"


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.scopes, self.captions = [], [], 0

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)
        if tag == "th":
            self.scopes.append(dict(attrs).get("scope"))
        self.captions += tag == "caption"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_an_accessible_table():
    """A caption, a scope on every heading, verdicts in words beside their marks, and nothing that runs."""
    report = audit(states.option_a(), [states.SITE], PATH)
    html = report._repr_html_()
    page = _Page()
    page.feed(html)
    assert page.open == []
    assert page.captions == 1
    assert page.scopes == ["col"] * 3 + ["row"] * 4
    assert "✗ does not hold" in html
    assert "<script" not in html
    assert "&quot;rtb-a&quot;" in html


def test_a_report_is_a_value():
    """Two audits of one state are equal."""
    assert isinstance(audit(states.option_d(), [states.SITE], PATH), Report)
    assert audit(states.option_d(), [states.SITE], PATH) == audit(states.option_d(), [states.SITE], PATH)
