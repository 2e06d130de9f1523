"""What a state tells by itself: whose it is, where jobs run, which buckets and roles are theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab_env.compliance import Firm, TrainingSite
from lab_env.compliance.inferred import firm_in, sites_in
from lab_env.errors import InvalidInput
from lab_env.network.model import Network
from lab_env.policy import Kind
from lab_env.snapshot.partial import Unknown
from lab_env.snapshot.state import FlowLog, Identity, ServiceState, Trail, TrainingJob
from tests.compliance import services as made
from tests.compliance import states
from tests.compliance.services import ACCOUNT, DATA, MODELS, ROLE, locked, new_bucket
from tests.network.builder import changed, with_interface_endpoint

JOB = TrainingJob(
    f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/cnn", ROLE, subnets=("subnet-a",), groups=("sg-job",),
    inputs=(f"s3://{DATA}/train/", f"s3://{DATA}/code/x"), output=f"s3://{MODELS}/out",
)  # fmt: skip
TRUST = made.policy(
    Kind.TRUST,
    {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"},
)
ANOTHER_TRUST = made.policy(
    Kind.TRUST, {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
)


def test_a_job_tells_the_most():
    """Its subnet and groups, its role, what it reads and where it writes."""
    services = locked(jobs={JOB.arn: JOB})
    network = states.option_d_locked()
    assert sites_in(network, services) == (TrainingSite("subnet-a", ("sg-job",)),)
    assert firm_in(network, services) == Firm(
        ACCOUNT, ("us-east-1",), (DATA,), (MODELS,), (ROLE,), ("train/", "code/x")
    )


def test_without_a_job():
    """Roles that SageMaker may assume; buckets that nothing is logged to; wherever an interface stands."""
    logs = [new_bucket(name) for name in ("access", "trail", "flows")]
    services = locked(
        buckets=(new_bucket(DATA, log_bucket="access"), *logs),
        identities=(
            Identity(ROLE, trust=TRUST),
            Identity(ROLE.replace("Training", "Web"), trust=ANOTHER_TRUST),
            Identity(f"arn:aws:iam::{ACCOUNT}:user/ada"),
        ),
        trails=Trail(f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/t", "trail"),
        flow_logs={"fl-1": FlowLog("fl-1", "vpc-1", destination="arn:aws:s3:::flows/here/")},
    )
    network = with_interface_endpoint(states.option_d_locked())
    found = firm_in(network, services)
    assert (found.data_buckets, found.model_buckets) == ((DATA, MODELS), ())
    assert (found.roles, found.reads) == ((ROLE,), ())
    assert sites_in(network, services) == (
        TrainingSite("subnet-a", ("sg-job",)),
        TrainingSite("subnet-b", ("sg-job",)),
    )


def test_what_people_say_counts_more():
    """Each field by itself."""
    services = locked(jobs={JOB.arn: JOB})
    told = {"account": "999988887777", "regions": ["eu-west-1"], "data_buckets": ["other"], "roles": []}
    found = firm_in(states.option_d_locked(), services, **told)
    assert (found.account, found.regions, found.data_buckets) == ("999988887777", ("eu-west-1",), ("other",))
    assert firm_in(states.option_d_locked(), services, roles=[]).roles == (ROLE,)


def test_a_subnet_that_is_gone():
    """A job of last year may have run where nothing is any more."""
    services = locked(jobs={JOB.arn: replace(JOB, subnets=("subnet-gone", "subnet-b"))})
    assert [site.subnet for site in sites_in(states.option_d_locked(), services)] == ["subnet-b"]


def test_several_accounts():
    """Nobody can tell which is meant."""
    network = states.option_d_locked()
    two = changed(network, vpcs=(network.vpcs[0], replace(network.vpcs[0], id="vpc-2", owner="999988887777")))
    with pytest.raises(InvalidInput, match=r"of the accounts 123456789012, 999988887777\. Say which one"):
        firm_in(two, locked())
    assert firm_in(two, locked(), account=ACCOUNT).account == ACCOUNT


def test_no_account_at_all():
    """Whose it is, is not known; what only the network decides can still be judged."""
    assert firm_in(Network(region="us-east-1"), ServiceState()) is None


def test_nothing_but_a_network_was_read():
    """What is unknown is left to the controls to complain of."""
    lacking = {"buckets": "s3", "identities": "iam", "jobs": "sagemaker", "trails": "cloudtrail"}
    unknown = replace(locked(), **{field: Unknown(service) for field, service in lacking.items()})
    found = firm_in(states.option_d_locked(), unknown)
    assert found == Firm(ACCOUNT, ("us-east-1",))
