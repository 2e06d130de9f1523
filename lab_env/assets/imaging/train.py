"""Find nodules in small (synthetic) CT patches: a convolutional network, trained with NumPy and autograd.

Runs in SageMaker's script mode as it stands: it reads DICOM files and labels from SM_CHANNEL_TRAIN, and writes
SM_MODEL_DIR. Its image has to hold numpy, autograd and pydicom; it needs no GPU, no credentials and no network.
"""

import argparse
import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pydicom
from autograd import value_and_grad

KERNEL = 5
FILTERS, SHAPES = 4, 8
AIR, SCALE = -750, 300  # Hounsfield units: what counts as 0, and what as 1
FIRST, SECOND = 0.9, 0.999  # how long Adam remembers

Weights = list[np.ndarray]


def read(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All labelled images of a channel: pixels (images × 32 × 32), labels, subjects and instance UIDs."""
    tables = [
        csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        for path in sorted(folder.rglob("*.csv"))
    ]
    label = {row["sop_instance_uid"]: int(row["nodule"]) for table in tables for row in table}
    images = [pydicom.dcmread(path) for path in sorted(folder.rglob("*.dcm"))]
    images = [image for image in images if image.SOPInstanceUID in label]
    hounsfield = [image.pixel_array * image.RescaleSlope + image.RescaleIntercept for image in images]
    pixels = (np.array(hounsfield, dtype=float) - AIR) / SCALE
    uids = np.array([str(image.SOPInstanceUID) for image in images])
    subjects = np.array([str(image.PatientID) for image in images])
    return pixels, np.array([label[uid] for uid in uids]), subjects, uids


def start(draw: np.random.Generator) -> Weights:
    """The network's weights before the first step."""
    return [
        draw.normal(0, 0.28, (KERNEL * KERNEL, FILTERS)),
        np.zeros(FILTERS),
        draw.normal(0, 0.19, (9 * FILTERS, SHAPES)),
        np.zeros(SHAPES),
        draw.normal(0, 0.3, SHAPES),
        np.zeros(1),
    ]


def leaky(values: np.ndarray) -> np.ndarray:
    """A rectifier that lets a tenth of what is negative through, so that no filter dies in training."""
    passed: np.ndarray = anp.maximum(0.1 * values, values)
    return passed


def score(weights: Weights, images: np.ndarray) -> np.ndarray:
    """Two layers of convolution, the strongest answer of each shape anywhere, a weighted sum: above 0, a nodule."""
    edges, edge_bias, shapes, shape_bias, last, offset = weights
    # Every 5 × 5 neighbourhood as a row, so that the first convolution is one product.
    seen = np.lib.stride_tricks.sliding_window_view(images, (KERNEL, KERNEL), axis=(1, 2))
    count, side = seen.shape[:2]
    found = leaky(seen.reshape(count, side, side, -1) @ edges + edge_bias)
    found = anp.reshape(found, (count, side // 2, 2, side // 2, 2, FILTERS))
    found = anp.max(anp.max(found, axis=4), axis=2)
    inner = side // 2 - 2
    around = [found[:, y : y + inner, x : x + inner] for y in range(3) for x in range(3)]
    found = leaky(anp.concatenate(around, axis=3) @ shapes + shape_bias)
    strongest: np.ndarray = anp.max(anp.max(found, axis=1), axis=1)
    return strongest @ last + offset


def loss(weights: Weights, images: np.ndarray, labels: np.ndarray) -> float:
    """Mean logistic loss, and a small price on large weights."""
    price: float = 1e-4 * sum(anp.sum(part**2) for part in weights)
    cost: float = anp.mean(anp.logaddexp(0, (1 - 2 * labels) * score(weights, images)))
    return cost + price


def turned(images: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """The images as they might have been as well: turned by quarters, mirrored."""
    quarters = zip(
        images, draw.integers(4, size=len(images)), draw.choice((1, -1), size=len(images)), strict=True
    )
    return np.array([np.rot90(image, times)[::way] for image, times, way in quarters])


def train(
    images: np.ndarray, labels: np.ndarray, options: argparse.Namespace
) -> Iterator[tuple[float, Weights]]:
    """Adam on small batches, its steps shrinking to nothing; after each epoch its mean loss and the weights."""
    draw = np.random.default_rng(options.seed)
    weights = start(draw)
    first, second, step = [0 * part for part in weights], [0 * part for part in weights], 0
    slope = value_and_grad(loss)
    for epoch in range(options.epochs):
        losses, order = [], draw.permutation(len(labels))
        rate = options.learning_rate * (1 - epoch / options.epochs)
        for at in range(0, len(order), options.batch_size):
            chosen = order[at : at + options.batch_size]
            value, gradient = slope(weights, turned(images[chosen], draw), labels[chosen])
            losses.append(value)
            step += 1
            for i, part in enumerate(gradient):
                first[i] = FIRST * first[i] + (1 - FIRST) * part
                second[i] = SECOND * second[i] + (1 - SECOND) * part**2
                mean, size = first[i] / (1 - FIRST**step), second[i] / (1 - SECOND**step)
                weights[i] = weights[i] - rate * mean / (size**0.5 + 1e-8)
        yield float(np.mean(losses)), weights


def baselines(images: np.ndarray, labels: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """Held-out accuracy of two that need no network: the commoner answer, and the best limit on mean brightness."""
    commoner = labels[~held_out].mean() > 0.5
    mean = images.mean(axis=(1, 2))
    limits = [(limit, way) for limit in np.unique(mean[~held_out]) for way in (1, -1)]

    def right(rule: tuple[float, int], rows: np.ndarray) -> float:
        return float(((rule[1] * (mean[rows] - rule[0]) > 0) == labels[rows]).mean())

    best = max(limits, key=lambda rule: right(rule, ~held_out))
    return {
        "commoner_answer": float((labels[held_out] == commoner).mean()),
        "mean_brightness": right(best, held_out),
    }


def confusion(said: np.ndarray, labels: np.ndarray) -> dict[str, int]:
    """How many of each kind were called what."""
    pairs = {"true_nodule": (1, 1), "missed_nodule": (0, 1), "false_alarm": (1, 0), "true_clear": (0, 0)}
    return {name: int(((said == a) & (labels == b)).sum()) for name, (a, b) in pairs.items()}


def main() -> None:
    """Read, train, measure on patients that were kept back, and keep model, measurements and predictions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=0.03)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    images, labels, subjects, uids = read(Path(os.environ["SM_CHANNEL_TRAIN"]))
    # By patient, not by image: two images of one patient are alike, and one would give the other away.
    held_out = np.isin(subjects, np.unique(subjects)[::4])
    print(
        f"{len(labels)} images of {len(set(subjects))} patients; {held_out.sum()} images kept back for the test"
    )

    weights: Weights = []
    for epoch, (cost, weights) in enumerate(train(images[~held_out], labels[~held_out], options), 1):
        if epoch % 2 == 0:
            right = ((score(weights, images[held_out]) > 0) == labels[held_out]).mean()
            print(f"epoch {epoch}/{options.epochs} loss {cost:.2f} held-out accuracy {right:.2f};")

    scores = score(weights, images[held_out])
    said = (scores > 0).astype(int)
    accuracy = float((said == labels[held_out]).mean())
    measured = {"held_out_accuracy": accuracy, **baselines(images, labels, held_out)}
    metrics = {name: round(value, 2) for name, value in measured.items()}
    print(" ".join(f"{name} {value:.2f};" for name, value in metrics.items()))

    folder = Path(os.environ["SM_MODEL_DIR"])
    np.savez(folder / "model.npz", *weights)
    counts = confusion(said, labels[held_out])
    (folder / "metrics.json").write_text(
        json.dumps({"images": len(labels), **metrics, "confusion": counts}, indent=1)
    )
    with (folder / "predictions.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["sop_instance_uid", "nodule", "said", "sure"])
        sure = np.abs(1 / (1 + np.exp(-scores)) - 0.5) * 2
        table.writerows(zip(uids[held_out], labels[held_out], said, sure.round(2), strict=True))


if __name__ == "__main__":
    main()
