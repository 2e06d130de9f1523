"""The basic profile, carried out: every row of the table, nested ones, private ones, UIDs that still fit together."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.sequence import Sequence

from lab_env.dicom import (
    Pseudonyms,
    basic_profile,
    code_of,
    deidentify,
    identifiers,
    name_of,
    read,
    remains,
    sample,
    write,
)
from tests.dicom.objects import SECRET_TEXT, element, study

PSEUDONYMS = Pseudonyms(b"secret")
# Group 0 belongs to messages on the wire, 2 to the file meta information, FFFA and FFFC have no value to invent.
ROWS = [tag for tag in basic_profile() if "x" not in tag and not tag.startswith(("0000", "0002", "FFF"))]
REPEATED = {"50xxxxxx": 0x50020010, "60xx3000": 0x60023000, "60xx4000": 0x60044000}

# What PS3.15's table says of attributes that everybody knows; a code that changes here was read wrongly.
KNOWN_CODES = {
    "PatientName": (0x00100010, "Z"),
    "PatientID": (0x00100020, "Z/D"),
    "PatientBirthDate": (0x00100030, "Z"),
    "PatientSex": (0x00100040, "Z"),
    "PatientAge": (0x00101010, "X"),
    "PatientAddress": (0x00101040, "X"),
    "OtherPatientIDs": (0x00101000, "X"),
    "StudyDate": (0x00080020, "Z"),
    "SeriesDate": (0x00080021, "X/D"),
    "AcquisitionDate": (0x00080022, "X/Z"),
    "ContentDate": (0x00080023, "Z/D"),
    "AccessionNumber": (0x00080050, "Z"),
    "InstitutionName": (0x00080080, "X/Z/D"),
    "InstitutionAddress": (0x00080081, "X"),
    "ReferringPhysicianName": (0x00080090, "Z"),
    "StationName": (0x00081010, "X/Z/D"),
    "SeriesDescription": (0x0008103E, "X"),
    "DeviceSerialNumber": (0x00181000, "X/Z/D"),
    "ProtocolName": (0x00181030, "X/D"),
    "StudyInstanceUID": (0x0020000D, "U"),
    "FrameOfReferenceUID": (0x00200052, "U"),
    "StudyID": (0x00200010, "Z"),
    "ClinicalTrialSubjectID": (0x00120040, "D"),
    "OverlayData": (0x60023000, "X"),
    "a private element": (0x00111001, "X"),
    "MediaStorageSOPInstanceUID": (0x00020003, "U"),
    "Modality": (0x00080060, ""),
    "PixelData": (0x7FE00010, ""),
}


@pytest.mark.parametrize(("tag", "code"), KNOWN_CODES.values(), ids=KNOWN_CODES)
def test_the_table_s_codes(tag, code):
    assert code_of(tag) == code


def test_the_table_is_whole():
    assert len(basic_profile()) == 655
    assert {code for code, _ in basic_profile().values()} == {
        "D",
        "Z",
        "X",
        "U",
        "Z/D",
        "X/Z",
        "X/D",
        "X/Z/D",
        "X/Z/U*",
    }
    assert name_of(0x00100010) == "Patient's Name"


@pytest.mark.parametrize(
    "tag", [*(int(tag, 16) for tag in ROWS), *REPEATED.values()], ids=lambda tag: f"{tag:08X}"
)
def test_nothing_of_a_row_survives(tag):
    """Removed, emptied, a dummy, or a new UID: never what was there."""
    dataset = Dataset()
    dataset.add(element(tag))
    clean = deidentify(dataset, PSEUDONYMS)
    found = clean.get(tag)
    old = element(tag)
    assert found is None or found.is_empty or found.value != old.value
    assert SECRET_TEXT not in str(clean)
    assert not remains(clean, {SECRET_TEXT}).findings


@pytest.mark.parametrize("tag", [int(tag, 16) for tag in ROWS], ids=lambda tag: f"{tag:08X}")
def test_the_check_sees_each_row_that_was_left(tag):
    dataset = Dataset()
    dataset.add(element(tag))
    (finding,) = remains(dataset).findings
    assert finding.tag.startswith(f"({tag >> 16:04X},{tag & 0xFFFF:04X})")


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm"])
def test_real_files_are_clean_and_keep_their_picture(name):
    original = sample(name)
    assert remains(original).findings
    clean = read(write(deidentify(original, PSEUDONYMS)))
    assert not remains(clean, identifiers(original)).findings
    assert clean.PixelData == original.PixelData
    assert not any(item.tag.is_private for item in clean.iterall())
    assert (clean.PatientIdentityRemoved, clean.LongitudinalTemporalInformationModified) == ("YES", "REMOVED")
    assert clean.DeidentificationMethodCodeSequence[0].CodeValue == "113100"


def test_the_original_is_not_changed():
    original, untouched = study(), study()
    deidentify(original, PSEUDONYMS)
    assert original == untouched


def test_uids_still_fit_together():
    """Within an object, across a patient's objects, and between data set and file meta information."""
    first, second, other = (deidentify(study(number), PSEUDONYMS) for number in (0, 1, 2))
    assert first.file_meta.MediaStorageSOPInstanceUID == first.SOPInstanceUID != second.SOPInstanceUID
    assert first.StudyInstanceUID == second.StudyInstanceUID != other.StudyInstanceUID
    assert first.PatientID == second.PatientID != other.PatientID
    assert first.SOPClassUID == study().SOPClassUID


def test_references_in_sequences_follow_their_objects():
    """Where a sequence is kept, what it refers to is still found."""
    pointing = study()
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = (
        pointing.SOPClassUID,
        study(1).SOPInstanceUID,
    )
    pointing.ReferencedImageSequence = Sequence([reference])
    clean, target = deidentify(pointing, PSEUDONYMS), deidentify(study(1), PSEUDONYMS)
    assert clean.ReferencedImageSequence[0].ReferencedSOPInstanceUID == target.SOPInstanceUID


def test_what_pointed_at_another_secret_s_object_does_not_any_more():
    assert (
        deidentify(study(), Pseudonyms(b"a")).SOPInstanceUID
        != deidentify(study(), Pseudonyms(b"b")).SOPInstanceUID
    )


@given(
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=64),
    st.binary(max_size=16),
)
def test_pseudonyms_are_valid_and_steady(original, secret):
    one = Pseudonyms(secret).uid(original)
    assert one == Pseudonyms(secret).uid(original)
    assert one.is_valid
    assert one.startswith("2.25.")
    assert (
        original not in Pseudonyms(secret).subject(original).removeprefix("SUBJECT-") or len(original) <= 12
    )


@given(st.sets(st.sampled_from([int(tag, 16) for tag in ROWS]), min_size=1, max_size=12), st.integers(0, 3))
def test_no_tag_of_the_profile_survives_at_any_depth(tags, depth):
    dataset = Dataset()
    for tag in tags:
        dataset.add(element(tag))
    for _ in range(depth):
        # A sequence that the profile keeps: only its items are cleaned.
        around = Dataset()
        around.SharedFunctionalGroupsSequence = Sequence([deepcopy(dataset)])
        dataset = around
    clean = deidentify(dataset, PSEUDONYMS)
    assert not remains(clean, {SECRET_TEXT}).findings
    assert SECRET_TEXT not in str(clean)


def test_twice_is_once():
    once = deidentify(study(), PSEUDONYMS)
    twice = deidentify(once, PSEUDONYMS)
    assert not remains(twice).findings
    assert len(twice) == len(once)
