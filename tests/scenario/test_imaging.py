"""Chapter 10's studies are the same every time, hide identity where they say, and can be told apart by shape alone."""

import csv
import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from lab_env.dicom import Pseudonyms, deidentify, identifiers, pixels, read, remains, write
from lab_env.errors import NotFound
from lab_env.scenario import imaging, lung
from lab_env.scenario.assets import asset


def objects(hospital):
    return [read(content, name) for name, content in imaging.export(hospital)]


@pytest.mark.parametrize(("hospital", "images"), [("north", 280), ("south", 40)])
def test_an_export_is_whole_and_always_the_same(hospital, images):
    files = list(imaging.export(hospital))
    imaging._studies.cache_clear()
    assert files == list(imaging.export(hospital))
    assert len({name for name, _ in files}) == len(files) == images
    assert set(imaging.labels(hospital)) == {one.SOPInstanceUID for one in objects(hospital)}


def test_two_images_a_patient():
    studies = {}
    for one in objects("south"):
        studies.setdefault(one.PatientID, set()).add(one.StudyInstanceUID)
    assert len(studies) == 20
    assert {len(uids) for uids in studies.values()} == {1}


def test_every_object_says_that_it_is_synthetic():
    assert {one.Manufacturer for hospital in imaging.HOSPITALS for one in objects(hospital)} == {"SYNTHETIC"}


def test_one_image_has_text_burned_in_and_says_so():
    burned = [one for one in objects("south") if one.BurnedInAnnotation == "YES"]
    assert len(burned) == 1
    top = pixels(burned[0])[1:6]
    assert (top == 1000).sum() > 20
    assert not [one for one in objects("north") if one.BurnedInAnnotation == "YES"]


def test_the_name_hides_where_the_profile_does_not_look():
    """One attribute outlives the profile; the file name is no element at all."""
    name, content = next(iter(imaging.export("north")))
    original = read(content, name)
    left = remains(deidentify(original, Pseudonyms(b"x")), identifiers(original)).findings
    assert [finding.tag for finding in left] == ["(0028,1055)"]
    assert original.PatientName.family_name.upper() in name


def test_an_unknown_hospital_is_told():
    with pytest.raises(NotFound, match=r"there is no hospital 'east'. There are north, south"):
        list(imaging.export("east"))


@pytest.mark.parametrize("measure", [np.mean, np.max, np.std], ids=["mean", "brightest", "spread"])
def test_brightness_does_not_tell_a_nodule(measure):
    """No limit on it is right in more than 65 of 100: what the network learns is shape."""
    draw = np.random.default_rng(3)
    labels = np.arange(300) % 2
    values = np.array([measure(lung.patch(draw, nodule=bool(label))) for label in labels])
    right = max(abs(((values > limit) == labels).mean() - 0.5) for limit in values)
    assert right < 0.15


def test_burning_in_draws_what_fits():
    plain = np.zeros((32, 32))
    drawn = lung.burn_in(plain, "AB-12 ÄXYZ123456789")
    assert not plain.any()
    assert drawn[1:6].any()
    assert not drawn[6:].any()


def test_the_code_archive_is_always_the_same():
    assert sha256(imaging.training_code()).digest() == sha256(imaging.training_code()).digest()
    assert imaging.training_script() == asset("imaging/train.py")


@pytest.fixture(scope="module")
def channel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("channel")
    pseudonyms, lines = Pseudonyms(b"test"), ["sop_instance_uid,nodule"]
    for one in objects("north"):
        clean = deidentify(one, pseudonyms)
        (folder / f"{clean.SOPInstanceUID}.dcm").write_bytes(write(clean))
        lines.append(f"{clean.SOPInstanceUID},{imaging.labels('north')[one.SOPInstanceUID]}")
    (folder / "labels.csv").write_text("\n".join(lines))
    return folder


def train(channel: Path, model: Path, *arguments: str) -> str:
    model.mkdir(exist_ok=True)
    script = Path(__file__).parents[2] / "lab_env" / "assets" / "imaging" / "train.py"
    variables = {"SM_CHANNEL_TRAIN": str(channel), "SM_MODEL_DIR": str(model)}
    done = subprocess.run(
        [sys.executable, script, *arguments],
        env=os.environ | variables,
        cwd=model,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_script_runs_as_a_plain_file_and_beats_its_baselines(channel, tmp_path):
    log = train(channel, tmp_path / "one")
    metrics = json.loads((tmp_path / "one" / "metrics.json").read_text())
    assert metrics["held_out_accuracy"] >= 0.8
    assert max(metrics["commoner_answer"], metrics["mean_brightness"]) <= 0.65
    assert f"held_out_accuracy {metrics['held_out_accuracy']:.2f};" in log
    rows = list(csv.DictReader((tmp_path / "one" / "predictions.csv").read_text().splitlines()))
    right = sum(row["nodule"] == row["said"] for row in rows)
    assert sum(metrics["confusion"].values()) == len(rows)
    assert metrics["confusion"]["true_nodule"] + metrics["confusion"]["true_clear"] == right
    assert round(right / len(rows), 2) == metrics["held_out_accuracy"]


def test_no_patient_is_on_both_sides(channel, tmp_path):
    train(channel, tmp_path / "one", "--epochs", "1")
    tested = {
        row["sop_instance_uid"]
        for row in csv.DictReader((tmp_path / "one" / "predictions.csv").read_text().splitlines())
    }
    sides = {}
    for path in channel.glob("*.dcm"):
        one = read(path.read_bytes())
        sides.setdefault(one.PatientID, set()).add(one.SOPInstanceUID in tested)
    assert {len(side) for side in sides.values()} == {1}
    assert sum(True in side for side in sides.values()) == len(sides) // 4


def test_the_same_twice(channel, tmp_path):
    logs = [train(channel, tmp_path / name, "--epochs", "2") for name in ("one", "two")]
    assert logs[0] == logs[1]
    assert (tmp_path / "one" / "predictions.csv").read_text() == (
        tmp_path / "two" / "predictions.csv"
    ).read_text()
