"""The cost explorer: lines, crossings and bills from ways that boto3 built; static where nobody looks, sliders else."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from lab_env.costs import Way
from lab_env.errors import InvalidInput
from lab_env.views.cost_chart import MOST, Chart, _apart
from lab_env.views.cost_explorer import CostExplorer
from lab_env.views.cost_form import Form
from lab_env.views.ways import KINDS, ZONES, way_of

SVG = "{http://www.w3.org/2000/svg}"
# USD without data and with 10,000 GB, in 1, 2 and 3 zones.
COMPUTED = {
    "a": [("0.00", "0.00")] * 3,
    "b": [("36.50", "486.50"), ("73.00", "523.00"), ("109.50", "559.50")],
    "c": [("219.00", "419.00")] * 3,
    "d": [("0.00", "0.00")] * 3,
    "d-interface": [("7.30", "107.30"), ("14.60", "114.60"), ("21.90", "121.90")],
    "d-services": [("51.10", "51.10"), ("102.20", "102.20"), ("153.30", "153.30")],
}


@pytest.fixture(scope="module")
def ways() -> dict[int, tuple[Way, ...]]:
    """Built in this process, as the other one builds them."""
    found = {(kind.key, zones): way_of(kind, zones) for kind in KINDS for zones in kind.zones}
    return {zones: tuple(found[kind.key, zones if kind.zoned else 1] for kind in KINDS) for zones in ZONES}


@pytest.fixture
def explorer(ways) -> CostExplorer:
    return CostExplorer(ways, shown=False)


@pytest.mark.parametrize(("number", "kind"), list(enumerate(KINDS)), ids=[kind.key for kind in KINDS])
def test_each_way_in_each_zone(ways, number, kind):
    found = [ways[zones][number] for zones in ZONES]
    assert [(f"{way.bill(0).usd}", f"{way.bill(MOST).usd}") for way in found] == COMPUTED[kind.key]
    assert {way.reaches for way in found} == {kind.key != "a"}


def test_where_the_lines_cross(explorer):
    """73 + 0.045 x passes 102.20 at 649 and 219 + 0.02 x at 5,840; 14.60 + 0.01 x passes 102.20 at 8,760."""
    assert [row[:4] for row in explorer.meetings().rows] == [
        ("1", "650", "D gateway, 7 interface", "B NAT gateways"),
        ("2", "5,841", "C Direct Connect hairpin", "B NAT gateways"),
        ("3", "8,761", "D gateway, 7 interface", "D interface endpoint"),
    ]


def test_the_bill_behind_a_point(explorer):
    rows = explorer.at(2000, 365, 1).bills().rows
    sums = {row[0]: row[3] for row in rows if row[0]}
    assert sums == {
        "A internet gateway (✗ no S3)": "0.00",
        "B NAT gateways": "108.25",
        "C Direct Connect hairpin": "149.50",
        "D gateway endpoint": "0.00",
        "D interface endpoint": "23.65",
        "D gateway, 7 interface": "25.55",
    }
    lines = [row for row in rows if not row[0]]
    assert all(row[1] and row[2] and row[4] for row in lines), "each line has its quantity and its reason"


def test_where_nobody_looks_it_is_a_picture_with_words_and_tables(explorer):
    bundle = explorer._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/html"]
    page = ET.fromstring(f"<page>{bundle['text/html']}</page>".replace('auto">', 'auto"/>'))
    image = page.find("img")
    assert image.get("alt") == explorer.chart.alt
    assert len(page.findall("table")) == 2
    root = ET.fromstring(unquote(image.get("src").removeprefix("data:image/svg+xml,")))
    assert root.findtext(f"{SVG}desc") == explorer.chart.alt


def test_where_somebody_looks_it_has_sliders_with_the_text_beside_them(ways):
    bundle = CostExplorer(ways, shown=True)._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(bundle)


def test_each_line_differs_in_dashes_or_marks(explorer):
    """Without any colour the lines are told apart, and each has its name beside it."""
    root = ET.fromstring(explorer.chart.svg())
    lines = [path for path in root.iter(f"{SVG}path") if path.get("class", "").startswith("l ")]
    marks = {path.get("class"): path.get("d") for path in root.iter(f"{SVG}path") if path.get("transform")}
    looks = {(line.get("stroke-dasharray"), marks[line.get("class").replace("l ", "m ")]) for line in lines}
    assert len(looks) == len(lines) == len(KINDS)
    told = {text.text for text in root.iter(f"{SVG}text")}
    assert {"A internet gateway (✗ no S3)", "B NAT gateways", "1", "2", "3", "1,000 GB"} <= told


def test_names_beside_the_lines_never_overlap(ways):
    for zones in ZONES:
        for hours in (0, 100, 730):
            root = ET.fromstring(Chart(ways[zones], 5000, hours, zones).svg())
            right = [float(text.get("y")) for text in root.iter(f"{SVG}text") if float(text.get("x")) > 610]
            assert all(below - above >= 17.9 for above, below in pairwise(sorted(right)))
            assert max(right) < 420


def test_places_are_kept_apart():
    assert _apart([100.0, 100.0, 300.0]) == [100.0, 118.0, 300.0]
    assert _apart([370.0, 370.0]) == [356.0, 374.0]


def test_nothing_that_costs_nothing_divides_by_nothing(ways):
    assert "No lines cross" in Chart(ways[1], 0, 0, 1).alt


def test_the_picture_is_the_same_each_time(ways, explorer):
    assert explorer.chart.svg() == CostExplorer(ways, shown=False).chart.svg()


def test_the_form_follows_each_change(explorer):
    form = Form(explorer)
    assert "118.00" in form.result.value
    form.sliders["zones"].value = 1
    assert form.fields["zones"].value == 1
    assert "81.50" in form.result.value
    form.fields["gigabytes"].value = 4321
    assert form.sliders["gigabytes"].value == 4321
    assert "The month with 4,321 GB" in form.result.value
    form.fields["hours"].value = 0
    assert "No lines cross" in unquote(form.chart.value)


def test_every_field_and_every_slider_has_a_label(explorer):
    form = Form(explorer)
    for widgets, name in ((form.fields, "description"), (form.sliders, "label")):
        labels = [getattr(widget, name) for widget in widgets.values()]
        assert labels == ["GB a month", "Hours", "Availability Zones"]


def test_what_is_read_out_is_a_sentence_and_not_the_tables(explorer):
    form = Form(explorer)
    assert form.said.value.count("role=") == 1
    form.fields["gigabytes"].value = 2000
    assert (
        "US dollars for 2,000 GB: A internet gateway (✗ no S3) 0.00; B NAT gateways 163.00;"
        in form.said.value
    )
    assert "<table" not in form.said.value


def test_the_form_is_built_only_where_somebody_looks():
    """anywidget takes a while to import, and whoever sees the static form does without."""
    code = "import sys, lab_env, lab_env.views.cost_explorer; print('anywidget' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


@pytest.mark.parametrize("given", [{"gigabytes": -1}, {"gigabytes": MOST + 1}, {"hours": 731}, {"zones": 4}])
def test_beyond_the_scale(ways, given):
    with pytest.raises(InvalidInput, match=next(iter(given))):
        CostExplorer(ways, **given)


def test_too_many_lines(ways):
    with pytest.raises(InvalidInput, match="12 lines"):
        Chart(ways[1] + ways[2], 0, 730, 1)


def test_the_lab_opens_it(lab, ways):
    """The other process finds what this one does, and the lab's own cloud stays as it is."""
    before = lab.network
    found = lab.cost_explorer(zones=3)
    assert found.ways == ways
    assert found.zones == 3
    assert lab.network == before
