"""An auditor's two questions in chapter 15: what the audit says of the whole deployment, and what a role may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env import scenario
from lab_env.compliance import Report, TrainingSite
from lab_env.course.exercise import State
from lab_env.policy import Kind, Policy, PolicySet, Request, evaluate
from lab_env.policy.catalogue import resource_types
from lab_env.scenario import chapter15 as steps
from lab_env.scenario.audited import audit_firm
from lab_env.snapshot.state import Identity

AUDITOR = f"arn:aws:iam::{scenario.ACCOUNT}:role/{steps.AUDITOR_ROLE}"
# What a call that names a resource is asked on, by the kind of resource; others are asked on "*".
_SAMPLES = {
    "bucket": f"arn:aws:s3:::{scenario.TRAINING_BUCKET}",
    "object": f"arn:aws:s3:::{scenario.TRAINING_BUCKET}/train/2025-01.csv",
    "key": f"arn:aws:kms:{scenario.REGION}:{scenario.ACCOUNT}:key/13c5c307-4a4e-405d-9fb1-91380729806f",
    "role": f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.TRAINING_ROLE}",
    "user": f"arn:aws:iam::{scenario.ACCOUNT}:user/analyst",
    "group": f"arn:aws:iam::{scenario.ACCOUNT}:group/analysts",
    "policy": f"arn:aws:iam::{scenario.ACCOUNT}:policy/analysts",
    "trail": f"arn:aws:cloudtrail:{scenario.REGION}:{scenario.ACCOUNT}:trail/meridian-audit",
    "training-job": f"arn:aws:sagemaker:{scenario.REGION}:{scenario.ACCOUNT}:training-job/meridian-readmission",
}
# Without a word of the key's no identity policy counts: the usual key policy leaves it to them.
_KEY_POLICY = Policy.parse(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{scenario.ACCOUNT}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    },
    kind=Kind.KEY,
)


def audit_both_subnets(state: State) -> Report | None:
    """The whole audit, of both subnets; ``None`` where the firm's network does not stand.

    Args:
        state: the cloud.
    """
    group = state.find("training_security_group")
    subnets = [state.find("subnet_a"), state.find("subnet_b")]
    if group is None or None in subnets:
        return None

    def api(service: str, region: str) -> Callable[[str, dict[str, Any]], Any]:
        return lambda operation, params: state.describe(service, operation, params, region)

    sites = [TrainingSite(str(subnet), (group,)) for subnet in subnets]
    return audit_firm(api, state.network, sites)


def may(auditor: Identity, action: str) -> bool:
    """Whether an identity's own policies allow an action, on a resource of the firm's where it names one.

    Args:
        auditor: the identity.
        action: its name, as in ``s3:GetObject``.
    """
    kinds = [kind for kind in resource_types(action) if kind in _SAMPLES]
    resource = _SAMPLES[kinds[0]] if kinds else "*"
    context = {"aws:SecureTransport": True, "aws:RequestedRegion": scenario.REGION}
    asked = Request(auditor.arn, action, resource, scenario.ACCOUNT, context)
    boundaries = (auditor.boundary,) if auditor.boundary is not None else ()
    key = _KEY_POLICY if asked.service == "kms" else None
    policies = PolicySet(identity=auditor.policies, boundaries=boundaries, resource=key)
    return evaluate(asked, policies).allowed
