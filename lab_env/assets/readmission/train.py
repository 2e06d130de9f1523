"""Predict readmission within 30 days from a few columns of (synthetic) patient data: logistic regression on NumPy.

Runs in SageMaker's script mode as it stands: it reads SM_CHANNEL_TRAIN and writes SM_MODEL_DIR.
"""

import argparse
import csv
import json
import os
from pathlib import Path

import numpy as np

FEATURES = ["age", "length_of_stay", "prior_admissions", "hba1c"]


def read(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """All CSV files of a channel, in order of their names: features (patients × 4) and labels (patients)."""
    rows = [
        row for path in sorted(folder.glob("*.csv")) for row in csv.DictReader(path.open(encoding="utf-8"))
    ]
    features = np.array([[float(row[name]) for name in FEATURES] for row in rows])
    return features, np.array([float(row["readmitted"]) for row in rows])


def sigmoid(score: np.ndarray) -> np.ndarray:
    """A probability for each score."""
    return np.asarray(1 / (1 + np.exp(-score)))


def main() -> None:
    """Read, train, say how well, and keep the model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--learning-rate", type=float, default=1.0)
    options = parser.parse_args()

    features, labels = read(Path(os.environ["SM_CHANNEL_TRAIN"]))
    held_out = np.arange(len(labels)) % 5 == 0  # every fifth patient is kept for the test
    mean, spread = features[~held_out].mean(axis=0), features[~held_out].std(axis=0)
    scaled = np.column_stack([np.ones(len(labels)), (features - mean) / spread])
    x, y = scaled[~held_out], labels[~held_out]

    weights = np.zeros(x.shape[1])
    for epoch in range(1, options.epochs + 1):
        weights -= options.learning_rate * x.T @ (sigmoid(x @ weights) - y) / len(y)
        risk = sigmoid(x @ weights)
        loss = -np.mean(y * np.log(risk) + (1 - y) * np.log(1 - risk))
        right = ((scaled[held_out] @ weights > 0) == labels[held_out]).mean()
        print(f"epoch {epoch}/{options.epochs} loss {loss:.2f} held-out accuracy {right:.2f}")

    baseline = max(labels[held_out].mean(), 1 - labels[held_out].mean())
    print(f"baseline (always the commoner answer) {baseline:.2f}")
    model = {"features": FEATURES, "mean": list(mean), "spread": list(spread), "weights": list(weights)}
    (Path(os.environ["SM_MODEL_DIR"]) / "model.json").write_text(json.dumps(model))


if __name__ == "__main__":
    main()
