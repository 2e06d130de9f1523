"""The report: one verdict a control, in text, HTML and data, always in the same order."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lab_env.compliance import Report, Status, TrainingSite, audit
from lab_env.compliance.controls import CONTROLS
from lab_env.errors import InvalidInput
from tests.compliance import services as made
from tests.compliance import states
from tests.compliance.states import PATH
from tests.network.builder import changed

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


def whole(framework=""):
    firm, services = made.FIRM, made.locked(buckets=made.bucket(versioning=""))
    network = states.option_d_locked()
    return audit(network, [states.SITE], services=services, firm=firm, framework=framework)


def test_several_kinds_have_headings():
    """Kind by kind, in the order of the matrix."""
    lines = str(whole()).splitlines()
    headings = [line for line in lines[2:] if not line.startswith((" ", *(one.id for one in CONTROLS)))]
    assert headings == ["Network", "Who may do what", "The data itself", "What is recorded", "Training jobs",
                        "Where the data is"]  # fmt: skip
    assert max(map(len, lines)) <= 118


def test_what_cannot_be_told_does_not_hold():
    """A question mark is no pass."""
    report = audit(states.option_d_locked(), [states.SITE], ("NET-1", "DATA-4"))
    assert report.status("DATA-4") is Status.CANNOT_TELL
    assert not report.holds
    assert str(report).startswith("Audit of 2 controls: 1 holds, 1 cannot be told")
    assert "         ? no policies were read, so nobody knows." in str(report)


def test_one_control():
    """Not one controls."""
    assert audit(states.option_d(), [states.SITE], "NET-1").caption == "Audit of 1 control: 1 holds"


def test_under_one_law():
    """Requirement by requirement; a control's findings stand where it is named first."""
    report = whole("HIPAA")
    lines = str(report).splitlines()
    assert {"GEO-1"}.isdisjoint(control.id for control in report.controls)
    heading = lines.index("HIPAA 164.308(a)(7)(ii)(A): Data backup plan (required)")
    assert lines[heading + 1] == "DATA-4 ✗ versioning protects training data from silent change"
    assert lines[heading + 2].startswith("         ✗ What is written over")
    again = lines.index("HIPAA 164.312(c)(1): Integrity (standard)")
    assert not lines[again + 2].startswith(" ")
    assert "An addressable specification is not optional" in lines[-4]


def test_an_unknown_law():
    """The message tells which there are."""
    with pytest.raises(InvalidInput, match=r"PCI: no such law\. There are HIPAA, GDPR, SOX\."):
        whole("PCI")


def test_html_of_several_kinds_opens_control_by_control():
    """Each row is a disclosure that a keyboard opens; its summary says what was found."""
    html = whole()._repr_html_()
    page = _Page()
    page.feed(html)
    assert page.open == []
    assert page.scopes.count("rowgroup") == 6
    assert html.count("<details><summary>") == 20
    assert "<summary>What is written over or deleted in meridian-phi-training is lost" in html
    assert "Checked in part by AWS Config S3_BUCKET_VERSIONING_ENABLED; Security Hub S3.14; Prowler" in html


def test_the_page_is_one_file(tmp_path):
    """With both views, in both colour schemes, and nothing from elsewhere."""
    path = whole().html(tmp_path / "report.html")
    text = path.read_text("utf-8")
    page = _Page()
    page.feed(text.partition("<body>")[2].partition("</body>")[0])
    assert page.open == []
    assert "<h1>Compliance report</h1>" in text
    assert "164.308(a)(7)(ii)(A) Data backup plan</th>" in text
    assert "DATA-4 ✗ does not hold" in text
    assert text.count("<h3>") == 3
    assert not any(word in text for word in ("<script", "src=", "href=", "url("))


def test_what_stands_in_a_name_never_runs(tmp_path):
    """Names come from the account that is audited."""
    evil = '<img src=x onerror="alert(1)">'
    sites = [TrainingSite("subnet-a", ("sg-job",))]
    network = states.option_d()
    named = changed(network, subnets=replace(network.subnet["subnet-a"], name=evil))
    report = audit(named, sites, services=made.locked(), firm=made.FIRM)
    assert evil in str(report).replace("\n", "")
    assert "<img" not in report._repr_html_()
    assert "<img" not in report.html(tmp_path / "r.html").read_text("utf-8")


def test_json_as_text():
    """The same data, as a document."""
    report = whole()
    assert json.loads(report.json()) == report.to_json()


def test_every_finding_has_evidence_and_what_fails_says_what_to_change():
    """On the open state and on the locked one."""
    for services, network in (
        (made.unlocked(), states.option_d()),
        (made.locked(), states.option_d_locked()),
    ):
        report = audit(network, [states.SITE], services=services, firm=made.FIRM)
        for finding in report.findings:
            if finding.status is Status.DOES_NOT_HOLD and "role" not in finding.resource:
                assert finding.change, finding
            if finding.status is Status.HOLDS:
                assert finding.evidence, finding
