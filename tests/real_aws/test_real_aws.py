"""VPCs that really ran on AWS: the tracer predicts what nmap and ping measured there (NOTICE says whence).

``measured`` is ``reached`` when a port answered, open or closed, or a ping came back, and ``dropped`` otherwise.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

import pytest

from lab_env.cli import main
from lab_env.cli.flows import probe
from lab_env.network import trace
from lab_env.snapshot.files import read_path

HERE = Path(__file__).parent
PROBES = {
    "aws_demo": 394,
    "aws_instance_multiple_interface": 136,
    "aws_multi_account_vpc_peering": 22,
    "aws_tgw_peering": 45,
    "aws_traffic_in_igw_out_ngw": 22,
}
KNOWN = tomllib.loads((HERE / "known_disagreements.toml").read_text(encoding="utf-8"))["probes"]


def measurements(folder):
    text = (HERE / folder / "probes.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


MEASURED = [(folder, line) for folder in PROBES for line in measurements(folder)]


@cache
def network(folder):
    return read_path(HERE / folder / "snapshot")


@pytest.mark.parametrize(("folder", "line"), MEASURED, ids=[line["id"] for _, line in MEASURED])
def test_measurement(folder, line, record_property):
    """Predicted as measured; or known to differ, and still differing."""
    found = trace(network(folder), probe(line, network(folder), line["id"]))
    agrees = found.outcome.value == line["measured"]
    known = line["id"] in KNOWN
    record_property("real_aws", [folder, "agrees" if agrees else "known" if known else "differs"])
    if known:
        assert not agrees, f"{line['id']} agrees now: take it out of known_disagreements.toml."
    else:
        assert agrees, f"measured {line['measured']}, traced {found.outcome.value}: {found.reason}"


def test_every_measurement_is_there():
    """No folder lost a measurement, and dropped ones are among them."""
    assert {folder: len(measurements(folder)) for folder in PROBES} == PROBES
    assert {line["measured"] for _, line in MEASURED} == {"reached", "dropped"}


def test_known_disagreements_are_measurements_with_a_reason():
    """An id that is no probe's, or a bare excuse, hides nothing."""
    assert set(KNOWN) <= {line["id"] for _, line in MEASURED}
    assert all(len(reason.split()) >= 5 for reason in KNOWN.values())


@pytest.mark.parametrize("folder", ["aws_tgw_peering", "aws_traffic_in_igw_out_ngw"])
def test_the_command_line_gives_the_same_answers(folder, capsys):
    """``trace --probes`` on the same files, of several accounts and Regions too."""
    words = [
        "trace",
        "--snapshot",
        str(HERE / folder / "snapshot"),
        "--probes",
        str(HERE / folder / "probes.jsonl"),
    ]
    assert main(words) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["outcome"] for answer in answers] == [line["measured"] for line in measurements(folder)]
