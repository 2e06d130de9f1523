"""Chapter 12's scripts as plain files: what each lets through, and that nothing of it leads to a subject."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from lab_env.scenario import trials

# What a job's script needs of the machine, and nothing of the lab.
OUTSIDE = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "TMPDIR")}
COLUMNS = ["age", "sex", "arm", "sysbp_ratio", "pulse_ratio", "alt_ratio", "creat_ratio", "events"]


def run(folder: Path, name: str, *arguments: str, given: str = "", **variables: str) -> str:
    """Run one of the scripts as a plain file, in a folder where all of them lie; what it printed."""
    for script in ("prepare.py", "train.py", "score.py"):
        (folder / script).write_text(trials.script(script), encoding="utf-8")
    command = [sys.executable, str(folder / name), *arguments]
    done = subprocess.run(
        command,
        env={**OUTSIDE, **variables},
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def prepare(folder: Path, *arguments: str) -> Path:
    """Run the preparation on the chapter's tables; the folder that it wrote."""
    raw = folder / "raw"
    raw.mkdir(exist_ok=True)
    for key, body in (*trials.raw_objects(), (trials.KEY_OBJECT, trials.pseudonym_key())):
        (raw / key.rpartition("/")[2]).write_bytes(body)
    places = ("--raw", str(raw), "--key", str(raw), "--out", str(folder / "out"))
    run(folder, "prepare.py", *places, "--cut-off", str(trials.CUT_OFF), *arguments)
    return folder / "out"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def model(prepared: Path) -> tuple[Path, str]:
    folder = prepared.parent / "model"
    folder.mkdir()
    channels = {f"SM_CHANNEL_{part}": str(prepared / part.lower()) for part in ("TRAIN", "TEST")}
    return folder, run(prepared.parent, "train.py", **channels, SM_MODEL_DIR=str(folder))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def rows(prepared: Path, part: str) -> list[dict[str, str]]:
    if part == "score":
        return [json.loads(line) for line in (prepared / part / "visits.jsonl").read_text().splitlines()]
    return table((prepared / part / "visits.csv").read_text())


def everything(folder: Path) -> str:
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*.*")))


def test_no_subject_number_date_site_or_word_of_an_event_gets_through(prepared, model):
    told = everything(prepared) + everything(model[0]) + model[1]
    raw = {domain: table(text) for domain, text in trials.tables().items()}
    assert "SYNTHETIC-301" not in told
    dates = {row[name] for rows_ in raw.values() for row in rows_ for name in row if name.endswith("DTC")}
    assert not set(re.findall(r"\d{4}-\d{2}-\d{2}", told)) & (dates - {str(trials.CUT_OFF)})
    words = {row[name] for row in raw["dm"] for name in ("INVNAM", "COUNTRY", "RACE")}
    words |= {row["AETERM"] for row in raw["ae"]}
    assert [word for word in sorted(words) if word in told] == []


def test_the_key_gets_nowhere(prepared, model):
    assert trials.pseudonym_key().decode() not in everything(prepared) + everything(model[0]) + model[1]


def test_pseudonyms_are_keyed_and_each_subject_has_one(prepared):
    names = [row["USUBJID"] for row in table(trials.tables()["dm"])]
    key = trials.pseudonym_key()
    expected = {hmac.new(key, name.encode(), "sha256").hexdigest()[:16] for name in names}
    seen = {row["subject"] for part in ("train", "test", "score") for row in rows(prepared, part)}
    assert seen <= expected
    assert len(expected) == trials.SUBJECTS
    assert not seen & {hashlib.sha256(name.encode()).hexdigest()[:16] for name in names}


def test_no_subject_is_on_both_sides_of_the_split(prepared):
    sides = {part: {row["subject"] for row in rows(prepared, part)} for part in ("train", "test")}
    assert not sides["train"] & sides["test"]
    assert 0.2 < len(sides["test"]) / len(sides["train"] | sides["test"]) < 0.4


