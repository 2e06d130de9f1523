"""The check finds what was left, wherever it hides, and says what it cannot see."""

import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence

from lab_env.dicom import Pseudonyms, contains, deidentify, identifiers, read, remains
from lab_env.scenario import imaging
from tests.dicom.objects import study

PSEUDONYMS = Pseudonyms(b"secret")


def nested(dataset):
    item = Dataset()
    item.PatientID = "MRN100001"
    dataset.SharedFunctionalGroupsSequence = Sequence([item])


def private(dataset):
    dataset.private_block(0x0011, "SOMEBODY", create=True).add_new(1, "LO", "anything")


def typed_into_a_kept_one(dataset):
    dataset.WindowCenterWidthExplanation = f"lung {study().PatientName.family_name.upper()}"


HIDING = {
    "a name": (lambda d: setattr(d, "PatientName", "A^B"), "(0010,0010)", "the profile empties it"),
    "a date": (lambda d: setattr(d, "SeriesDate", "20250101"), "(0008,0021)", "the profile replaces it"),
    "a comment": (lambda d: setattr(d, "ImageComments", "x"), "(0020,4000)", "the profile removes it"),
    "a uid": (lambda d: setattr(d, "StudyInstanceUID", "1.2.3"), "(0020,000D)", "a UID of the hospital's"),
    "in a sequence": (nested, "(5200,9229)(0010,0020)", "the profile replaces it"),
    "a private one": (private, "(0011,0010)", "private: only its maker knows what it says"),
    "in a kept one": (typed_into_a_kept_one, "(0028,1055)", "holds a word that must not be there"),
}


@pytest.mark.parametrize(("hide", "tag", "why"), HIDING.values(), ids=HIDING)
def test_what_hides_is_found(hide, tag, why):
    clean = deidentify(study(), PSEUDONYMS)
    del clean.WindowCenterWidthExplanation
    assert not remains(clean, identifiers(study())).findings
    hide(clean)
    first = remains(clean, identifiers(study())).findings[0]
    assert (first.tag, first.why) == (tag, why)


def test_a_uid_in_the_file_meta_information_is_found():
    clean = deidentify(study(), PSEUDONYMS)
    clean.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    assert [finding.tag for finding in remains(clean).findings] == ["(0002,0003)"]


@pytest.mark.parametrize(
    ("said", "burned", "words"),
    [
        ("YES", True, "says that text is burned"),
        ("NO", False, "Nobody looked"),
        (None, False, "Nobody said"),
    ],
)
def test_pixels_are_never_called_clean(said, burned, words):
    image = study()
    del image.BurnedInAnnotation
    if said:
        image.BurnedInAnnotation = said
    residue = remains(image)
    assert (residue.burned_in, words in residue.pixels) == (burned, True)


def test_text_in_pixels_is_beyond_a_check_of_elements():
    """What the chapter shows: no finding, and the name is there to be read."""
    capture = deidentify(read(imaging.screenshot()), PSEUDONYMS)
    residue = remains(capture)
    assert (residue.findings, residue.pixels.startswith("Nobody said")) == ((), True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("imaging/MORENO_1.dcm", True),
        ("imaging/moreno-1.dcm", True),
        ("Morenobach", False),
        ("imaging/2.25.1.dcm", False),
        ("", False),
    ],
)
def test_words_in_keys(text, found):
    assert contains(text, {"Moreno"}) is found


def test_without_words_nothing_is_found():
    assert not contains("anything", ())


def test_identifiers_are_the_words_that_matter():
    image = study()
    words = identifiers(image)
    assert {
        image.PatientID,
        image.AccessionNumber,
        image.PatientBirthDate,
        image.PatientName.family_name,
    } <= words
    assert "Dr" not in words
