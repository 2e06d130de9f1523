"""The options side by side: every cell computed, and the same as what the course's matrix says."""

from __future__ import annotations

from dataclasses import asdict
from xml.etree import ElementTree as ET

import pytest

from lab_env.errors import NotFound
from lab_env.views.comparison import Comparison
from lab_env.views.forms import FORMS, form_from, form_of
from lab_env.views.reach import DESTINATIONS
from tests.compliance.test_matrix_clouds import MATRIX

# Reaches S3, exit, hops, controls that fail, USD with 1,000 GB, calls, reached by a job and by a host with a public
# address of 13, strangers.
COMPUTED = {
    "a": (False, "none", 5, 16, 0.0, 3, 0, 10, True),
    "b-private": (False, "none", 4, 14, 0.0, 3, 0, 0, False),
    "b-public": (True, "nat-gateway", 10, 16, 81.5, 9, 10, 10, False),
    "c-private": (False, "none", 4, 13, 219.0, 8, 3, 3, False),
    "c-hairpin": (True, "virtual-private-gateway", 10, 16, 239.0, 9, 13, 13, False),
    "d": (True, "gateway-endpoint", 5, 13, 0.0, 2, 0, 0, False),
    "d-interface": (True, "interface-endpoint", 5, 13, 24.6, 3, 0, 0, False),
    "d-locked": (True, "gateway-endpoint", 5, 0, 1.0, 43, 0, 0, False),
}
# The rows of the course's matrix, which a job that really runs stands behind.
ROWS = {
    "a": "A",
    "b-private": "B in private subnet",
    "b-public": "B in public subnet",
    "c-private": "C private VIF",
    "c-hairpin": "C hairpin",
    "d": "D",
    "d-locked": "D locked",
}


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """Built in this process."""
    return Comparison(tuple(form_of(option) for option in FORMS), 1000)


@pytest.mark.parametrize("key", COMPUTED)
def test_every_cell(comparison, key):
    form = comparison[key]
    found = (form.reaches, form.exit, form.hops, len(form.failed), form.usd(1000), len(form.changes))
    reach = form.reach
    assert (*found, len(reach.job), len(reach.lent), reach.strangers) == COMPUTED[key]


@pytest.mark.parametrize("key", ROWS)
def test_the_audit_is_the_matrix(comparison, key):
    """The controls, and whether the job ends well, as where it really ran."""
    _, marks, end = MATRIX[ROWS[key]]
    form = comparison[key]
    assert "".join(form.marks.values()) == marks.replace(" ", "")
    assert form.reaches is (end == "Completed")


def test_a_form_goes_to_another_process_and_back(comparison):
    for form in comparison.forms:
        assert form_from(asdict(form)) == form


def test_what_a_job_reaches_any_host_there_reaches(comparison):
    for form in comparison.forms:
        assert set(form.reach.job) <= set(form.reach.lent) <= set(DESTINATIONS)


def test_no_form_reads_as_it_builds(comparison):
    """What is counted changes something."""
    for form in comparison.forms:
        assert not [name for name in form.changes if name.startswith(("Describe", "Get", "List"))]
    assert comparison.calls("d").rows == (("CreateVpcEndpoint", "1"), ("ModifyVpcEndpoint", "1"))


def test_the_claims(comparison):
    """Each mark follows from the forms: these are what the forms show today."""
    marks = [(row[0], row[2]) for row in comparison.claims().rows]
    assert "".join(mark for letter, mark in marks if letter == "A") == "✗✗~"
    assert "".join(mark for letter, mark in marks if letter == "B") == "✗✓–✓✗"
    assert "".join(mark for letter, mark in marks if letter == "C") == "✗–✓✓–"
    assert "".join(mark for letter, mark in marks if letter == "D") == "✓~~✓~"


def test_a_claim_turns_with_the_forms(comparison):
    """Were the NAT gateway's cloud the endpoint's, the notes would be wrong about its price."""
    forms = {form.key: form for form in comparison.forms}
    swapped = [
        form_from(asdict(forms["d"]) | {"key": key}) if key == "b-public" else forms[key] for key in forms
    ]
    rows = Comparison(tuple(swapped), 1000).claims().rows
    told = {row[1]: row[2] for row in rows}
    assert told["− costs by the hour and by the gigabyte"] == "✗"


@pytest.mark.parametrize("view", ["table", "controls", "reach", "claims"])
def test_text_and_html_say_the_same(comparison, view):
    table = getattr(comparison, view)()
    html = ET.fromstring(f"<page>{table.html()}</page>")
    words = set(str(table).split())
    for cell in html.iter():
        assert set("".join(cell.itertext()).split()) <= words if cell.tag in ("td", "th") else True
    assert max(map(len, str(table).splitlines())) <= 118


def test_no_such_form(comparison):
    with pytest.raises(NotFound, match="'e'"):
        comparison["e"]


def test_the_lab_s_own_cloud_stays_as_it_is(lab):
    """Another process builds, and the answer is known the second time."""
    before = lab.network
    found = lab.compare(2000)
    assert (found["b-public"].usd(2000), found.gigabytes) == (126.5, 2000)
    assert lab.network == before
    assert lab.compare(1000).forms is found.forms