def test_a_visit_is_judged_only_when_its_follow_up_is_over(prepared):
    """Told again from the tables, by another way: by dates, where the script goes by days."""
    key, raw = trials.pseudonym_key(), {name: table(text) for name, text in trials.tables().items()}
    serious: dict[str, list[date]] = {}
    for row in raw["ae"]:
        if row["AESER"] == "Y":
            serious.setdefault(row["USUBJID"], []).append(date.fromisoformat(row["AESTDTC"]))
    expected = {}
    for row in raw["lb"]:
        on = date.fromisoformat(row["LBDTC"])
        if int(row["LBDY"]) > 1:
            until = on + timedelta(days=28)
            came = any(on < begun <= until for begun in serious.get(row["USUBJID"], []))
            name = hmac.new(key, row["USUBJID"].encode(), "sha256").hexdigest()[:16]
            expected[name, int(row["LBDY"])] = None if until > trials.CUT_OFF else came
    found = {
        (row["subject"], int(row["study_day"])): bool(int(row["serious"])) if "serious" in row else None
        for part in ("train", "test", "score")
        for row in rows(prepared, part)
    }
    assert found == expected


def test_what_is_to_be_scored_has_no_label(prepared):
    assert {tuple(row) for row in rows(prepared, "score")} == {("subject", "study_day", *COLUMNS)}


def test_columns_are_left_out_on_request_and_ages_banded(tmp_path):
    out = prepare(tmp_path, "--columns", "age,alt_ratio", "--age-band", "20")
    found = rows(out, "train")
    assert list(found[0]) == ["subject", "study_day", "age", "alt_ratio", "serious"]
    assert {row["age"] for row in found} == {"30", "50", "70"}
    sheet = (out / "sheet" / "data-sheet.md").read_text()
    assert "Left out on request: sex, arm, " in sheet
    assert "ages are in bands of 20 years" in sheet


def test_a_column_that_is_not_for_training_is_refused(tmp_path):
    with pytest.raises(subprocess.CalledProcessError) as raised:
        prepare(tmp_path, "--columns", "age,BRTHDTC")
    assert raised.value.stderr == "not prepared for training: BRTHDTC\n"
    assert not (tmp_path / "out").exists()


def test_the_data_sheet_counts_what_was_written(prepared):
    sheet = (prepared / "sheet" / "data-sheet.md").read_text()
    for part in ("train", "test", "score"):
        found = rows(prepared, part)
        opening = f"| {part} | {len(found)} | {len({row['subject'] for row in found})} |"
        assert opening in sheet
    assert "0 subjects are in both train and test" in sheet


def auc(log: str, name: str) -> float:
    (found,) = re.findall(rf"held-out AUC, {name}: (\d\.\d\d)", log)
    return float(found)


def test_the_model_beats_its_baselines_on_subjects_that_it_never_saw(model):
    told = model[1]
    assert auc(told, "model") > 0.70
    assert auc(told, "model") > auc(told, "baseline, age alone") + 0.1
    assert auc(told, "model") > auc(told, "baseline, events alone") + 0.1


def test_the_model_card_tells_the_data_and_the_measures(prepared, model):
    card = (model[0] / "model-card.md").read_text()
    digest = hashlib.sha256((prepared / "train" / "visits.csv").read_bytes()).hexdigest()
    assert digest[:12] in card
    assert f"| model | {auc(model[1], 'model'):.2f} |" in card
    assert "SYNTHETIC" in card


def test_training_refuses_a_split_that_leaks(prepared, tmp_path):
    same = str(prepared / "train")
    with pytest.raises(subprocess.CalledProcessError) as raised:
        run(tmp_path, "train.py", SM_CHANNEL_TRAIN=same, SM_CHANNEL_TEST=same, SM_MODEL_DIR=str(tmp_path))
    assert "the split leaks" in raised.value.stderr


def test_scoring_answers_each_record_under_its_pseudonym(prepared, model):
    records = (prepared / "score" / "visits.jsonl").read_text()
    told = [
        json.loads(line)
        for line in run(prepared.parent, "score.py", str(model[0]), given=records).splitlines()
    ]
    wanted = [(row["subject"], row["study_day"]) for row in rows(prepared, "score")]
    assert [(score["subject"], score["study_day"]) for score in told] == wanted
    assert all(0 <= score["risk"] <= 1 for score in told)
    assert max(score["risk"] for score in told) > 0.4


def test_the_model_brings_its_own_scoring_script(model):
    assert (model[0] / "code" / "inference.py").read_text() == trials.script("score.py")
