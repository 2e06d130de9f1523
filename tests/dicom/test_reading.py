"""Whatever is wrong with a file, the answer is one clear sentence with the file's name."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset

from lab_env.dicom import pixels, read, sample, write
from lab_env.errors import InvalidInput, LabError, NotFound
from lab_env.scenario import imaging

WHOLE = next(content for _, content in imaging.export("south"))


def test_a_file_written_is_read_again():
    assert write(read(WHOLE)) == WHOLE


@pytest.mark.parametrize("length", [0, 1, 100, 131, 132, 140, 200, 600, len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_file_cut_off_is_refused(length):
    with pytest.raises(
        InvalidInput, match=r"case\.dcm: no readable DICOM file \(.*\). Ask for the file again"
    ):
        read(WHOLE[:length], "case.dcm")


@given(st.binary(max_size=300))
def test_noise_is_refused(content):
    with pytest.raises(InvalidInput):
        read(content)


@given(st.integers(132, len(WHOLE) - 1), st.binary(min_size=1, max_size=6))
def test_damage_is_refused_or_read_and_nothing_else(at, noise):
    damaged = WHOLE[:at] + noise + WHOLE[at + len(noise) :]
    with suppress(LabError):
        assert isinstance(read(damaged), Dataset)


def test_a_sample_that_pydicom_does_not_bring():
    with pytest.raises(NotFound, match="CT_small"):
        sample("no_such_file.dcm")


def test_pixels_are_in_their_own_units():
    assert pixels(read(WHOLE)).min() > -1300
    assert pixels(read(WHOLE)).max() < 300
