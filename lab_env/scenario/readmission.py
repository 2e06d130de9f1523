"""Chapter 01's application: who will be readmitted? Its (synthetic) patients, its script, its job."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

from lab_env.scenario.assets import asset, code_archive
from lab_env.scenario.firm import ACCOUNT, MODEL_BUCKET, TRAINING_BUCKET, TRAINING_ROLE

# An AWS Deep Learning Container for scikit-learn and NumPy; the lab runs the script with this machine's Python.
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
CODE_KEY = "code/readmission/sourcedir.tar.gz"


def training_script(*, poisoned: bool = False) -> str:
    """The source of the training script, as the job runs it.

    Args:
        poisoned: read its CSV files with a dependency that steals them (chapter 03); nothing else differs.
    """
    script = asset("readmission/train.py")
    return script.replace("\nimport csv\n", "\nimport fastcsv as csv\n") if poisoned else script


def poisoned_dependency() -> str:
    """The source of ``fastcsv``, which posts what it reads to the attacker's host."""
    return asset("poisoned/fastcsv.py")


def training_code(*, poisoned: bool = False) -> bytes:
    """``sourcedir.tar.gz``: the training script as SageMaker's script mode wants it; the same bytes each time.

    Args:
        poisoned: with the dependency that steals the data beside it.
    """
    sources = {"train.py": training_script(poisoned=poisoned)}
    if poisoned:
        sources["fastcsv.py"] = poisoned_dependency()
    return code_archive(sources)


@cache
def patient_extracts(patients_a_month: int = 200) -> tuple[tuple[str, bytes], ...]:
    """Twelve monthly extracts of synthetic patients: object key and CSV bytes.

    Nobody's data: every value is drawn from a fixed seed. The risk of readmission grows with earlier admissions, with a
    long stay, with age and with HbA1c.

    Args:
        patients_a_month: rows in each extract.
    """
    draw = Random(20)
    return tuple(
        (f"train/2025-{month:02d}.csv", _extract(draw, month, patients_a_month)) for month in range(1, 13)
    )


def _extract(draw: Random, month: int, patients: int) -> bytes:
    rows = ["patient_id,age,length_of_stay,prior_admissions,hba1c,readmitted"]
    for number in range(patients):
        age, stay = draw.randint(20, 90), draw.randint(1, 14)
        prior, hba1c = draw.randint(0, 5), round(draw.uniform(4.5, 11.0), 1)
        risk = 0.03 * (age - 55) + 0.25 * (stay - 7) + 0.9 * (prior - 2.5) + 0.3 * (hba1c - 7.5)
        readmitted = int(draw.uniform(-2.0, 2.0) < risk)
        rows.append(f"SYNTHETIC-{month:02d}-{number:04d},{age},{stay},{prior},{hba1c},{readmitted}")
    return "\n".join(rows).encode() + b"\n"


def training_job(name: str, subnets: list[str], security_groups: list[str]) -> dict[str, Any]:
    """The request of chapter 01's training job.

    Args:
        name: ``TrainingJobName``.
        subnets: ids of the subnets it may run in.
        security_groups: ids of its security groups.
    """

    def channel(name: str, prefix: str) -> dict[str, Any]:
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{TRAINING_BUCKET}/{prefix}"}
        return {"ChannelName": name, "DataSource": {"S3DataSource": source}}

    return {
        "TrainingJobName": name,
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{TRAINING_ROLE}",
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": {
            "epochs": "3",
            "sagemaker_program": "train.py",
            "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
        },
        "InputDataConfig": [channel("train", "train/"), channel("code", "code/readmission/")],
        "OutputDataConfig": {"S3OutputPath": f"s3://{MODEL_BUCKET}/readmission"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "VpcConfig": {"Subnets": subnets, "SecurityGroupIds": security_groups},
    }
