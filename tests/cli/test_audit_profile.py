"""``audit --profile``: the same audit of an account that answers over HTTP, and nothing but calls that read."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import boto3
import pytest

from lab_env import Lab
from lab_env.access.reading import reading_policy
from lab_env.cloud.call import ApiCall
from lab_env.errors import InvalidInput
from lab_env.snapshot.account import READS
from tests.compliance import hardening

pty = pytest.importorskip("pty", reason="a terminal of its own needs a POSIX system")


class Account:
    """The locked cloud behind a local port, with a profile that leads there."""

    def __init__(self, home):
        from moto.core.models import botocore_stubber

        from lab_env.dataplane.local_endpoint import LocalEndpoint

        self.lab = Lab.start(chapter=5)
        hardening.lock(boto3.client)
        hardening.run(self.lab, hardening.good_job(self.lab))
        self.told = str(self.lab.audit())
        self.requests = []

        def recorded(request):
            self.requests.append(ApiCall.of(request))
            return botocore_stubber.process_request(request)

        self.endpoint = LocalEndpoint(recorded, 0)
        self.home, self.seen = home, self.lab._plane.ledger.total
        self.profile("meridian", f"region = us-east-1\nendpoint_url = {self.endpoint.url}\n")

    def profile(self, name, settings):
        """Write a profile with the operator's keys."""
        keys = "".join(
            f"{key.lower()} = {os.environ[key]}\n"
            for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        )
        with (self.home / "config").open("a", encoding="utf-8") as config:
            config.write(f"[profile {name}]\n{settings}{keys}")

    def audit(self, *words, answer="meridian\n", **more):
        """Run the command at a terminal where somebody types ``answer``."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        env |= {"AWS_CONFIG_FILE": str(self.home / "config"), "AWS_EC2_METADATA_DISABLED": "true", **more}
        mine, theirs = pty.openpty()
        try:
            os.write(mine, answer.encode())
            return subprocess.run(
                [sys.executable, "-m", "lab_env", "audit", *words],
                stdin=theirs,
                capture_output=True,
                encoding="utf-8",
                timeout=120,
                check=False,
                env=env,
            )
        finally:
            os.close(mine)
            os.close(theirs)

    def asked(self):
        """What the account was asked since the last time: as the port heard it, and as the lab's ledger has it."""
        ledger = self.lab._plane.ledger
        found = {(item.service, item.operation) for _, item in ledger.since(self.seen)}
        heard = {(item.service, item.operation) for item in self.requests}
        assert heard == found
        self.seen, self.requests[:] = ledger.total, []
        return found


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    made = Account(tmp_path_factory.mktemp("home"))
    yield made
    made.endpoint._server.shutdown()
    made.endpoint.close()
    made.lab.stop()


def test_the_account_is_judged_as_the_lab_judges_it(account):
    """The same text; every call that was made is on the list, and the account is as it was before."""
    before = account.lab.export_cloudformation().document
    done = account.audit("--profile", "meridian")
    assert (done.stdout, done.returncode) == (f"{account.told}\n", 0), done.stderr
    assert "Type the profile's name to go on" in done.stderr
    asked = account.asked()
    assert asked <= {(service, name) for service, names in READS.items() for name in names}
    assert ("s3", "GetBucketPolicy") in asked
    assert not any(ApiCall("", name, "", "", "", "", "").mutates for _, name in asked)
    assert account.lab.export_cloudformation().document == before


def test_a_bucket_elsewhere(account):
    """Another Region's bucket is asked there, without a call that is not on the list (HeadBucket, say)."""
    there = boto3.client("s3", region_name="eu-west-1")
    there.create_bucket(
        Bucket="meridian-eu-archive", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    account.seen, account.requests[:] = account.lab._plane.ledger.total, []
    account.audit("--profile", "meridian", "--control", "GEO")
    asked = account.asked()
    assert asked <= {(service, name) for service, names in READS.items() for name in names}
    boto3.client("s3", region_name="eu-west-1").delete_bucket(Bucket="meridian-eu-archive")
    account.seen = account.lab._plane.ledger.total


def test_another_answer_reads_nothing(account):
    done = account.audit("--profile", "meridian", answer="y\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing was read" in done.stderr
    assert account.asked() == set()


def test_without_a_terminal_it_is_refused(account):
    """A notebook's cell, a pipe, a cron job: nobody there to agree."""
    done = subprocess.run(
        [sys.executable, "-m", "lab_env", "audit", "--profile", "meridian"],
        input="meridian\n",
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "only when a person at a terminal agrees" in done.stderr
    assert account.asked() == set()


def test_a_cell_of_a_notebook_is_refused(account):
    """A cell's ``!command`` has a terminal of its own, and what Jupyter gives a kernel gives it away."""
    done = account.audit("--profile", "meridian", JPY_PARENT_PID="4711")
    assert (done.returncode, done.stdout) == (2, "")
    assert "only when a person at a terminal agrees" in done.stderr
    assert account.asked() == set()


def test_in_a_kernel_no_function_reads_an_account(account, monkeypatch):
    """Nor by the functions under the command: a kernel's standard input is no terminal."""
    from lab_env.cli.real_account import read_profile

    monkeypatch.setenv("JPY_PARENT_PID", "4711")
    with pytest.raises(InvalidInput, match="only when a person at a terminal agrees"):
        read_profile("meridian", "us-east-1")
    assert account.asked() == set()


def test_the_calls_are_told_without_making_any(command):
    """The list, and the policy that allows just these."""
    code, out, err = command("audit", "--calls")
    assert (code, err) == (0, "")
    told = {
        service: set(calls.split(", "))
        for service, calls in (line.split(": ") for line in out.replace("\n    ", " ").splitlines())
    }
    assert told == READS
    code, out, _ = command("audit", "--calls", "--json")
    assert (code, json.loads(out)) == (0, reading_policy())


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("region = us-east-1\nendpoint_url = http://127.0.0.1:9\n", "cannot be read"),
        ("endpoint_url = http://127.0.0.1:9\n", "it names no Region"),
    ],
)
def test_a_profile_that_leads_nowhere(account, settings, told):
    """One line that names the profile."""
    name = f"broken-{len(settings)}"
    account.profile(name, settings)
    done = account.audit("--profile", name, answer=f"{name}\n")
    assert done.returncode == 2
    assert f"profile {name}" in done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_no_such_profile(account):
    done = account.audit("--profile", "nobody", answer="nobody\n")
    assert done.returncode == 2
    assert "profile nobody" in done.stderr


def test_a_snapshot_or_a_profile(command):
    """One of the two."""
    assert command("audit")[0] == 2
    assert command("audit", "--snapshot", "x", "--profile", "y")[0] == 2
