"""NET-2: S3 is reached, and only through an endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.changes import lead_to_s3
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status, TrainingSite
from lab_env.compliance.probes import probes, s3_names
from lab_env.compliance.wording import label, told_once, way
from lab_env.network.flow import Exit, Trace

ID = "NET-2"

_ENDPOINTS = frozenset({Exit.GATEWAY_ENDPOINT, Exit.INTERFACE_ENDPOINT})


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each way in which a probe at a site fails; one for the site when all are right."""
    for site in state.sites:
        tried = [
            (probe, probe.reach(name)) for name in s3_names(state, site) for probe in probes(state, site)
        ]
        wrong = [(probe, _fault(trace), trace) for probe, trace in tried if not _through_endpoint(trace)]
        if not wrong:
            yield _holds(state, site, [trace for _, trace in tried])
        for host, fault, trace in told_once(wrong):
            yield _fails(state, site, f"From {host} in {label(state.network, site.subnet)}, {fault}", trace)


def _through_endpoint(trace: Trace) -> bool:
    return trace.reached and trace.exit in _ENDPOINTS


def _fault(trace: Trace) -> str:
    if trace.reached:
        return f"{trace.flow.destination} is reached by {way(trace.exit)}, not through an endpoint."
    return f"{trace.flow.destination} is not reached: {trace.reason}"


def _holds(state: AuditState, site: TrainingSite, traces: list[Trace]) -> Finding:
    endpoints = ", ".join(sorted({trace.endpoint or "" for trace in traces}))
    sentence = f"From {label(state.network, site.subnet)} S3 is reached through {endpoints} only."
    evidence = tuple(Evidence(trace.endpoint or "", trace.reason, trace) for trace in traces)
    return Finding(ID, Status.HOLDS, site.subnet, sentence, evidence=evidence)


def _fails(state: AuditState, site: TrainingSite, sentence: str, trace: Trace) -> Finding:
    change = lead_to_s3(state.network, site, trace)
    evidence = (Evidence(site.subnet, trace.reason, trace),)
    return Finding(ID, Status.DOES_NOT_HOLD, site.subnet, sentence, change, evidence)


CONTROL = Control(
    id=ID,
    title="S3 is reached, and only through an endpoint",
    question="Do training jobs reach their data in S3, and by no other way than a VPC endpoint?",
    citations=("HIPAA 164.312(e)(1)", "GDPR Article 25", "GDPR Article 32(1)"),
    aws_config=("VPC_ENDPOINT_ENABLED", "SERVICE_VPC_ENDPOINT_ENABLED"),
    security_hub=(),
    prowler=(),
    judge=judge,
)
