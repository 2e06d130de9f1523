"""DICOM objects: reading them, de-identifying them by PS3.15's basic profile, and checking what is left."""

from lab_env.dicom.deidentify import Pseudonyms, carry_out, deidentify
from lab_env.dicom.profile import basic_profile, code_of, name_of
from lab_env.dicom.reading import pixels, read, sample, write
from lab_env.dicom.residue import Finding, Residue, contains, identifiers, remains

__all__ = [
    "Finding",
    "Pseudonyms",
    "Residue",
    "basic_profile",
    "carry_out",
    "code_of",
    "contains",
    "deidentify",
    "identifiers",
    "name_of",
    "pixels",
    "read",
    "remains",
    "sample",
    "write",
]
