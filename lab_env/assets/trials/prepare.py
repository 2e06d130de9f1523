"""From the trial's raw tables to what training may see: few columns, study days instead of dates, pseudonyms.

Runs in a SageMaker processing job as it stands, and as a plain file anywhere: it reads the folders named by --raw and
--key, and writes train/, test/, score/ and sheet/ under --out. One row is one visit of one subject. What counts for
the row is known on the day of that visit; its label is whether a serious adverse event began in the 28 days after it.
"""

import argparse
import csv
import hashlib
import hmac
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FOLLOW_UP = 28
BASELINE = 1
# Of each table, the columns that are read. Whatever else it holds is dropped with the line.
READ = {
    "dm": ("USUBJID", "RFSTDTC", "AGE", "SEX", "ARM"),
    "ae": ("USUBJID", "AESER", "AESTDY"),
    "vs": ("USUBJID", "VSTESTCD", "VSSTRESN", "VSDY"),
    "lb": ("USUBJID", "LBTESTCD", "LBSTRESN", "LBDY"),
}
TESTS = {"SYSBP": "sysbp_ratio", "PULSE": "pulse_ratio", "ALT": "alt_ratio", "CREAT": "creat_ratio"}
COLUMNS = ("age", "sex", "arm", *TESTS.values(), "events")
# What somebody may know of a subject from elsewhere.
QUASI_IDENTIFIERS = ("age", "sex", "arm")
LABEL = "serious"

Row = dict[str, Any]


