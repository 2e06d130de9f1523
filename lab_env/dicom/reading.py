"""DICOM files, read and written with a clear word when one is damaged."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from pydicom import Dataset, dcmread, dcmwrite
from pydicom.data import get_testdata_file

from lab_env.errors import InvalidInput, NotFound

_HELP = "Ask for the file again, whole, as its sender wrote it."


def read(content: bytes, name: str = "the file") -> Dataset:
    """A DICOM file's data set, every element of it read.

    Args:
        content: the file's bytes.
        name: what to call it when something is wrong with it.

    Raises:
        InvalidInput: it is no DICOM file, or it is cut off or damaged.
    """
    with warnings.catch_warnings():
        # A value that breaks its own rule is pydicom's warning, and no reason to refuse a hospital's file.
        warnings.simplefilter("ignore")
        try:
            dataset = dcmread(BytesIO(content))
            for _ in dataset.iterall():
                pass
            _check_pixels(dataset)
        except Exception as error:  # pydicom raises whatever a damaged byte led to
            raise InvalidInput(f"no readable DICOM file ({error}).", where=name, do=_HELP) from error
    return dataset


def _check_pixels(dataset: Dataset) -> None:
    """A file that was cut is a shorter list of elements to pydicom: an image whose pixels are not whole was cut."""
    kind = dataset.SOPClassUID.name
    if "Image" in kind and "PixelData" not in dataset:
        raise ValueError(f"{kind} without pixels")
    if "PixelData" not in dataset or dataset.file_meta.TransferSyntaxUID.is_compressed:
        return
    bits = int(dataset.Rows) * int(dataset.Columns) * int(dataset.BitsAllocated)
    wanted = bits * int(dataset.SamplesPerPixel) * int(dataset.get("NumberOfFrames") or 1) // 8
    if len(dataset.PixelData) < wanted:
        raise ValueError(f"{len(dataset.PixelData)} bytes of pixels instead of {wanted}")


def write(dataset: Dataset) -> bytes:
    """A data set as the bytes of a DICOM file: preamble of zeros, file meta information, elements."""
    file = BytesIO()
    dcmwrite(file, dataset, enforce_file_format=True)
    return file.getvalue()


def sample(name: str) -> Dataset:
    """One of the DICOM files that ship with pydicom, e.g. ``CT_small.dcm``; never downloaded.

    Raises:
        NotFound: pydicom brings no such file.
    """
    path = get_testdata_file(name, download=False)
    if not isinstance(path, str):
        raise NotFound(f"pydicom brings no file {name!r}.", do="CT_small.dcm and MR_small.dcm are there.")
    return read(Path(path).read_bytes(), name)


def pixels(dataset: Dataset) -> np.ndarray:
    """The image in its own units (Hounsfield units for CT): stored values, times slope, plus intercept."""
    stored = dataset.pixel_array.astype(float)
    slope, intercept = dataset.get("RescaleSlope", 1), dataset.get("RescaleIntercept", 0)
    return np.asarray(stored * float(slope) + float(intercept))
