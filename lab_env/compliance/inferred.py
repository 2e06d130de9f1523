"""Whose data it is and where its jobs run, as far as a state itself tells it; what people say counts more.

Training jobs tell the most: where they ran, as which role, what they read and wrote. Without any, the roles that
SageMaker may assume, and the buckets that nobody logs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from lab_env.compliance.model import Firm, TrainingSite
from lab_env.compliance.probes import is_host
from lab_env.errors import IncompleteSnapshot, InvalidInput
from lab_env.network.model import Network
from lab_env.policy import PolicySet, Request, evaluate
from lab_env.snapshot.state import Identity, ServiceState

_SAGEMAKER = "sagemaker.amazonaws.com"

Item = TypeVar("Item")


def sites_in(network: Network, services: ServiceState) -> tuple[TrainingSite, ...]:
    """Where training jobs ran; where none did, wherever a network interface of no AWS service stands.

    Args:
        network: the network.
        services: what the training jobs are read from.
    """
    jobs = _known(services.jobs).values()
    ran = {(subnet, job.groups): None for job in jobs for subnet in job.subnets if subnet in network.subnet}
    stand = {(item.subnet, item.groups): None for item in network.interfaces if is_host(item)}
    return tuple(TrainingSite(subnet, groups) for subnet, groups in ran or stand)


def firm_in(network: Network, services: ServiceState, **told: Any) -> Firm | None:
    """The firm: what is told, and for the rest what the state shows; ``None`` when it does not even show an account.

    Args:
        network: the network.
        services: buckets, roles and jobs.
        told: fields of `Firm`; an empty one is as good as none.

    Raises:
        InvalidInput: the state is of several accounts.
    """
    account = told.get("account") or _account(network, services)
    if not account:
        return None
    jobs = [job for job in _known(services.jobs).values() if job.arn.split(":")[4] == account]
    read = dict.fromkeys(_bucket(uri) for job in jobs for uri in job.inputs)
    written = dict.fromkeys(_bucket(job.output) for job in jobs if job.output)
    found = Firm(
        account=account,
        regions=(network.region,),
        data_buckets=tuple(read) or tuple(_with_data(services, account)),
        model_buckets=tuple(written),
        roles=tuple(dict.fromkeys(job.role for job in jobs)) or tuple(_roles(services, account)),
        reads=tuple(dict.fromkeys(_prefix(uri) for job in jobs for uri in job.inputs)),
    )
    return Firm(
        account=account,
        regions=tuple(told.get("regions") or found.regions),
        data_buckets=tuple(told.get("data_buckets") or found.data_buckets),
        model_buckets=tuple(told.get("model_buckets") or found.model_buckets),
        roles=tuple(told.get("roles") or found.roles),
        reads=tuple(told.get("reads") or found.reads),
        may_read=tuple(told.get("may_read") or ()),
    )


def _known(items: Mapping[str, Item]) -> Mapping[str, Item]:
    """The items, or none where the state does not tell: a control that needs them says so itself."""
    try:
        return dict(items)
    except IncompleteSnapshot:
        return {}


def _account(network: Network, services: ServiceState) -> str:
    owners = (
        {vpc.owner for vpc in network.vpcs},
        {bucket.account for bucket in _known(services.buckets).values()},
        {identity.account for identity in _known(services.identities).values()},
    )
    named = next((found for one in owners if (found := one - {""})), {""})
    if len(named) > 1:
        raise InvalidInput(
            f"it is of the accounts {', '.join(sorted(named))}.",
            where="the state",
            do="Say which one to audit.",
        )
    return named.pop()


def _bucket(uri: str) -> str:
    return uri.removeprefix("s3://").partition("/")[0]


def _prefix(uri: str) -> str:
    return uri.removeprefix("s3://").partition("/")[2]


def _with_data(services: ServiceState, account: str) -> Iterator[str]:
    """The account's buckets, but for those that logs and trails are delivered to."""
    buckets = _known(services.buckets)
    logs = {bucket.log_bucket for bucket in buckets.values() if _tells(bucket, "log_bucket")}
    logs |= {trail.bucket for trail in _known(services.trails).values()}
    logs |= {
        log.destination.rpartition(":::")[2].partition("/")[0] for log in _known(services.flow_logs).values()
    }
    return (name for name, bucket in buckets.items() if bucket.account == account and name not in logs)


def _tells(value: object, field: str) -> bool:
    try:
        return bool(getattr(value, field))
    except IncompleteSnapshot:
        return False


def _roles(services: ServiceState, account: str) -> Iterator[str]:
    own = (item for item in _known(services.identities).values() if item.account == account)
    return (item.arn for item in own if _tells(item, "trust") and _lets_sagemaker_in(item))


def _lets_sagemaker_in(identity: Identity) -> bool:
    request = Request(_SAGEMAKER, "sts:AssumeRole", identity.arn)
    return evaluate(request, PolicySet(resource=identity.trust)).allowed
