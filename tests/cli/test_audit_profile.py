"""``audit --profile``: the same audit of an account that answers over HTTP, and nothing but calls that read."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import boto3
import pytest

from lab_env import Lab
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
        self.endpoint = LocalEndpoint(botocore_stubber.process_request, 0)
        threading.Thread(target=self.endpoint.serve, daemon=True).start()
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

    def audit(self, *words, answer="meridian\n"):
        """Run the command at a terminal where somebody types ``answer``."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        env |= {"AWS_CONFIG_FILE": str(self.home / "config"), "AWS_EC2_METADATA_DISABLED": "true"}
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
        """What the account was asked since the last time."""
        ledger = self.lab._plane.ledger
        found = {(item.service, item.operation) for _, item in ledger.since(self.seen)}
        self.seen = ledger.total
        return found


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    made = Account(tmp_path_factory.mktemp("home"))
    yield made
    made.endpoint._server.shutdown()
    made.endpoint.close()
    made.lab.stop()


def test_the_account_is_judged_as_the_lab_judges_it(account):
    """The same text; every call that was made is on the list."""
    done = account.audit("--profile", "meridian")
    assert (done.stdout, done.returncode) == (f"{account.told}\n", 0), done.stderr
    assert "Type the profile's name to go on" in done.stderr
    asked = account.asked()
    assert asked <= {(service, name) for service, names in READS.items() for name in names}
    assert ("s3", "GetBucketPolicy") in asked


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
