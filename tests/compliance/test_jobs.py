"""JOB-1, JOB-2 and GEO-1: how jobs were asked for, and where everything is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab_env.compliance import Firm, Status, audit
from lab_env.snapshot.state import Key, TrainingJob
from tests.compliance import services as made
from tests.compliance import states
from tests.compliance.services import DATA, FIRM, KEY, ROLE, bucket, locked

HOLDS, FAILS, NOTHING = Status.HOLDS, Status.DOES_NOT_HOLD, Status.NOTHING_TO_JUDGE
ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/meridian-cnn"
GOOD = TrainingJob(ARN, ROLE, "Completed", ("subnet-a",), ("sg-job",), isolated=True, encrypted_traffic=True,
                   volume_key=KEY, output_key=KEY)  # fmt: skip


def findings(control, *jobs, services=None, firm=FIRM):
    kept = made.changed(services or locked(), jobs={job.arn: job for job in jobs})
    return audit(states.option_d_locked(), [states.SITE], control, services=kept, firm=firm).findings


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({}, HOLDS, "runs in subnet-a, isolated, and encrypts"),
        ({"subnets": ()}, FAILS, "runs in no VPC of the firm's."),
        ({"isolated": False}, FAILS, "lets its container call out (no network isolation)."),
        ({"encrypted_traffic": False}, FAILS, "does not encrypt the traffic between its containers."),
        (
            {"isolated": False, "encrypted_traffic": False},
            FAILS,
            "(no network isolation) and does not encrypt",
        ),
        ({"status": "Failed", "isolated": False}, FAILS, "lets its container call out"),
    ],
)
def test_job_1(changes, status, said):
    """As the job was asked for, whatever became of it."""
    (finding,) = findings("JOB-1", replace(GOOD, **changes))
    assert (finding.status, finding.resource) == (status, "meridian-cnn")
    assert said in finding.sentence


def test_job_1_says_what_the_next_job_should_say():
    """A job cannot be changed."""
    (finding,) = findings("JOB-1", replace(GOOD, isolated=False, encrypted_traffic=False))
    assert finding.change == (
        'sagemaker.create_training_job(**{**job, "EnableNetworkIsolation": True, '
        '"EnableInterContainerTrafficEncryption": True})'
    )


def test_job_1_each_job():
    """By name."""
    other = replace(GOOD, arn=ARN.replace("cnn", "aaa"), subnets=())
    assert [(item.resource, item.status) for item in findings("JOB-1", GOOD, other)] == [
        ("meridian-aaa", FAILS),
        ("meridian-cnn", HOLDS),
    ]


def test_job_1_leaves_other_accounts_jobs_out():
    """They are not the firm's."""
    (finding,) = findings("JOB-1", replace(GOOD, arn=ARN.replace("123456789012", "999988887777"), subnets=()))
    assert finding.status is NOTHING


AWS_KEY, THEIRS, OFF = (KEY.replace("1111", digits) for digits in ("2222", "3333", "4444"))
KEYS = {
    "the firm's": ({}, HOLDS, "encrypts its volume and its output with the firm's key"),
    "by its alias": ({"volume_key": "alias/meridian-phi"}, HOLDS, "with the firm's key"),
    "none": ({"volume_key": "", "output_key": ""}, FAILS, "its volume with a key of AWS's and its output with a key"),
    "none for the output": ({"output_key": ""}, FAILS, "encrypts its output with a key of AWS's."),
    "AWS's by name": ({"volume_key": AWS_KEY}, FAILS, "which AWS manages"),
    "a stranger's": (
        {"output_key": KEY.replace("123456789012", "999988887777")},
        FAILS,
        "which is no key of the firm's",
    ),
    "a known stranger's": ({"output_key": THEIRS.replace("123456789012", "999988887777")}, FAILS, "another account"),
    "disabled": ({"volume_key": OFF}, FAILS, "which is disabled"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "status", "said"), KEYS.values(), ids=KEYS)
def test_job_2(changes, status, said):
    """Both keys have to be the firm's own."""
    keys = (
        Key(AWS_KEY, customer_managed=False),
        Key(THEIRS.replace("123456789012", "999988887777")),
        Key(OFF, enabled=False),
    )
    (finding,) = findings("JOB-2", replace(GOOD, **changes), services=locked(keys=keys))
    assert finding.status is status
    assert said in finding.sentence


@pytest.mark.parametrize("control", ["JOB-1", "JOB-2"])
def test_without_jobs(control):
    """Nothing ran, nothing is judged."""
    (finding,) = findings(control)
    assert (finding.status, finding.sentence) == (NOTHING, "No training job was ever created.")


def test_geo_1():
    """Buckets, keys, subnets and jobs, each looked at."""
    (finding,) = findings("GEO-1", GOOD)
    assert finding.status is HOLDS
    assert finding.sentence == ("Buckets, keys, training subnets and jobs are in us-east-1: 5 looked at.")
    assert [one.seen for one in finding.evidence] == ["us-east-1"] * 5


@pytest.mark.parametrize(
    ("services", "jobs", "resource"),
    [
        (locked(buckets=bucket(region="eu-west-1")), (), DATA),
        (locked(), (replace(GOOD, arn=ARN.replace("us-east-1", "eu-west-1")),), "meridian-cnn"),
    ],
)
def test_geo_1_elsewhere(services, jobs, resource):
    """One thing in another Region."""
    (finding,) = findings("GEO-1", *jobs, services=services)
    assert (finding.status, finding.resource) == (FAILS, resource)
    assert finding.sentence == f"{resource} is in eu-west-1, and patients' data may be in us-east-1 only."


def test_geo_1_of_a_firm_that_may_be_in_europe_only():
    """The same state under another rule: everything is in the wrong place."""
    firm = replace(FIRM, regions=("eu-west-1",))
    assert isinstance(firm, Firm)
    assert {item.status for item in findings("GEO-1", GOOD, firm=firm)} == {FAILS}
