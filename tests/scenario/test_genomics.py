"""Chapter 11's reads: what the format promises, and that they say what they are."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest

from lab_env.scenario import genomics
from lab_env.scenario.genomics import BASES, HEADER_BYTES, MOTIF, READ_LENGTH, RECORD_BYTES

READS = 2000


@pytest.fixture(scope="module")
def lane():
    return genomics.lane(1, READS)


def reads_of(packed):
    """Label and bases of each read, decoded bit by bit: nothing here is shared with the code that packs."""
    for begin in range(HEADER_BYTES, len(packed), RECORD_BYTES):
        label, *packed_bases = packed[begin : begin + RECORD_BYTES]
        bits = "".join(f"{byte:08b}" for byte in packed_bases)
        yield label, "".join(BASES[int(bits[at : at + 2], 2)] for at in range(0, len(bits), 2))


def test_the_header_says_what_is_in_the_file_and_that_it_is_synthetic(lane):
    header = lane[:HEADER_BYTES]
    told = json.loads(header)
    assert (told["reads"], told["read_length"], told["note"]) == (READS, READ_LENGTH, "SYNTHETIC")
    assert header.endswith(b"\n")


def test_every_read_begins_at_a_known_byte(lane):
    assert len(lane) == HEADER_BYTES + READS * RECORD_BYTES
    assert {len(read) for _, read in reads_of(lane)} == {READ_LENGTH}


def test_fastq_is_the_same_reads_as_text(lane):
    lines = genomics.as_fastq(lane, 50).splitlines()
    assert len(lines) == 200
    assert lines[1::4] == [read for _, read in reads_of(lane)][:50]
    assert all(re.fullmatch(r"@SYNTHETIC:\d{7}", line) for line in lines[0::4])
    assert set(lines[2::4]) == {"+"}
    assert all(re.fullmatch(f"[!-~]{{{READ_LENGTH}}}", quality) for quality in lines[3::4])


def test_the_motif_tells_the_labels_apart(lane):
    """Half of the reads have it; unchanged it stands in one in seven of them, and hardly ever in the others."""
    labelled = {label: [read for other, read in reads_of(lane) if other == label] for label in (0, 1)}
    share = {
        label: Fraction(sum(MOTIF in read for read in found), len(found)) for label, found in labelled.items()
    }
    assert 0.45 < len(labelled[1]) / READS < 0.55
    assert share[1] > 0.15
    assert share[0] < 0.01


def test_a_lane_is_the_same_each_time_and_no_other(lane):
    assert genomics.lane(1, READS) == lane
    assert genomics.lane(2, READS)[HEADER_BYTES:] != lane[HEADER_BYTES:]


def test_the_chapter_s_lanes_are_really_sent_in_parts():
    """More than boto3's 8 MiB, and small enough to be sent in a moment."""
    (key, packed), *rest = genomics.lanes(2)
    assert key == "genomics/reads/lane-1.reads"
    assert 8 << 20 < len(packed) < 16_000_000
    assert [name for name, _ in rest] == ["genomics/reads/lane-2.reads"]
