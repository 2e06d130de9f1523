"""Chapter 12's application: whose next four weeks bring a serious adverse event? Its (synthetic) trial and its scripts.

The tables are laid out as trial data usually are: one table a domain (DM demographics, AE adverse events, VS vital
signs, LB laboratory), subjects by ``USUBJID``, dates as ISO 8601 in ``--DTC``, study days in ``--DY``. Nobody's data:
every value is drawn from a fixed seed.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random
from runpy import run_path
from tempfile import TemporaryDirectory
from typing import Any

from lab_env.scenario.assets import asset, code_archive
from lab_env.scenario.chapter06 import platform_statements
from lab_env.scenario.firm import ACCOUNT, REGION

RAW_PREFIX, PREPARED_PREFIX, CODE_PREFIX = "trials/raw/", "trials/prepared/", "code/trials/"
KEY_OBJECT = "trials/pseudonyms/pseudonym.key"
COARSE_PREFIX = f"{PREPARED_PREFIX}coarse/"
STUDY = "SYNTHETIC-301"
SITES, SUBJECTS = 12, 600
# What was known on this day; the tables end here.
CUT_OFF = date(2025, 9, 30)
FIRST_DAY = date(2025, 1, 6)
ENROLMENT_DAYS = 240
BASELINE, VISITS, FOLLOW_UP = 1, (29, 57, 85), 28
ARMS = ("PLACEBO", "ACTIVE")
MILD_TERMS = ("HEADACHE", "NAUSEA", "FATIGUE", "RASH", "DIZZINESS")
COUNTRIES = ("USA", "CAN", "DEU", "ESP")

HEADINGS = {
    "dm": "STUDYID DOMAIN USUBJID SITEID INVNAM BRTHDTC AGE AGEU SEX RACE COUNTRY ARM RFSTDTC",
    "ae": "STUDYID DOMAIN USUBJID AESEQ AETERM AESEV AESER AESTDTC AESTDY",
    "vs": "STUDYID DOMAIN USUBJID VSSEQ VSTESTCD VSSTRESN VSSTRESU VSDTC VSDY",
    "lb": "STUDYID DOMAIN USUBJID LBSEQ LBTESTCD LBSTRESN LBSTRESU LBDTC LBDY",
}
UNITS = {"SYSBP": "mmHg", "PULSE": "beats/min", "ALT": "U/L", "CREAT": "umol/L"}

Rows = dict[str, list[dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody who does not exist.

    Attributes:
        name: ``USUBJID``.
        started: the day of the first dose, study day 1.
        age: in years.
        active: whether in the active arm.
        liver: how the liver takes it; grows the ALT.
        frail: brings mild events, and serious ones.
        rows: how many there are in each table so far.
    """

    name: str
    started: date
    age: int
    active: bool
    liver: float
    frail: float
    rows: Counter[str] = field(default_factory=Counter)

    def day(self, number: int) -> date:
        """The date of a study day, from 1 on: there is no day 0."""
        return self.started + timedelta(days=number - 1)


def tables(subjects: int = SUBJECTS, seed: int = 12) -> dict[str, str]:
    """The trial's tables at the cut-off: domain and CSV text.

    Args:
        subjects: how many.
        seed: what the values are drawn from.
    """
    draw = Random(seed)
    rows: Rows = {domain: [] for domain in HEADINGS}
    for number in range(1, subjects + 1):
        _follow(_enrol(number, draw, rows), draw, rows)
    return {domain: _csv(domain, found) for domain, found in rows.items()}


def raw_objects(subjects: int = SUBJECTS) -> Iterator[tuple[str, bytes]]:
    """The tables as the hospital group delivers them: object key and CSV bytes.

    Args:
        subjects: how many subjects.
    """
    for domain, text in tables(subjects).items():
        yield f"{RAW_PREFIX}{domain}.csv", text.encode()


def study_day(started: date, on: date) -> int:
    """The study day of a date: the first dose is day 1, the day before it day -1.

    Args:
        started: the day of the first dose.
        on: the date.
    """
    days = (on - started).days
    return days + 1 if days >= 0 else days


def pseudonym_key(seed: int = 12) -> bytes:
    """The secret of the pseudonyms, 64 hexadecimal digits.

    Drawn from a seed, so that the course is the same each time; a real one comes from ``secrets``.

    Args:
        seed: what it is drawn from.
    """
    return Random(f"pseudonyms {seed}").randbytes(32).hex().encode()


def script(name: str) -> str:
    """The source of one of the pipeline's scripts.

    Args:
        name: ``prepare.py``, ``train.py`` or ``score.py``.
    """
    return asset(f"trials/{name}")


def training_code() -> bytes:
    """``sourcedir.tar.gz`` of the training job: it trains, and puts the scoring script beside the model."""
    return code_archive({name: script(name) for name in ("score.py", "train.py")})


def code_objects() -> Iterator[tuple[str, bytes]]:
    """The pipeline's code, each step's under its own prefix: object key and bytes."""
    yield f"{CODE_PREFIX}prepare/prepare.py", script("prepare.py").encode()
    yield f"{CODE_PREFIX}train/sourcedir.tar.gz", training_code()


def prepared(*options: str) -> Iterator[tuple[str, bytes]]:
    """What the preparation would write for the chapter's tables: path below its output folder and bytes.

    Args:
        options: of ``prepare.py``'s command line, besides the folders and the cut-off.
    """
    steps = run_path(str(files("lab_env").joinpath("assets", "trials", "prepare.py")))
    with TemporaryDirectory() as folder:
        raw, out = Path(folder, "raw"), Path(folder, "out")
        raw.mkdir()
        for key, body in (*raw_objects(), (KEY_OBJECT, pseudonym_key())):
            (raw / key.rpartition("/")[2]).write_bytes(body)
        places = ("--raw", str(raw), "--key", str(raw), "--out", str(out))
        with redirect_stdout(io.StringIO()):
            steps["prepare"](steps["arguments"]([*places, "--cut-off", str(CUT_OFF), *options]))
        for path in sorted(out.rglob("*.*")):
            yield path.relative_to(out).as_posix(), path.read_bytes()


