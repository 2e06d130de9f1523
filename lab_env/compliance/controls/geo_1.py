"""GEO-1: data, job and key are in the permitted Region."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.jobs import jobs_of
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.need import keys_of
from lab_env.compliance.ways import buckets_of, services_of
from lab_env.compliance.wording import listed

ID = "GEO-1"


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each thing that is elsewhere; one for all when none is."""
    _, firm = services_of(state)
    places = dict(_places(state))
    elsewhere = {name: region for name, region in places.items() if region not in firm.regions}
    evidence = tuple(Evidence(name, region) for name, region in places.items())
    permitted = listed(firm.regions)
    for name, region in elsewhere.items():
        sentence = f"{name} is in {region}, and patients' data may be in {permitted} only."
        yield Finding(ID, Status.DOES_NOT_HOLD, name, sentence, evidence=(Evidence(name, region),))
    if not elsewhere:
        sentence = f"Buckets, keys, training subnets and jobs are in {permitted}: {len(places)} looked at."
        yield Finding(ID, Status.HOLDS, "", sentence, evidence=evidence)


def _places(state: AuditState) -> Iterator[tuple[str, str]]:
    """All that holds or handles the data, and where it is."""
    services, firm = services_of(state)
    network = state.network
    yield from ((bucket.name, bucket.region) for bucket in buckets_of(services, firm.buckets))
    yield from ((arn, arn.split(":")[3]) for arn in keys_of(services, firm))
    yield from ((site.subnet, network.vpc[network.subnet[site.subnet].vpc].region) for site in state.sites)
    yield from ((job.name, job.region) for job in jobs_of(state))


CONTROL = Control(
    id=ID,
    title="data, job and key are in the permitted Region",
    question="Is everything that holds or handles patients' data in a Region where that data may be?",
    citations=("GDPR Article 44",),
    aws_config=(),
    security_hub=(),
    prowler=(),
    judge=judge,
)
