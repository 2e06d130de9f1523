"""The course's own training scripts run outside the lab: plain files, the ``SM_*`` variables, nothing of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from lab_env import scenario
from lab_env.training.container import Layout, arguments, environment


def test_the_readmission_script_runs_as_a_plain_file(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "ml")
    layout.make()
    train = layout.channel("train")
    train.mkdir()
    for key, body in scenario.patient_extracts():
        (train / Path(key).name).write_bytes(body)
    script = tmp_path / "train.py"
    script.write_text(scenario.training_script())
    given = {"epochs": "3"}
    variables = environment(layout, {"train": str(train)}, given, {})
    # -S and -E would hide NumPy; -P hides this project, and the working directory is empty.
    done = subprocess.run(
        [sys.executable, "-P", str(script), *arguments(given)],
        env={"PATH": os.environ["PATH"], **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[2] == "epoch 3/3 loss 0.48 held-out accuracy 0.85"
    assert (layout.model / "model.json").is_file()


def test_the_variables_are_the_toolkits(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    variables = environment(layout, {"held-out": "/data"}, {"rate": "0.1", "name": '"a"'}, {"COLOUR": "blue"})
    assert variables == {
        "SM_CHANNEL_HELD_OUT": "/data",
        "SM_CHANNELS": '["held-out"]',
        "SM_MODEL_DIR": str(tmp_path / "model"),
        "SM_OUTPUT_DATA_DIR": str(tmp_path / "output" / "data"),
        "SM_OUTPUT_DIR": str(tmp_path / "output"),
        "SM_INPUT_DIR": str(tmp_path / "input"),
        "SM_INPUT_CONFIG_DIR": str(tmp_path / "input" / "config"),
        "SM_HPS": '{"name": "a", "rate": 0.1}',
        "SM_HP_RATE": "0.1",
        "SM_HP_NAME": "a",
        "SM_NUM_GPUS": "0",
        "SM_CURRENT_HOST": "algo-1",
        "SM_HOSTS": '["algo-1"]',
        "COLOUR": "blue",
    }
