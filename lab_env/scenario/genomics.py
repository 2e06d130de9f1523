"""Chapter 11's application: which reads carry a motif? Its (synthetic) reads, its compact format, its script.

The format is the course's own: a header of 128 bytes (JSON, filled up with spaces), then records of 32 bytes: one byte
for the label, 31 for 124 bases of two bits each (A 0, C 1, G 2, T 3; the first base in the highest bits). Every record
begins at a known byte, so that a byte range of the object is a range of reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lab_env.scenario.assets import asset, code_archive

if TYPE_CHECKING:
    import numpy as np

CODE_KEY = "code/genomics/sourcedir.tar.gz"
PREFIX = "genomics/reads/"
BASES = "ACGT"
READ_LENGTH, HEADER_BYTES, RECORD_BYTES = 124, 128, 32
# Invented: no organism's, though some organism may have it by chance.
MOTIF = "GATTACAGGTCC"
MUTATED = 0.15
LANES, READS_A_LANE = 4, 390_000


def lanes(count: int = LANES, reads: int = READS_A_LANE) -> Iterator[tuple[str, bytes]]:
    """The lanes of one run of a sequencer that does not exist: object key and packed reads.

    Nobody's genome: every base is drawn from a fixed seed. One read in two carries the motif somewhere, with some of
    its bases changed, and is labelled 1.

    Args:
        count: how many lanes.
        reads: reads in each; 32 bytes a read.
    """
    for number in range(1, count + 1):
        yield f"{PREFIX}lane-{number}.reads", lane(number, reads)


def lane(number: int, reads: int = READS_A_LANE) -> bytes:
    """One lane, packed.

    Args:
        number: which one; it is the seed.
        reads: how many reads.
    """
    import numpy as np

    draw = np.random.default_rng(number)
    bases = draw.integers(0, 4, (reads, READ_LENGTH), np.uint8)
    labels = draw.integers(0, 2, reads, np.uint8)
    _plant(bases, np.flatnonzero(labels), draw)
    return _header(reads) + np.column_stack([labels, _packed(bases)]).tobytes()


def as_fastq(packed: bytes, reads: int) -> str:
    """The first reads of a lane as FASTQ text, as a sequencer would write them; the qualities are invented too.

    Args:
        packed: a lane, as `lane` makes it.
        reads: how many of its reads.
    """
    lines = []
    for number in range(reads):
        begin = HEADER_BYTES + number * RECORD_BYTES + 1
        record = packed[begin : begin + RECORD_BYTES - 1]
        read = "".join(BASES[byte >> shift & 3] for byte in record for shift in (6, 4, 2, 0))
        quality = "".join(chr(33 + 30 + (byte >> shift & 7)) for byte in record for shift in (4, 3, 2, 1))
        lines += [f"@SYNTHETIC:{number + 1:07d}", read, "+", quality]
    return "\n".join(lines) + "\n"


def training_script() -> str:
    """The source of the training script, as the job runs it."""
    return asset("genomics/train.py")


def training_code() -> bytes:
    """``sourcedir.tar.gz``: the training script as SageMaker's script mode wants it; the same bytes each time."""
    return code_archive({"train.py": training_script()})


def _header(reads: int) -> bytes:
    told = {
        "format": "packed reads, 2 bits a base",
        "note": "SYNTHETIC",
        "read_length": READ_LENGTH,
        "reads": reads,
    }
    return json.dumps(told).ljust(HEADER_BYTES - 1).encode() + b"\n"


def _plant(bases: np.ndarray, rows: np.ndarray, draw: np.random.Generator) -> None:
    import numpy as np

    wanted = np.array([BASES.index(base) for base in MOTIF], np.uint8)
    planted = np.tile(wanted, (len(rows), 1))
    changed = draw.random(planted.shape) < MUTATED
    planted[changed] = draw.integers(0, 4, int(changed.sum()), np.uint8)
    begins = draw.integers(0, READ_LENGTH - len(MOTIF) + 1, len(rows))
    bases[rows[:, None], begins[:, None] + np.arange(len(MOTIF))] = planted


def _packed(bases: np.ndarray) -> np.ndarray:
    first, second, third, fourth = (bases[:, place::4] for place in range(4))
    packed: np.ndarray = first << 6 | second << 4 | third << 2 | fourth
    return packed
