"""De-identification by the basic profile of DICOM PS3.15 Annex E.

What it does not do: look at pixels. Names burned into an image, and a face that can be rebuilt from a head scan,
need the profile's own options (*Clean Pixel Data*, *Clean Recognizable Visual Features*). And the basic profile is not
HIPAA's Safe Harbor list, nor the other way round.
"""

from __future__ import annotations

import hmac
import re
from copy import deepcopy

from pydicom import DataElement, Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from lab_env.dicom.profile import code_of

# A dummy for each kind of value; a kind that is not here is text.
_DUMMIES: dict[str, object] = {
    "AE": "ANONYMOUS",
    "AS": "000Y",
    "CS": "ANONYMOUS",
    "DA": "19000101",
    "DT": "19000101000000",
    "TM": "000000",
    "PN": "Anonymous",
    "UR": "about:blank",
    "AT": 0,
    "DS": "0",
    "IS": "0",
} | dict.fromkeys(("FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"), 0)
_DUMMIES |= dict.fromkeys(("OB", "OD", "OF", "OL", "OV", "OW", "UN"), b"\0" * 8)
TEXT_DUMMY = "ANONYMIZED"
METHOD = "DICOM PS3.15 basic profile; pixels not cleaned"
PATIENT_ID = 0x00100020


class Pseudonyms:
    """New UIDs and subject ids: the same for the same original, and not to be guessed without the secret.

    Args:
        secret: whoever has it can tell which pseudonym belongs to which patient; it never goes where the data goes.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def uid(self, original: str) -> UID:
        """The UID that stands for another, under ``2.25``, where anybody may make UIDs (PS3.5, Annex B.2)."""
        # As a UUID of version 8 (RFC 9562), which is what 2.25 is for.
        number = int.from_bytes(self._digest(f"uid {original}")[:16], "big")
        number = number & ~(0xF << 76) | 0x8 << 76
        return UID(f"2.25.{number & ~(0x3 << 62) | 0x2 << 62}")

    def subject(self, original: str) -> str:
        """The id that stands for a patient's."""
        return f"SUBJECT-{self._digest(f'patient {original}').hex()[:12].upper()}"

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), "sha256")


def deidentify(dataset: Dataset, pseudonyms: Pseudonyms) -> Dataset:
    """A copy of a data set on which the basic profile was carried out, nested sequences and file meta included.

    Where the table leaves the choice to the object's kind (Z/D, X/Z/D …), the code that is valid for every kind is
    taken: a dummy where D is among them, an empty value otherwise.

    Args:
        dataset: as `lab_env.dicom.reading.read` gives it; it is not changed.
        pseudonyms: the new UIDs and subject ids.
    """
    result = deepcopy(dataset)
    carry_out(result, pseudonyms)
    if hasattr(result, "file_meta"):
        carry_out(result.file_meta, pseudonyms)
        # What sent the file, and with what: no row of the table, and nobody's business.
        for keyword in ("SourceApplicationEntityTitle", "SendingApplicationEntityTitle"):
            if keyword in result.file_meta:
                del result.file_meta[keyword]
        result.preamble = b"\0" * 128
    _say_so(result)
    return result


def _say_so(dataset: Dataset) -> None:
    """Note in the object itself what was done to it, as PS3.15 E.1.1 asks."""
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = METHOD
    profile = Dataset()
    profile.CodeValue, profile.CodingSchemeDesignator = "113100", "DCM"
    profile.CodeMeaning = "Basic Application Confidentiality Profile"
    dataset.DeidentificationMethodCodeSequence = Sequence([profile])
    dataset.LongitudinalTemporalInformationModified = "REMOVED"


def carry_out(dataset: Dataset, pseudonyms: Pseudonyms) -> None:
    """Do to each element what its code says; what has no code stands."""
    for element in list(dataset):
        code = code_of(element.tag)
        if code == "X":
            del dataset[element.tag]
        elif code in ("U", "X/Z/U*") or not code:
            _follow(element, code, pseudonyms)
        elif "D" in code:
            element.value = _dummy(element, pseudonyms)
        else:
            element.value = Sequence() if element.VR == "SQ" else None


def _follow(element: DataElement, code: str, pseudonyms: Pseudonyms) -> None:
    """Clean a sequence's items; give a UID its successor."""
    if element.VR == "SQ":
        for item in element.value:
            carry_out(item, pseudonyms)
    elif code == "U" and element.value:
        several = element.VM > 1
        element.value = (
            [pseudonyms.uid(one) for one in element.value] if several else pseudonyms.uid(element.value)
        )


def is_dummy(element: DataElement) -> bool:
    """Whether an element holds what `deidentify` puts in the place of a value, or nothing."""
    if element.VR == "SQ":
        return not any(len(item) for item in element.value)
    if element.is_empty or element.tag == PATIENT_ID:
        return element.is_empty or bool(re.fullmatch(r"SUBJECT-[0-9A-F]{12}", str(element.value)))
    return bool(element.value == _DUMMIES.get(element.VR, TEXT_DUMMY))


def _dummy(element: DataElement, pseudonyms: Pseudonyms) -> object:
    if element.tag == PATIENT_ID:
        # All images of a patient keep one id: a test set must not hold a patient from the training set.
        return pseudonyms.subject(str(element.value))
    if element.VR == "SQ":
        return Sequence([Dataset()])
    if element.VR == "UI":
        return pseudonyms.uid(str(element.value))
    return _DUMMIES.get(element.VR, TEXT_DUMMY)
