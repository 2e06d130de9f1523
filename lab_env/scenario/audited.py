"""What an auditor has to be told of the firm, because no call of AWS's says it."""

from __future__ import annotations

from collections.abc import Sequence

from lab_env.compliance import Firm, Report, TrainingSite, audit
from lab_env.network import Network
from lab_env.scenario.chapter06 import READABLE_PREFIXES
from lab_env.scenario.firm import ACCOUNT, MODEL_BUCKET, REGION, TRAINING_BUCKET, TRAINING_ROLE
from lab_env.snapshot.services import Apis, read_state

FIRM = Firm(
    account=ACCOUNT,
    regions=(REGION,),
    data_buckets=(TRAINING_BUCKET,),
    model_buckets=(MODEL_BUCKET,),
    roles=(f"arn:aws:iam::{ACCOUNT}:role/{TRAINING_ROLE}",),
    reads=("train/", "code/"),
    may_read=READABLE_PREFIXES,
)
"""Meridian Health Analytics: its buckets, the role of its jobs, and the prefixes that chapter 01's job reads."""


def audit_firm(
    apis: Apis,
    network: Network,
    sites: Sequence[TrainingSite],
    prefixes: Sequence[str] = (),
    framework: str = "",
) -> Report:
    """The audit of the firm's account as it stands now.

    Args:
        apis: the way to ask a service in a Region.
        network: its network.
        sites: where training jobs run.
        prefixes: what the ids of the controls to be asked begin with; without any, all.
        framework: a law whose requirements the report is grouped by.
    """
    services = read_state(apis, FIRM.account, network)
    return audit(network, sites, prefixes or ("",), services=services, firm=FIRM, framework=framework)