def read(folder: Path, domain: str) -> Iterator[dict[str, str]]:
    """A table's rows, cut down to the columns that are needed."""
    with (folder / f"{domain}.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            yield {name: row[name] for name in READ[domain]}


def pseudonym(subject: str, key: bytes) -> str:
    """The same for the same subject under the same key; without the key, nobody can compute it."""
    return hmac.new(key, subject.encode(), hashlib.sha256).hexdigest()[:16]


def banded(age: int, band: int) -> int:
    """An age, or the middle of its band of so many years; from 90 on all are one."""
    age = min(age, 90)
    return age if band <= 1 else age // band * band + band // 2


def joined(folder: Path, key: bytes, cut_off: date, band: int) -> Iterator[Row]:
    """One row for each visit after the first, in the order of the tables; ``serious`` is empty while it is open."""
    events: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    measured: dict[str, dict[tuple[int, str], float]] = defaultdict(dict)
    for row in read(folder, "ae"):
        events[row["USUBJID"]].append((int(row["AESTDY"]), row["AESER"] == "Y"))
    for domain in ("vs", "lb"):
        test, value, when = READ[domain][1:]
        for row in read(folder, domain):
            measured[row["USUBJID"]][int(row[when]), row[test]] = float(row[value])
    for person in read(folder, "dm"):
        subject = person["USUBJID"]
        found = measured[subject]
        opening = {
            "subject": pseudonym(subject, key),
            "age": banded(int(person["AGE"]), band),
            "sex": person["SEX"],
            "arm": person["ARM"],
        }
        started = date.fromisoformat(person["RFSTDTC"])
        for day in sorted({day for day, _ in found} - {BASELINE}):
            ratios = {
                name: round(found[day, test] / found[BASELINE, test], 3) for test, name in TESTS.items()
            }
            before = sum(begun <= day for begun, _ in events[subject])
            after = any(serious and day < begun <= day + FOLLOW_UP for begun, serious in events[subject])
            closed = started + timedelta(days=day - 1 + FOLLOW_UP) <= cut_off
            label = int(after) if closed else ""
            yield {**opening, "study_day": day, **ratios, "events": before, LABEL: label}


def part(row: Row, held_out: int) -> str:
    """Where a row goes. The pseudonym decides, so that all visits of a subject go to the same side."""
    if row[LABEL] == "":
        return "score"
    return "test" if int(row["subject"], 16) % 100 < held_out else "train"


def alone(rows: Sequence[Row], columns: Sequence[str]) -> tuple[int, int, list[str]]:
    """How many subjects no other shares the quasi-identifiers with, and the size of the smallest group."""
    known = [name for name in QUASI_IDENTIFIERS if name in columns]
    subjects = {row["subject"]: tuple(row[name] for name in known) for row in rows}
    sizes = Counter(subjects.values())
    return sum(size == 1 for size in sizes.values()), min(sizes.values()), known


def write(rows: Sequence[Row], folder: Path, columns: Sequence[str]) -> None:
    """Labelled rows as CSV; open ones, without a label, as JSON lines: a batch of records needs no heading."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ["subject", "study_day", *columns]
    if folder.name == "score":
        lines = [json.dumps({name: row[name] for name in names}) for row in rows]
        (folder / "visits.jsonl").write_text("".join(f"{line}\n" for line in lines))
        return
    with (folder / "visits.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*names, LABEL], extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def sheet(parts: dict[str, list[Row]], columns: Sequence[str], options: argparse.Namespace) -> str:
    """The data sheet: what is in the data, what is not, and what to be careful about."""
    rows = [row for found in parts.values() for row in found]
    single, smallest, known = alone(rows, columns)
    dropped = [name for name in COLUMNS if name not in columns]
    band = f"bands of {options.age_band} years" if options.age_band > 1 else "years"
    shared = {row["subject"] for row in parts["train"]} & {row["subject"] for row in parts["test"]}
    lines = [
        "# Data sheet: visits of a clinical trial",
        "",
        "SYNTHETIC: nobody's data. Personal data if it were somebody's: pseudonyms are not anonymity.",
        f"Known on {options.cut_off}. A row is a visit;",
        f"its label, whether a serious adverse event began in the {FOLLOW_UP} days after.",
        "",
        "| part | visits | subjects | followed by an event |",
        "|---|---|---|---|",
        *(counted(name, found) for name, found in parts.items()),
        "",
        f"- Columns: {', '.join(columns)}. Left out on request: {', '.join(dropped) or 'none'}.",
        "- Never read: investigators, sites, countries, dates of birth, race, the words of an event.",
        "- Dates became study days; ages are in " + band + ".",
        "- Subjects have pseudonyms, HMAC-SHA-256. The key is not in the data.",
        f"- Split by subject: {len(shared)} subjects are in both train and test.",
        f"- Known by {', '.join(known) or 'nothing'}: {single} subjects are alone; the smallest group has {smallest}.",
    ]
    return "\n".join(lines) + "\n"


def counted(name: str, rows: Sequence[Row]) -> str:
    """A part's line in the sheet's table."""
    events = "open" if name == "score" else sum(row[LABEL] for row in rows)
    return f"| {name} | {len(rows)} | {len({row['subject'] for row in rows})} | {events} |"


def prepare(options: argparse.Namespace) -> None:
    """Read, join, cut down, split, write, and say what was written."""
    columns = options.columns.split(",")
    unknown = sorted(set(columns) - set(COLUMNS))
    if unknown:
        raise SystemExit(f"not prepared for training: {', '.join(unknown)}")
    (key,) = options.key.glob("*.key")
    parts: dict[str, list[Row]] = {"train": [], "test": [], "score": []}
    for row in joined(options.raw, key.read_bytes(), options.cut_off, options.age_band):
        parts[part(row, options.held_out)].append(row)
    for name, rows in parts.items():
        write(rows, options.out / name, columns)
        print(f"{name}: {len(rows)} visits of {len({row['subject'] for row in rows})} subjects")
    (options.out / "sheet").mkdir(parents=True, exist_ok=True)
    (options.out / "sheet" / "data-sheet.md").write_text(sheet(parts, columns, options))


def arguments(given: Sequence[str] = ()) -> argparse.Namespace:
    """The command line."""
    root = "/opt/ml/processing"
    parser = argparse.ArgumentParser()
    parser.add_argument("--raw", type=Path, default=Path(f"{root}/input/raw"))
    parser.add_argument("--key", type=Path, default=Path(f"{root}/input/key"))
    parser.add_argument("--out", type=Path, default=Path(f"{root}/output"))
    parser.add_argument("--cut-off", type=date.fromisoformat, required=True)
    parser.add_argument("--columns", default=",".join(COLUMNS))
    parser.add_argument("--age-band", type=int, default=1, help="in years")
    parser.add_argument("--held-out", type=int, default=30, help="of 100 subjects")
    return parser.parse_args(list(given) or None)


if __name__ == "__main__":
    prepare(arguments())
