"""The packet tracer: every step says what decided, what is turned stays a question, the form keeps up."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from lab_env import Lab
from lab_env.errors import InvalidInput, LabError
from lab_env.network import InterfaceSource
from lab_env.network.flow import InternetSource
from lab_env.network.model import Address, VpcEndpoint
from lab_env.views.table import WIDTH
from lab_env.views.tracer import Journey, Start, Tracer
from lab_env.views.tracer_form import TracerForm
from tests.views import builder

JOB = Start("the job", InterfaceSource(builder.JOB))
NOBODY = Start("nobody", InterfaceSource("eni-0"))
STRANGER: Address = builder.S3_ADDRESS + 4
OUTSIDE = Start("outside", InternetSource(STRANGER))
JOURNEY = Journey(builder.with_endpoint(builder.private_vpc()), JOB, builder.S3_NAME)


def tracer(journey: Journey = JOURNEY, *, shown: bool = False) -> Tracer:
    return Tracer(journey, (JOB, OUTSIDE, NOBODY), (builder.S3_NAME, "exfil.example"), shown=shown)


@pytest.fixture
def form() -> TracerForm:
    return TracerForm(tracer())


def box(form: TracerForm, text: str):
    return next(child for child in form.rules.children if text in child.description)


def test_the_text_is_the_whole_trace() -> None:
    assert str(tracer()) == str(JOURNEY.view)
    assert "✓ Reached through gateway endpoint" in str(tracer())


def test_a_rule_turned_by_number_is_told_as_a_question() -> None:
    asked = tracer().what_if(1)
    assert "✗ Dropped at route table" in str(asked)
    assert (
        "association with gateway endpoint meridian-s3 were not there. The cloud is as it was."
        in " ".join(str(asked).split())
    )
    assert asked.rules().rows[0][3] == "taken out"
    assert str(asked.what_if(1)) == str(tracer())
    assert max(map(len, str(asked).splitlines())) <= WIDTH


@pytest.mark.parametrize("number", [0, 99])
def test_a_rule_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(InvalidInput, match="no such rule"):
        tracer().what_if(number)


def test_the_static_form_has_picture_table_and_rules() -> None:
    bundle = tracer().what_if(1)._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/html"]
    html = bundle["text/html"]
    assert html.startswith("<img ")
    assert "An octagon at meridian-private" in html
    assert "<summary>What if …</summary>" in html
    assert "This is what would happen if" in html


def test_where_somebody_looks_it_is_a_form() -> None:
    assert "application/vnd.jupyter.widget-view+json" in tracer(shown=True)._repr_mimebundle_()


def test_a_picture_tells_as_many_hops_as_it_is_asked_and_keeps_its_places() -> None:
    svg = "{http://www.w3.org/2000/svg}"
    whole = ET.fromstring(JOURNEY.picture(1).svg)
    for hops in range(1, len(JOURNEY.view.told) + 1):
        part = ET.fromstring(JOURNEY.picture(hops).svg)
        assert [part.get(side) for side in ("width", "height")] == [
            whole.get(side) for side in ("width", "height")
        ]
        told = [text.text for text in part.iter(f"{svg}text") if text.get("class") == "n"]
        assert len(told) == hops
        assert len([one for one in part.iter(f"{svg}rect") if "now" in one.get("class", "").split()]) == 1
    assert "ahead" not in [one.get("class", "").split()[-1] for one in part.iter(f"{svg}path")]


def test_the_steps_say_what_decided(form: TracerForm) -> None:
    seen = []
    for number in range(1, form.hop.max + 1):
        form.hop.value = number
        assert f"Hop {number} of {form.hop.max}: what decided" in form.decided.value
        seen.append(form.decided.value)
    assert "rule 100 allow" in seen[1 + 1]
    assert "pl-63a5400a (S3) → vpce-" in seen[3]
    form.back.click()
    assert form.at == form.hop.max - 1
    for _ in range(3):
        form.next.click()
    assert form.at == form.hop.max
    for _ in range(form.hop.max + 1):
        form.back.click()
    assert form.at == 1


def test_a_turned_rule_leads_to_the_hop_that_differs(form: TracerForm) -> None:
    association = box(form, "association")
    association.value = False
    assert '<li aria-current="step">4 route table meridian-private: ✗ no route</li>' in form.hops.value
    assert "What if: <strong>✗ Dropped" in form.outcome.value
    assert "As it stands: ✓ Reached" in form.outcome.value
    assert "✗ no route" in form.picture.value
    assert form.rules.children[0] is association
    form.again.click()
    assert association.value
    assert "What if" not in form.outcome.value
    assert form.journey == JOURNEY


def test_another_question_turns_the_rules_back(form: TracerForm) -> None:
    box(form, "outbound rule 100").value = False
    assert "✗ Dropped at network ACL" in form.outcome.value
    form.destination.value = "exfil.example"
    assert not form.journey.changes
    assert "✗ Dropped at route table" in form.outcome.value
    form.port.value = 80
    form.starts[1].click()
    assert [button.description[0] for button in form.starts] == ["○", "●", "○"]
    assert "the far side sees" in form.outcome.value
    assert form.rules.children == ()


@pytest.mark.parametrize(("start", "destination"), [(0, " "), (2, builder.S3_NAME)])
def test_what_cannot_be_asked_is_told(form: TracerForm, start: int, destination: str) -> None:
    form.starts[start].click()
    form.destination.value = destination
    assert "✗" in form.outcome.value
    assert (form.at, form.hop.max, form.hops.value, form.picture.value) == (0, 0, "", "")
    form.next.click()
    form.starts[0].click()
    form.destination.value = builder.S3_NAME
    assert (form.at, form.hop.max) == (1, 6)
    assert "✓ Reached" in form.outcome.value


def test_a_journey_that_cannot_be_asked_parts_at_once() -> None:
    lost = replace(JOURNEY, start=NOBODY)
    assert lost.parted(JOURNEY) == 1
    assert lost.rules == ()
    with pytest.raises(LabError):
        lost.view  # noqa: B018


def test_every_input_has_a_label_of_its_own(form: TracerForm) -> None:
    inputs = (*form.starts, form.destination, form.port, form.hop, *form.rules.children)
    labels = [widget.description for widget in inputs]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_the_lab_begins_at_a_host_in_subnet_a_and_changes_nothing(solved: Lab) -> None:
    before = solved.network
    opened = solved.tracer()
    assert opened.journey.start.interfaces[0].subnet == solved.names.subnet_a
    assert opened.journey.trace.reached
    assert isinstance(opened.journey.rules[0].item, VpcEndpoint)
    assert not opened.what_if(1).journey.trace.reached
    assert solved.network == before
    assert solved.trace(subnet=solved.names.subnet_a).trace.reached


def test_the_lab_begins_where_it_is_asked_to(solved: Lab) -> None:
    other = solved.tracer(subnet=solved.names.subnet_b, to="internet", port=80)
    assert other.journey.start.interfaces[0].subnet == solved.names.subnet_b
    assert (other.journey.destination, other.journey.port) == ("internet.example", 80)
    with solved.session_in(solved.names.subnet_a, role="MeridianTrainingRole") as session:
        assert solved.tracer(session=session).journey.start.source == session.place.source
    with pytest.raises(InvalidInput, match="one place"):
        solved.tracer(subnet=solved.names.subnet_a, on_premises=True)


def test_an_empty_account_has_no_place_to_begin() -> None:
    lab = Lab.start()
    try:
        with pytest.raises(InvalidInput, match="no subnet"):
            lab.tracer()
    finally:
        lab.stop()
