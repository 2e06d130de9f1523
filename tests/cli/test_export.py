"""``export cloudformation``: the course's solved state, or exported state, as a template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.scenario import chapter07


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The end of chapter 07 as files, and the lab's own template of it."""
    folder = tmp_path_factory.mktemp("solved")
    lab = Lab.start(chapter=7)
    chapter07.record(boto3.client)
    count = lab.export_snapshot(folder)
    assert count == len(list(folder.rglob("*.json")))
    template = lab.export_cloudformation().json()
    lab.stop()
    return folder, template


def test_the_solved_state(solved, command):
    """What the lab writes; the process leaves no cloud behind."""
    code, out, err = command("export", "cloudformation")
    assert (code, err) == (0, "")
    assert out == solved[1]


def test_exported_state(solved, command):
    """The same from files, but for what the firm says of its roles and of checkov's findings."""
    names = ("--role", scenario.TRAINING_ROLE, "--role", scenario.BREAK_GLASS_ROLE)
    code, out, _ = command("export", "cloudformation", "--snapshot", solved[0], *names)
    mine, ours = json.loads(out)["Resources"], json.loads(solved[1])["Resources"]
    for item in ours.values():
        item.pop("Metadata", None)
    assert (code, mine) == (0, ours)


def test_all_roles(solved, command):
    """Without a choice, the operator's too."""
    _, out, _ = command("export", "cloudformation", "--snapshot", solved[0])
    assert "MeridianAdminRole" in json.loads(out)["Resources"]


def test_into_a_file(solved, command, tmp_path):
    """The parameters with what stood, as create-stack takes them."""
    file = tmp_path / "template.json"
    code, out, err = command("export", "cloudformation", "--snapshot", solved[0], "--output", file, "--json")
    assert code == 0
    assert json.loads(file.read_text("utf-8"))["AWSTemplateFormatVersion"] == "2010-09-09"
    assert {"ParameterKey": "S3PrefixListId", "ParameterValue": "pl-63a5400a"} in json.loads(out)
    assert err.startswith(f"{file}: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--output", "/"), "/: cannot be written"),
        (("--snapshot", "/no/such"), "/no/such: there is no such file"),
    ],
)
def test_bad_input(command, words, said):
    code, out, err = command("export", "cloudformation", *words)
    assert (code, out) == (2, "")
    assert err.startswith(f"private-path: {said}")
    assert err.count("\n") == 1


def test_another_format(command):
    assert command("export", "terraform")[0] == 2


def test_what_cannot_be_written(solved, command, tmp_path):
    """By name: a template without it would be another network."""
    shutil.copytree(solved[0], tmp_path / "changed")
    (file,) = (tmp_path / "changed").rglob("InternetGateways.json")
    vpc = json.loads(next((tmp_path / "changed").rglob("Vpcs.json")).read_text())["Vpcs"][0]["VpcId"]
    gateway = {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": vpc, "State": "available"}]}
    file.write_text(json.dumps({"InternetGateways": [gateway]}))
    code, out, err = command("export", "cloudformation", "--snapshot", tmp_path / "changed")
    assert (code, out) == (2, "")
    assert err == "private-path: igw-1: an internet gateway cannot be written into a template.\n"


def test_nobody_s_account(solved, command, tmp_path):
    """A network alone: no answer names an account."""
    for file in solved[0].rglob("us-east-1/*.json"):
        if "accounts" not in file.parts:
            text = json.loads(file.read_text())
            for items in text.values():
                for item in items if isinstance(items, list) else []:
                    item.pop("OwnerId", None)
            (tmp_path / file.name).write_text(json.dumps(text))
    code, _, err = command("export", "cloudformation", "--snapshot", tmp_path)
    assert code == 2
    assert "nothing says whose account it is. Give --account." in err, err
