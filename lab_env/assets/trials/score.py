"""The risk of a serious adverse event in the four weeks after a visit: reads a model, scores records in JSON lines.

SageMaker's inference toolkit calls the four functions (the file is ``code/inference.py`` beside the model). As a plain
file: ``python score.py MODEL_FOLDER < records.jsonl > scores.jsonl``.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

CODES = {"sex": {"F": 0.0, "M": 1.0}, "arm": {"PLACEBO": 0.0, "ACTIVE": 1.0}}

Row = dict[str, Any]


def design(rows: Sequence[Row], columns: Sequence[str]) -> np.ndarray:
    """The rows as numbers, a column each; ratios as logarithms, so that twice and half weigh the same."""
    table = [[number(row[name], name) for name in columns] for row in rows]
    return np.array(table, float).reshape(len(rows), len(columns))


def number(value: Any, name: str) -> float:
    """One value as the model takes it."""
    if name in CODES:
        return CODES[name][value]
    return float(np.log(float(value))) if name.endswith("_ratio") else float(value)


def risk(model: Row, rows: Sequence[Row]) -> np.ndarray:
    """The model's probability for each row."""
    scaled = (design(rows, model["columns"]) - model["mean"]) / model["spread"]
    told: np.ndarray = 1 / (1 + np.exp(-(scaled @ np.array(model["weights"]) + model["bias"])))
    return told


def model_fn(folder: str) -> Row:
    """Load the model."""
    model: Row = json.loads((Path(folder) / "model.json").read_text())
    return model


def input_fn(body: str, content_type: str) -> list[Row]:
    """Records, one a line."""
    if content_type != "application/jsonlines":
        raise ValueError(f"{content_type} is not what this model reads: application/jsonlines")
    return [json.loads(line) for line in body.splitlines()]


def predict_fn(rows: Sequence[Row], model: Row) -> list[Row]:
    """The risk of each record, under its subject's pseudonym."""
    risks = risk(model, rows)
    return [
        {"subject": row["subject"], "study_day": row["study_day"], "risk": round(float(risks[place]), 2)}
        for place, row in enumerate(rows)
    ]


def output_fn(scores: Sequence[Row], accept: str) -> str:
    """Scores, one a line."""
    if accept != "application/jsonlines":
        raise ValueError(f"{accept} is not what this model writes: application/jsonlines")
    return "\n".join(json.dumps(score) for score in scores)


if __name__ == "__main__":
    kind = "application/jsonlines"
    print(output_fn(predict_fn(input_fn(sys.stdin.read(), kind), model_fn(sys.argv[1])), kind))
