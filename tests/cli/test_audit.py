"""``audit``: exported state in; the report, and whether it holds, out."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.snapshot.files import write_path
from lab_env.snapshot.service_export import write_account
from tests.compliance import hardening

DATA = scenario.TRAINING_BUCKET


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The locked cloud with a job, as files, and what the lab's own audit says of it."""
    folder = tmp_path_factory.mktemp("locked")
    lab = Lab.start(chapter=5)
    hardening.lock(boto3.client)
    hardening.run(lab, hardening.good_job(lab))
    write_path(lab.network, folder)

    def api(service, region):
        return partial(lab._cloud.describe, service, region=region)

    write_account(api, scenario.ACCOUNT, lab.network, folder)
    told = str(lab.audit())
    lab.stop()
    return folder, told


@pytest.fixture
def export(original, tmp_path) -> Path:
    """A copy to be changed."""
    shutil.copytree(original[0], tmp_path / "export")
    return tmp_path / "export"


def only(export: Path, name: str) -> Path:
    """The one file of this name."""
    (found,) = export.rglob(name)
    return found


def test_the_lab_and_its_export_are_judged_alike(original, command):
    """The same text, word for word: nothing was told that the state does not tell."""
    folder, told = original
    assert command("audit", "--snapshot", folder) == (0, f"{told}\n", "")
    assert told.startswith("Audit of 20 controls: 19 hold, 1 has nothing to judge\n")


def test_json(export, command):
    """One document; a control that does not hold makes the exit code 1."""
    for file in export.rglob("get-bucket-versioning.json"):
        if DATA in str(file):
            file.write_text("")
    code, out, err = command("audit", "--snapshot", export, "--json")
    told = json.loads(out)
    assert (code, err, told["holds"]) == (1, "", False)
    assert {one["id"]: one["status"] for one in told["controls"] if one["status"] != "holds"} == {
        "IAM-5": "nothing to judge",
        "DATA-4": "does not hold",
    }
    (finding,) = next(one for one in told["controls"] if one["id"] == "DATA-4")["findings"]
    assert finding["change"].startswith("s3.put_bucket_versioning(")
    assert set(finding) == {"status", "resource", "sentence", "change", "evidence"}


def test_what_the_export_lacks_is_no_pass(export, command):
    """Without KMS's answers nobody knows of the key: such controls cannot be told, the others can."""
    shutil.rmtree(next(path for path in export.rglob("kms") if path.is_dir()))
    code, out, _ = command("audit", "--snapshot", export, "--json")
    unknown = [one["id"] for one in json.loads(out)["controls"] if one["status"] == "cannot tell"]
    assert code == 1
    assert {"DATA-1", "JOB-2"} <= set(unknown)
    assert not {"NET-1", "DATA-3", "DATA-4", "LOG-1"} & set(unknown)


def test_a_choice_of_controls(export, command):
    """By the beginning of their ids, or by a law."""
    _, out, _ = command("audit", "--snapshot", export, "--control", "DATA-3", "--control", "GEO")
    assert [line[:6] for line in out.splitlines() if line[:3] in ("DAT", "GEO")] == ["DATA-3", "GEO-1 "]
    code, out, _ = command("audit", "--snapshot", export, "--framework", "SOX")
    assert code == 0
    assert "SOX 404 operations: Computer operations (family)" in out.splitlines()
    assert "only where a model feeds reported numbers" in " ".join(out.split())


def test_told_otherwise(export, command):
    """What people say counts more than what the state shows."""
    words = ("--control", "GEO", "--permitted-region", "eu-west-1")
    code, out, _ = command("audit", "--snapshot", export, *words)
    assert code == 1
    assert "patients' data may be in eu-west-1 only" in out
    assert command("audit", "--snapshot", export, "--control", "IAM-3", "--reads", "secret/")[0] == 1
    role = f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.OPERATOR_ROLE}"
    _, out, _ = command("audit", "--snapshot", export, "--control", "IAM-3", "--role", role)
    assert "MeridianAdmin may take" in out


def test_html(export, command, tmp_path):
    """One file that needs no other."""
    code, _, _ = command("audit", "--snapshot", export, "--html", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert code == 0
    assert page.startswith("<!DOCTYPE html>")
    assert "Audit of 20 controls: 19 hold, 1 has nothing to judge" in page
    assert not {"<script", "src=", "href=", "@import", "url("} & {
        word for word in ("<script", "src=", "href=", "@import", "url(") if word in page
    }


def test_a_network_alone(snapshot, command):
    """Without a job in it, what stands in a subnet stands for one; what is not known is not judged."""
    code, out, _ = command(
        "audit", "--snapshot", snapshot, "--control", "NET-1", "--control", "NET-2", "--json"
    )
    assert code == 1
    found = [finding["resource"] for one in json.loads(out)["controls"] for finding in one["findings"]]
    assert set(found) == {"subnet-a", "subnet-b", "subnet-p"}
    words = ("--subnet", "subnet-a", "--security-group", "sg-job")
    code, out, _ = command("audit", "--snapshot", snapshot, "--control", "NET-2", *words)
    assert code == 0
    code, out, _ = command("audit", "--snapshot", snapshot, "--control", "DATA", *words)
    assert code == 1
    assert "Audit of 4 controls: 4 cannot be told" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--control", "NOPE"), "NOPE: no control's id begins so."),
        (("--framework", "PCI"), "PCI: no such law. There are HIPAA, GDPR, SOX."),
        (("--subnet", "subnet-a"), "audit: --subnet and --security-group belong together."),
        (("--subnet", "subnet-x", "--security-group", "sg-job"), "subnet-x: no such subnet."),
        (("--html", "/"), "/: cannot be written"),
    ],
)
def test_bad_input(snapshot, command, words, said):
    """One clear line on stderr, and exit code 2."""
    code, out, err = command("audit", "--snapshot", snapshot, *words)
    assert (code, out) == (2, "")
    assert err.startswith(f"private-path: {said}")
    assert len(err.splitlines()) == 1


def test_no_snapshot(command, tmp_path):
    """Nor here a traceback."""
    code, _, err = command("audit", "--snapshot", tmp_path / "nothing")
    assert code == 2
    assert "there is no such file or folder" in err


def test_nobody_stands_anywhere(export, command):
    """Neither jobs nor network interfaces: only people can say where jobs run."""
    for folder in [path for path in export.rglob("sagemaker") if path.is_dir()]:
        shutil.rmtree(folder)
    only(export, "NetworkInterfaces.json").write_text('{"NetworkInterfaces": []}')
    code, _, err = command("audit", "--snapshot", export)
    assert code == 2
    assert err.endswith(
        "the state does not tell where training jobs run. Give --subnet and --security-group.\n"
    )
