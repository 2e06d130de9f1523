"""DICOM objects for the tests: a small valid one, and one element of any kind."""

from pydicom import DataElement, Dataset
from pydicom.datadict import dictionary_VR
from pydicom.sequence import Sequence

from lab_env.dicom import read
from lab_env.scenario import imaging

SECRET_TEXT = "QUARTZ77"
_VALUES = {
    "DA": "19670314",
    "DT": "19670314101112",
    "TM": "101112",
    "AS": "057Y",
    "UI": "1.2.826.0.1.3680043.8.498.7.19670314",
    "PN": f"{SECRET_TEXT}^Ines",
    "IS": "6703",
    "DS": "67.03",
    "UR": f"https://example.com/{SECRET_TEXT}",
    "AT": 0x00080018,
    "SQ": None,
}
_NUMBERS = frozenset({"FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"})
_BYTES = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})


def study(number: int = 0, hospital: str = "north") -> Dataset:
    """One image of a hospital's export, read again at each call."""
    name, content = list(imaging.export(hospital))[number]
    return read(content, name)


def element(tag: int) -> DataElement:
    """An element of this tag that tells something, of the kind that the dictionary gives it."""
    try:
        kind = dictionary_VR(tag).partition(" or ")[0]
    except KeyError:
        kind = "LO"
    if kind == "SQ":
        item = Dataset()
        item.PatientName = f"{SECRET_TEXT}^Nested"
        return DataElement(tag, "SQ", Sequence([item]))
    if kind in _NUMBERS:
        return DataElement(tag, kind, 6703)
    if kind in _BYTES:
        return DataElement(tag, kind, SECRET_TEXT.encode())
    return DataElement(tag, kind, _VALUES.get(kind, SECRET_TEXT))
