"""Which reads carry the motif? A k-mer model in one pass over packed reads, a block at a time: naive Bayes on NumPy.

Runs in SageMaker's script mode as it stands: it reads SM_CHANNEL_READS and writes SM_MODEL_DIR. The last file of the
channel is kept for the test; the model never sees it.
"""

import argparse
import json
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np

BASES = "ACGT"
HEADER_BYTES = 128
# The four bases of each possible byte.
FOUR = (np.arange(256)[:, None] >> np.array([6, 4, 2, 0]) & 3).astype(np.uint8)


def blocks(path: Path, reads: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """A file's labels and bases, so many reads at a time; what was given before may be forgotten."""
    with path.open("rb") as file:
        header = json.loads(file.read(HEADER_BYTES))
        record = 1 + header["read_length"] // 4
        while block := file.read(reads * record):
            rows = np.frombuffer(block, np.uint8).reshape(-1, record)
            yield rows[:, 0], FOUR[rows[:, 1:]].reshape(len(rows), -1)


def words(bases: np.ndarray, k: int) -> np.ndarray:
    """The k-mers of each read, as numbers: a k-mer is a number of k digits to the base of four."""
    count = bases.shape[1] - k + 1
    numbers = np.zeros((len(bases), count), np.int32)
    for place in range(k):
        numbers = numbers * 4 + bases[:, place : place + count]
    return numbers


def spelled(number: int, k: int) -> str:
    """A k-mer's bases."""
    return "".join(BASES[number >> 2 * place & 3] for place in reversed(range(k)))


def learn(paths: list[Path], k: int, reads: int) -> tuple[np.ndarray, float]:
    """Count the k-mers of both kinds of reads: a weight for each k-mer, and the GC content that tells them best."""
    counts = np.ones((2, 4**k))
    strong, seen = np.zeros(2), np.zeros(2)
    for number, path in enumerate(paths, 1):
        for labels, bases in blocks(path, reads):
            for label in (0, 1):
                chosen = bases[labels == label]
                counts[label] += np.bincount(words(chosen, k).ravel(), minlength=4**k)
                strong[label] += ((chosen == 1) | (chosen == 2)).sum()
                seen[label] += chosen.size
        print(f"counted file {number}/{len(paths)}: {path.name}")
    share = counts / counts.sum(axis=1, keepdims=True)
    return np.log(share[1] / share[0]), float((strong / seen).mean())


def measure(path: Path, weights: np.ndarray, gc: float, k: int, reads: int) -> dict[str, float]:
    """How often the model, and each of two baselines, is right on a file that it never saw."""
    right = dict.fromkeys(("held-out accuracy", "baseline, GC content alone"), 0)
    positive = total = 0
    for labels, bases in blocks(path, reads):
        truth = labels == 1
        told = weights[words(bases, k)].sum(axis=1) > 0
        right["held-out accuracy"] += int((told == truth).sum())
        content = ((bases == 1) | (bases == 2)).mean(axis=1)
        right["baseline, GC content alone"] += int(((content > gc) == truth).sum())
        positive, total = positive + int(truth.sum()), total + len(truth)
    often = max(positive, total - positive) / total
    return {**{name: n / total for name, n in right.items()}, "baseline, the commoner answer": often}


def main() -> None:
    """Read, train, say how well and with how much memory, and keep the model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--k", type=int, default=6)
    parser.add_argument("--reads-at-a-time", type=int, default=8192)
    parser.add_argument("--memory-limit-mb", type=int, default=100)
    options = parser.parse_args()
    k, reads = options.k, options.reads_at_a_time

    tracemalloc.start()
    *training, held_out = sorted(Path(os.environ["SM_CHANNEL_READS"]).glob("*.reads"))
    weights, gc = learn(training, k, reads)
    for name, share in measure(held_out, weights, gc, k, reads).items():
        print(f"{name} {share:.2f}")
    print("strongest k-mers:", *(spelled(number, k) for number in np.argsort(weights)[: -k - 1 : -1]))

    megabytes = sum(path.stat().st_size for path in [*training, held_out]) / 1e6
    held = tracemalloc.get_traced_memory()[1] / 1e6
    kept = "yes" if held < options.memory_limit_mb else "no"
    print(f"{megabytes:.0f} MB read, less than {options.memory_limit_mb} MB held at a time: {kept}")
    model = {"k": k, "weights": weights.round(6).tolist()}
    (Path(os.environ["SM_MODEL_DIR"]) / "model.json").write_text(json.dumps(model))


if __name__ == "__main__":
    main()
