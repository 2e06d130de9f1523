"""The solved state of chapter 06, taken home as files: the same network, the same state, the same audit."""

from __future__ import annotations

from functools import partial

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.compliance import TrainingSite, audit
from lab_env.scenario.audited import FIRM
from lab_env.snapshot.files import read_path
from lab_env.snapshot.service_export import write_account
from lab_env.snapshot.service_files import read_services
from lab_env.snapshot.services import read_state


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Chapter 06's solved state with a job in it, and the folder that it was written to."""
    folder = tmp_path_factory.mktemp("account")
    lab = Lab.start(chapter=6)
    try:
        scenario.lock_down(boto3.client)
        network = lab.network
        apis = lambda service, region: partial(lab._cloud.describe, service, region=region)  # noqa: E731
        write_account(apis, scenario.ACCOUNT, network, folder)
        state = read_state(apis, scenario.ACCOUNT, network)
        subnet = lab.names.subnet_a
        yield folder, network, state, TrainingSite(subnet, (lab.names.training_security_group,))
    finally:
        lab.stop()


def test_the_same_state(home):
    folder, network, state, _ = home
    again = read_path(folder, internet=network.internet)
    assert again == network
    assert read_services(folder, again) == state


def test_the_same_audit(home):
    """All controls say the same of the files as of the account, and none is left without what it has to see."""
    folder, network, state, site = home
    again = read_path(folder)
    live = audit(network, (site,), services=state, firm=FIRM)
    exported = audit(again, (site,), services=read_services(folder, again), firm=FIRM)
    assert str(exported) == str(live)
    assert "cannot tell" not in str(live)


@pytest.mark.parametrize(
    ("left_out", "controls"),
    [
        ("s3/*/get-bucket-versioning.json", {"DATA-4"}),
        ("s3/*/get-bucket-logging.json", {"LOG-1"}),
        ("s3/*/get-public-access-block.json", {"DATA-3"}),
        ("s3/*/get-bucket-encryption.json", {"DATA-1", "GEO-1", "IAM-3"}),
        ("cloudtrail/describe-trails.json", {"LOG-2"}),
        ("kms/*/get-key-rotation-status.json", {"DATA-1"}),
        ("organizations/*.json", set()),
        ("describe-flow-logs.json", {"NET-6"}),
        ("sagemaker/*.json", {"GEO-1", "JOB-1", "JOB-2"}),
    ],
)
def test_what_was_not_exported_is_not_judged(home, tmp_path, left_out, controls):
    """Each control that needs the answer says that it cannot tell; all others judge as before."""
    folder, _, _, site = home
    for file in folder.rglob("*.json"):
        if not file.match(left_out):
            copy = tmp_path / file.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    network = read_path(tmp_path)
    report = audit(network, (site,), services=read_services(tmp_path, network), firm=FIRM)
    unknown = {item.control for item in report.findings if item.status == "cannot tell"}
    assert unknown == controls