def platform(key: str) -> list[dict[str, Any]]:
    """What SageMaker itself does with a step's role: as for training, with the logs of every kind of job.

    Args:
        key: ARN of the KMS key.
    """
    logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/sagemaker/*"
    return [
        {**statement, "Resource": logs} if statement.get("Sid") == "Logs" else statement
        for statement in platform_statements(key)
    ]


def region_rule() -> dict[str, Any]:
    """A policy that makes nothing outside the firm's Region; services without one are left alone.

    *AWS: Denies access to AWS based on the requested Region*.
    """
    statement = {
        "Sid": "OnlyInThePermittedRegion",
        "Effect": "Deny",
        "NotAction": ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*"],
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": [REGION]}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _enrol(number: int, draw: Random, rows: Rows) -> Subject:
    """Somebody new, and their row of DM."""
    site = draw.randint(1, SITES)
    started = FIRST_DAY + timedelta(days=draw.randrange(ENROLMENT_DAYS))
    subject = Subject(
        name=f"{STUDY}-{site:03d}-{number:04d}",
        started=started,
        age=draw.randint(20, 79),
        active=draw.random() < 0.5,
        liver=draw.gauss(0, 1),
        frail=draw.gauss(0, 1),
    )
    born = started - timedelta(days=round(365.25 * (subject.age + draw.random() * 0.98)))
    rows["dm"].append(
        {
            **_opening("dm", subject),
            "SITEID": f"{site:03d}",
            "INVNAM": f"Investigator {site:03d}",
            "BRTHDTC": born.isoformat(),
            "AGE": subject.age,
            "AGEU": "YEARS",
            "SEX": draw.choice("FM"),
            "RACE": draw.choice(("ASIAN", "BLACK OR AFRICAN AMERICAN", "WHITE")),
            "COUNTRY": COUNTRIES[site % len(COUNTRIES)],
            "ARM": ARMS[subject.active],
            "RFSTDTC": started.isoformat(),
        }
    )
    return subject


def _follow(subject: Subject, draw: Random, rows: Rows) -> None:
    """What is measured on each visit, and what happens between visits, up to the cut-off."""
    usual = {"SYSBP": draw.gauss(128, 14), "PULSE": draw.gauss(72, 9)}
    usual |= {"ALT": 24 * math.exp(draw.gauss(0, 0.3)), "CREAT": draw.gauss(80, 14)}
    mild = 0
    for number, day in enumerate((BASELINE, *VISITS)):
        grown = number * (0.28 if subject.active else 0.08) * subject.liver
        factors = {"SYSBP": 1 + 0.01 * number * subject.frail, "PULSE": 1 + 0.012 * number * subject.frail}
        factors |= {"ALT": math.exp(grown), "CREAT": 1 + 0.03 * number * subject.frail}
        for test, value in usual.items():
            measured = value * factors[test] * math.exp(draw.gauss(0, 0.05))
            _measure(rows, subject, test, measured, day)
        if number:
            drawn = _serious(subject, grown, mild, draw)
            if drawn is not None:
                _happens(rows, subject, "LIVER INJURY", day + drawn, serious=True)
        for _ in range(_mild_count(subject, draw)):
            mild += 1
            _happens(rows, subject, draw.choice(MILD_TERMS), day + draw.randint(1, 27), serious=False)


def _serious(subject: Subject, grown: float, mild: int, draw: Random) -> int | None:
    """After how many days a serious event follows a visit; ``None``: none does within the follow-up."""
    leaning = -2.7 + 3.0 * grown + 0.2 * mild + 0.03 * (subject.age - 50) + 0.2 * subject.frail
    after = draw.randint(1, FOLLOW_UP)
    return after if draw.random() < 1 / (1 + math.exp(-leaning)) else None


def _mild_count(subject: Subject, draw: Random) -> int:
    chance = 1 / (1 + math.exp(1.1 - 0.8 * subject.frail))
    return sum(draw.random() < chance for _ in range(3))


def _measure(rows: Rows, subject: Subject, test: str, value: float, day: int) -> None:
    domain = "vs" if test in ("SYSBP", "PULSE") else "lb"
    digits = 0 if domain == "vs" else 1
    row = {"TESTCD": test, "STRESN": f"{value:.{digits}f}", "STRESU": UNITS[test]}
    _add(rows, domain, subject, row, "", day)


def _happens(rows: Rows, subject: Subject, term: str, day: int, *, serious: bool) -> None:
    row = {"TERM": term, "SEV": "SEVERE" if serious else "MILD", "SER": "Y" if serious else "N"}
    _add(rows, "ae", subject, row, "ST", day)


def _add(rows: Rows, domain: str, subject: Subject, row: dict[str, str], when: str, day: int) -> None:
    """A row of a findings or events table, when it lies before the cut-off."""
    if subject.day(day) > CUT_OFF:
        return
    subject.rows[domain] += 1
    told = {"SEQ": subject.rows[domain], **row, f"{when}DTC": subject.day(day).isoformat(), f"{when}DY": day}
    rows[domain].append(
        {**_opening(domain, subject), **{domain.upper() + name: value for name, value in told.items()}}
    )


def _opening(domain: str, subject: Subject) -> dict[str, object]:
    return {"STUDYID": STUDY, "DOMAIN": domain.upper(), "USUBJID": subject.name}


def _csv(domain: str, rows: list[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS[domain].split(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
