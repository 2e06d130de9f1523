"""The playground: begun with a refusal or with documents; static where nobody looks, a labelled form else."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env.errors import InvalidInput
from lab_env.policy import Layer, Policy, PolicySet, Request, evaluate
from lab_env.policy.draft import Draft, Sheet
from lab_env.views.decision_view import DecisionView
from lab_env.views.playground import Playground, draft_of, title
from lab_env.views.playground_form import Form

JOB = "arn:aws:sts::111122223333:assumed-role/Train/job"
SCAN = "arn:aws:s3:::phi/scan.dcm"
ASKED = {"principal": JOB, "action": "s3:GetObject", "resource": SCAN}
PAYLOAD = "<img src=x onerror=alert(1)>"


def document(**more):
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"} | more],
    }


def decided(**more):
    policy = Policy.parse(document(**more), source="read")
    return evaluate(
        Request(JOB, "s3:GetObject", SCAN, context={"aws:UserAgent": "Boto3"}), PolicySet((policy,))
    )


def test_it_begins_with_what_was_decided():
    decision = decided()
    found = Playground.of(decision)
    assert str(found) == str(DecisionView(decision))
    assert [sheet.layer for sheet in found.draft.sheets] == [Layer.IDENTITY, Layer.ENDPOINT, Layer.RESOURCE]
    assert json.loads(found.draft.sheets[0].text) == document()


@pytest.mark.parametrize(("condition", "kept"), [({}, False), ({"StringLike": {"AWS:UserAgent": "*"}}, True)])
def test_the_callers_program_is_left_out_unless_it_decides(condition, kept):
    more = {"Condition": condition} if condition else {}
    assert ("aws:UserAgent" in Playground.of(decided(**more)).draft.context) is kept


@pytest.mark.parametrize("form", [document(), json.dumps(document()), Policy.parse(document()), [document()]])
def test_documents_are_taken_in_every_form(form):
    draft = draft_of(ASKED | {"context": {"aws:SourceIp": "203.0.113.9"}}, identity=form, resource=[])
    assert draft.answer().decision.allowed
    assert draft_of(Request(**ASKED), identity=form).answer().decision.allowed


@pytest.mark.parametrize("request_", [{}, {"principal": JOB}, ASKED | {"acton": "x"}])
def test_a_request_needs_principal_and_action_and_knows_its_fields(request_):
    with pytest.raises(InvalidInput):
        draft_of(request_)


@pytest.mark.parametrize(
    ("sheet", "action", "name"),
    [
        (Sheet(Layer.RESOURCE), "s3:GetObject", "bucket policy"),
        (Sheet(Layer.RESOURCE), "kms:Decrypt", "key policy"),
        (Sheet(Layer.RESOURCE, name="phi"), "s3:GetObject", "bucket policy: phi"),
        (Sheet(Layer.RESOURCE), "sqs:SendMessage", "resource-based policy"),
        (Sheet(Layer.IDENTITY, name="read"), "s3:GetObject", "identity-based policy: read"),
    ],
)
def test_a_sheet_has_a_name(sheet, action, name):
    assert title(sheet, Draft(JOB, action)) == name


def test_where_nobody_looks_it_is_text():
    bundle = Playground.of(decided())._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/html"]
    tree = ET.fromstring(f"<page>{bundle['text/html']}</page>")
    assert [found.text for found in tree.iter("summary")] == ["context", "identity-based policy: read"]


def test_where_somebody_looks_it_is_a_form_with_the_text_beside_it():
    bundle = Playground(Playground.of(decided()).draft, shown=True)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "text/html" in bundle


def test_a_fault_is_told_with_its_line_instead_of_a_decision():
    text = json.dumps(document(Effect="Alow"), indent=1)
    found = Playground(draft_of(ASKED, identity=text))
    assert "identity-based policy, line 5, Statement[0].Effect: there is no effect 'Alow'." in str(found)
    assert "No decision yet: there is a fault in identity-based policy." in found.html()


@pytest.mark.parametrize("place", ["Sid", "Effect", "Resource"])
def test_nothing_that_a_text_says_becomes_markup(place):
    found = Playground(
        draft_of(ASKED | {"context": {PAYLOAD: PAYLOAD}}, identity=document(**{place: PAYLOAD}))
    )
    form = Form(found.draft)
    for html in (found.html(), form.result.value, *(note.value for note in form.notes.values())):
        assert "<img" not in html


def test_the_form_decides_anew_at_each_change_and_starts_again():
    form = Form(Playground.of(decided()).draft)
    assert "is allowed by read.Statement[0]" in form.result.value
    form.sheets[0].value = ""
    assert "no identity-based policy allows it" in form.result.value
    form.sheets[2].value = json.dumps(document(Principal="*"))
    assert "in a bucket policy" in form.result.value
    form.context.value = "{"
    assert "No decision yet" in form.result.value
    assert "not JSON" in form.notes["context"].value
    form.again.click()
    assert "is allowed by read.Statement[0]" in form.result.value
    assert form.draft == Playground.of(decided()).draft


def test_every_input_has_a_label():
    form = Form(Playground.of(decided()).draft)
    labels = [widget.description for widget in (*form.fields.values(), form.context, *form.sheets)]
    assert all(labels)
    assert len(set(labels)) == len(labels)


@pytest.fixture
def refused(lab):
    """A call of the operator's that a bucket policy refuses."""
    s3 = boto3.client("s3")
    deny = document(
        Effect="Deny", Principal="*", Action="s3:GetObject", Resource="arn:aws:s3:::meridian-phi-training/*"
    )
    s3.put_bucket_policy(Bucket="meridian-phi-training", Policy=json.dumps(deny))
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket="meridian-phi-training", Key="x")
    return caught.value


def test_the_lab_opens_it_on_a_refusal(lab, refused):
    begun = lab.playground(refused)
    assert "is denied by" in str(begun)
    explained = lab.explain(refused)
    for start in (explained, explained.decision, explained.decision.denied, None):
        assert lab.playground(start).draft == begun.draft


def test_the_lab_opens_it_on_documents(lab):
    assert "✓" in str(lab.playground(request=ASKED, identity=document()))
    for start, given in ((ValueError("no call"), {}), (None, {"identity": document()})):
        with pytest.raises(InvalidInput):
            lab.playground(start, **given)
