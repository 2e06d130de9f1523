"""DICOM objects for people: elements before and after, what a check found, and pictures."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom import DataElement, Dataset

from lab_env.dicom import Residue, code_of, pixels
from lab_env.views.image_sheet import GreyPicture, grey
from lab_env.views.table import Table

# What every scanner writes by itself, and a reader of the table wants to see changed or kept.
_TOLD = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "PatientAge", "OtherPatientIDsSequence"),
    *("StudyDate", "SeriesDate", "InstitutionName", "StationName", "ReferringPhysicianName"),
    *("SeriesDescription", "ImageComments", "StudyInstanceUID", "SOPInstanceUID", "Modality", "KVP"),
)
_CUT = 30
_WINDOW = (-1000.0, 200.0)
_MONOCHROME_ALT = "Grey picture of {rows} by {columns} pixels"


def before_and_after(before: Dataset, after: Dataset) -> Table:
    """The elements that tell most, as they were and as they are, with the basic profile's code for each."""
    rows = tuple(_row(before[word], after) for word in _TOLD if word in before)
    counts = [sum(element.tag.is_private for element in dataset) for dataset in (before, after)]
    private = ("", "private elements", "X", str(counts[0]), str(counts[1]))
    return Table(
        ("tag", "attribute", "code", "before", "after"),
        (*rows, private),
        f"{len(before)} elements before, {len(after)} after",
    )


def _row(element: DataElement, after: Dataset) -> tuple[str, ...]:
    tag = f"({element.tag.group:04X},{element.tag.element:04X})"
    there = _short(after[element.tag]) if element.tag in after else "(removed)"
    return tag, element.name, code_of(element.tag) or "(kept)", _short(element), there


def _short(element: DataElement) -> str:
    text = f"{len(element.value)} items" if element.VR == "SQ" else str(element.value or "(empty)")
    return text if len(text) <= _CUT else text[: _CUT - 1] + "…"


def findings(residue: Residue, *, most: int = 12) -> Table:
    """What a check found, private elements counted, and what it says of the pixels.

    Args:
        residue: of `lab_env.dicom.remains`.
        most: how many rows to show; the rest are counted.
    """
    public = [item for item in residue.findings if not item.why.startswith("private")]
    rows = [(item.tag, item.name, item.value or "(empty)", item.why) for item in public[:most]]
    notes = tuple(_notes(len(public) - len(rows), residue))
    title = f"{len(residue.findings)} elements still tell something"
    return Table(("tag", "attribute", "says", "why it is too much"), tuple(rows), title, notes=notes)


def _notes(more: int, residue: Residue) -> Iterator[str]:
    if more > 0:
        yield f"… and {more} more."
    if residue.private:
        yield f"{residue.private} private elements: only their maker knows what they say."
    yield residue.pixels


def picture(dataset: Dataset, caption: str, alt: str = "") -> GreyPicture:
    """An object's image: CT from air (-1000 Hounsfield units) to 200, others from their darkest to their brightest.

    Args:
        dataset: an object with one grey image.
        caption: what stands under it.
        alt: what it shows, in words; by default only its size.
    """
    image = pixels(dataset)
    low, high = _WINDOW if dataset.get("Modality") == "CT" else (float(image.min()), float(image.max()))
    words = alt or _MONOCHROME_ALT.format(rows=image.shape[0], columns=image.shape[1])
    return grey(image, caption, words, darkest=low, brightest=high)
