"""Whose next four weeks bring a serious adverse event? Logistic regression on NumPy, and the model card it writes.

Runs in SageMaker's script mode as it stands: it reads SM_CHANNEL_TRAIN and SM_CHANNEL_TEST and writes SM_MODEL_DIR,
where it also puts score.py, which stands beside it. The subjects of the test never were in training.
"""

import argparse
import csv
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from score import design, risk  # type: ignore[import-not-found] # stands beside this file

LABEL, NOT_FEATURES = "serious", ("subject", "study_day", "serious")

Row = dict[str, Any]


def read(channel: str) -> tuple[list[Row], str]:
    """The rows of a channel's file, and its fingerprint."""
    path = Path(os.environ[f"SM_CHANNEL_{channel}"]) / "visits.csv"
    with path.open(newline="") as file:
        return list(csv.DictReader(file)), hashlib.sha256(path.read_bytes()).hexdigest()


def labels(rows: Sequence[Row]) -> np.ndarray:
    """Whether the event came."""
    return np.array([int(row[LABEL]) for row in rows])


def fit(rows: Sequence[Row], columns: Sequence[str], steps: int, decay: float) -> Row:
    """Weights that make the labels likely, by gradient descent on all rows at once."""
    table, truth = design(rows, columns), labels(rows)
    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread == 0] = 1
    scaled = (table - mean) / spread
    weights, bias = np.zeros(len(columns)), 0.0
    for _ in range(steps):
        slip = 1 / (1 + np.exp(-(scaled @ weights + bias))) - truth
        weights -= 0.5 * (scaled.T @ slip / len(rows) + decay * weights)
        bias -= 0.5 * slip.mean()
    numbers = {"mean": mean, "spread": spread, "weights": weights}
    return {
        "columns": columns,
        "bias": round(float(bias), 6),
        **{name: values.round(6).tolist() for name, values in numbers.items()},
    }


def auc(truth: np.ndarray, scores: np.ndarray) -> float:
    """How often a visit with an event scores higher than one without; ties count half. 0.5 is a coin."""
    above = scores[truth == 1][:, None] - scores[truth == 0][None, :]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def measure(model: Row, rows: Sequence[Row]) -> dict[str, float]:
    """The model and two baselines on rows that it never saw, and the model in each arm and sex."""
    truth, scores = labels(rows), risk(model, rows)
    told = {"model": auc(truth, scores)}
    for name in ("age", "events"):
        if name in model["columns"]:
            told[f"baseline, {name} alone"] = auc(truth, design(rows, [name])[:, 0])
    for name in ("arm", "sex"):
        for value in sorted({row[name] for row in rows if name in row}):
            chosen = np.array([row[name] == value for row in rows])
            told[f"model, {name} {value}"] = auc(truth[chosen], scores[chosen])
    return told


def card(model: Row, measured: dict[str, float], data: Sequence[tuple[str, int, int, str]]) -> str:
    """The model card: what it is for, what it was made of, how good it is, and where it must not be used."""
    heaviest = [model["columns"][place] for place in np.argsort(-np.abs(model["weights"]))[:3]]
    lines = [
        "# Model card: serious adverse events within 28 days of a visit",
        "",
        "- Kind: logistic regression. Trained on SYNTHETIC data: of no medical use.",
        "- Meant for: ranking open visits, so that a safety physician looks at the highest first.",
        "- Not meant for: deciding on a subject's treatment, unblinding, or people outside the trial.",
    ]
    lines += [
        f"- Data, {name}: {visits} visits of {subjects} subjects, sha256 {digest[:12]}…"
        for name, visits, subjects, digest in data
    ]
    lines += [f"- Weighs most: {', '.join(heaviest)}."]
    lines += ["", "| on held-out subjects | AUC |", "|---|---|"]
    lines += [f"| {name} | {value:.2f} |" for name, value in measured.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Train, measure, and write the model, its card and its scoring script."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--decay", type=float, default=0.01)
    options = parser.parse_args()
    (train, train_digest), (test, test_digest) = read("TRAIN"), read("TEST")
    known, unseen = ({row["subject"] for row in rows} for rows in (train, test))
    if known & unseen:
        raise SystemExit(f"{len(known & unseen)} subjects are in training and test: the split leaks")
    columns = [name for name in train[0] if name not in NOT_FEATURES]

    model = fit(train, columns, options.steps, options.decay)
    measured = measure(model, test)
    print(f"{len(known)} subjects to learn from, {len(unseen)} others to be measured on")
    for name, value in measured.items():
        print(f"held-out AUC, {name}: {value:.2f}")
    data = (("train", len(train), len(known), train_digest), ("test", len(test), len(unseen), test_digest))
    out = Path(os.environ["SM_MODEL_DIR"])
    (out / "model.json").write_text(json.dumps(model))
    (out / "model-card.md").write_text(card(model, measured, data))
    (out / "code").mkdir()
    shutil.copy(Path(__file__).with_name("score.py"), out / "code" / "inference.py")


if __name__ == "__main__":
    main()
