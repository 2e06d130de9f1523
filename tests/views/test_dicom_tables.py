"""DICOM objects for people: what changed, what is left, and the picture."""

from lab_env.dicom import Pseudonyms, deidentify, read, remains, sample
from lab_env.scenario import imaging
from lab_env.views.dicom_tables import before_and_after, findings, picture

CT = sample("CT_small.dcm")
CLEAN = deidentify(CT, Pseudonyms(b"x"))


def test_before_and_after():
    table = before_and_after(CT, CLEAN)
    rows = {row[1]: row[2:] for row in table.rows}
    assert rows["Patient's Name"] == ("Z", "CompressedSamples^CT1", "(empty)")
    assert rows["Institution Name"] == ("X/Z/D", "JFK IMAGING CENTER", "ANONYMIZED")
    assert rows["Other Patient IDs Sequence"] == ("X", "2 items", "(removed)")
    assert rows["Modality"] == ("(kept)", "CT", "CT")
    assert rows["private elements"] == ("X", "179", "0")
    assert all(len(cell) <= 30 for row in table.rows for cell in row[3:])


def test_findings_count_what_they_do_not_show():
    table = findings(remains(CT), most=5)
    assert len(table.rows) == 5
    assert table.caption == "210 elements still tell something"
    assert table.notes[:2] == (
        "… and 26 more.",
        "179 private elements: only their maker knows what they say.",
    )


def test_nothing_found_still_says_what_nobody_looked_at():
    table = findings(remains(CLEAN))
    assert (table.rows, len(table.notes)) == ((), 1)
    assert "nobody looked" in table.notes[0]


def test_a_picture_has_alt_text_always():
    capture = read(imaging.screenshot())
    assert picture(CT, "CT").alt == "Grey picture of 128 by 128 pixels"
    assert picture(capture, "capture", "a name").alt == "a name"
    assert len(picture(capture, "capture").pixels) == 32
