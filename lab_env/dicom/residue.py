"""What is left of a patient in a DICOM object: the check after a de-identification, whoever made it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pydicom import DataElement, Dataset

from lab_env.dicom.deidentify import is_dummy
from lab_env.dicom.profile import PRIVATE, code_of, name_of

# DICOM's own UIDs name kinds of things, and 2.25 is where the successors of a patient's UIDs are made.
_NOBODYS_UIDS = ("1.2.840.10008.", "2.25.")
# Whatever else the table removes: these tell who somebody is by themselves.
_IDENTIFIERS = (
    "PatientID",
    "PatientBirthDate",
    "AccessionNumber",
    "PatientTelephoneNumbers",
    "PatientAddress",
)
_SHORTEST = 3
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """One element that still tells something.

    Attributes:
        tag: where it stands: ``(0010,0010)``, nested ones after the sequence's: ``(0010,1002)(0010,0020)``.
        name: the attribute's name.
        value: what it says, cut to one line.
        why: why that is too much.
    """

    tag: str
    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Residue:
    """What a check found. ``pixels`` says what is known about text in the image: nobody looked at it.

    Attributes:
        findings: in order of their tags.
        pixels: one sentence.
        burned_in: whether the object itself says that text is burned into the image.
    """

    findings: tuple[Finding, ...]
    pixels: str
    burned_in: bool

    @property
    def private(self) -> int:
        """How many of the findings are private elements."""
        return sum(finding.name == PRIVATE for finding in self.findings)


def remains(dataset: Dataset, known: Collection[str] = ()) -> Residue:
    """What is left: elements that the basic profile would have changed, and known words wherever they stand.

    Args:
        dataset: the object to check, de-identified by whatever means.
        known: what must not be found in any text: names and numbers of the patient, e.g. of `identifiers`.
    """
    words = _pattern(known)
    found = [*_of(dataset, words)]
    if hasattr(dataset, "file_meta"):
        found = [*_of(dataset.file_meta, words), *found]
    burned = str(dataset.get("BurnedInAnnotation", "")).upper()
    return Residue(tuple(found), _PIXELS.get(burned, _PIXELS[""]), burned == "YES")


_PIXELS = {
    "YES": "The object says that text is burned into its image.",
    "NO": "The object says that no text is burned into its image. Nobody looked.",
    "": "Nobody said whether text is burned into its image, and nobody looked.",
}


def identifiers(dataset: Dataset) -> frozenset[str]:
    """The words that give a patient away: the parts of every person's name in it, ids, birth date, telephone."""
    words = {str(dataset.get(keyword) or "") for keyword in _IDENTIFIERS}
    for element in dataset.iterall():
        if element.VR == "PN" and element.value:
            words |= set(re.split(r"[\^=\s]+", str(element.value)))
    return frozenset(word for word in words if len(word) >= _SHORTEST)


def contains(text: str, known: Collection[str]) -> bool:
    """Whether one of the words stands in a text, e.g. in an object's key."""
    return bool(_pattern(known).search(text))


def _pattern(known: Collection[str]) -> re.Pattern[str]:
    any_of = "|".join(re.escape(word) for word in sorted(known))
    # An underscore parts words in file names, as it does not for \b.
    return re.compile(rf"(?<![^\W_])(?:{any_of})(?![^\W_])" if any_of else r"(?!)", re.IGNORECASE)


def _of(dataset: Dataset, words: re.Pattern[str], at: str = "") -> Iterator[Finding]:
    for element in dataset:
        where = f"{at}({element.tag.group:04X},{element.tag.element:04X})"
        why = _why(element, words)
        if why:
            name = name_of(element.tag) or element.name
            yield Finding(where, name, _short(element), why)
        elif element.VR == "SQ":
            for item in element.value:
                yield from _of(item, words, where)


def _why(element: DataElement, words: re.Pattern[str]) -> str:
    code = code_of(element.tag)
    if code == "X":
        return (
            "private: only its maker knows what it says"
            if element.tag.is_private
            else "the profile removes it"
        )
    if code and element.VR == "UI":
        uids = [str(uid) for uid in (element.value if element.VM > 1 else [element.value]) if uid]
        return "" if all(uid.startswith(_NOBODYS_UIDS) for uid in uids) else "a UID of the hospital's"
    if code and code != "X/Z/U*" and not is_dummy(element):
        return "the profile empties it" if code in ("Z", "X/Z") else "the profile replaces it"
    if element.VR not in ("SQ", "UI", "OB", "OW", "OF", "OD") and words.search(str(element.value)):
        return "holds a word that must not be there"
    return ""


def _short(element: DataElement) -> str:
    if element.VR == "SQ":
        return f"{len(element.value)} item{'s' * (len(element.value) != 1)}"
    if isinstance(element.value, bytes):
        return f"{len(element.value)} bytes"
    text = " ".join(str(element.value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
