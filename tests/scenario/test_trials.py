"""Chapter 12's trial: tables that agree with one another, that say what they are, and that end at the cut-off."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from lab_env.scenario import trials

Table = list[dict[str, str]]


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return {domain: list(csv.DictReader(io.StringIO(text))) for domain, text in trials.tables().items()}


def test_every_row_says_that_it_is_synthetic(tables):
    for domain, rows in tables.items():
        assert {(row["STUDYID"], row["DOMAIN"]) for row in rows} == {("SYNTHETIC-301", domain.upper())}
        assert all(row["USUBJID"].startswith("SYNTHETIC-") for row in rows)


def test_every_subject_has_one_row_of_demographics_and_no_stranger_has_findings(tables):
    names = [row["USUBJID"] for row in tables["dm"]]
    assert len(names) == len(set(names)) == trials.SUBJECTS
    assert all({row["USUBJID"] for row in tables[domain]} <= set(names) for domain in ("ae", "vs", "lb"))


@pytest.mark.parametrize(("domain", "prefix"), [("ae", "AEST"), ("vs", "VS"), ("lb", "LB")])
def test_study_days_are_the_days_from_the_first_dose_and_none_is_after_the_cut_off(tables, domain, prefix):
    started = {row["USUBJID"]: date.fromisoformat(row["RFSTDTC"]) for row in tables["dm"]}
    for row in tables[domain]:
        on = date.fromisoformat(row[f"{prefix}DTC"])
        assert int(row[f"{prefix}DY"]) == trials.study_day(started[row["USUBJID"]], on)
        assert on <= trials.CUT_OFF


@pytest.mark.parametrize(
    ("on", "day"), [(date(2025, 3, 2), 2), (date(2025, 3, 1), 1), (date(2025, 2, 28), -1)]
)
def test_there_is_no_day_zero(on, day):
    assert trials.study_day(date(2025, 3, 1), on) == day


@pytest.mark.parametrize("domain", ["ae", "vs", "lb"])
def test_a_subject_s_rows_are_numbered_without_a_gap(tables, domain):
    numbers: dict[str, list[int]] = {}
    for row in tables[domain]:
        numbers.setdefault(row["USUBJID"], []).append(int(row[f"{domain.upper()}SEQ"]))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_the_age_is_that_of_the_first_dose(tables):
    for row in tables["dm"]:
        days = (date.fromisoformat(row["RFSTDTC"]) - date.fromisoformat(row["BRTHDTC"])).days
        assert int(days / 365.25) == int(row["AGE"])


def test_the_tables_are_the_same_each_time_and_others_for_another_seed():
    assert trials.tables(20) == trials.tables(20)
    assert trials.tables(20)["dm"] != trials.tables(20, seed=13)["dm"]


def test_the_logs_of_every_kind_of_job_may_be_written():
    logs = [
        one for one in trials.platform("arn:aws:kms:us-east-1:123456789012:key/x") if one.get("Sid") == "Logs"
    ]
    assert [one["Resource"].rpartition("/")[2] for one in logs] == ["*"]
