"""NET-3: S3 sees the client's private address; no hop leaves AWS."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.changes import lead_to_s3
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status, TrainingSite
from lab_env.compliance.probes import Probe, probes, s3_names
from lab_env.compliance.wording import label, told_once, way
from lab_env.network.flow import Trace

ID = "NET-3"


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each way to S3 that shows a public address or leaves AWS; without any way, nothing to judge."""
    for site in state.sites:
        tried = [
            (probe, probe.reach(name)) for name in s3_names(state, site) for probe in probes(state, site)
        ]
        ways = [(probe, trace) for probe, trace in tried if trace.reached]
        wrong = [
            (probe, _fault(trace, faults), trace)
            for probe, trace in ways
            if (faults := _faults(probe, trace))
        ]
        if not ways:
            yield _no_way(state, site, [trace for _, trace in tried])
        elif not wrong:
            yield _holds(state, site, [trace for _, trace in ways])
        for host, fault, trace in told_once(wrong):
            yield _fails(state, site, f"From {host} in {label(state.network, site.subnet)}, {fault}", trace)


def _faults(probe: Probe, trace: Trace) -> list[str]:
    """What is wrong with a way to S3, each as the end of a sentence."""
    faults = []
    if trace.source_seen not in probe.addresses:
        faults.append(f"S3 sees the address {trace.source_seen}")
    if trace.public_internet:
        faults.append("it crosses the public internet")
    if trace.third_party:
        faults.append("it crosses premises outside AWS")
    return faults


def _fault(trace: Trace, faults: list[str]) -> str:
    return f"{trace.flow.destination} is reached by {way(trace.exit)}, and {' and '.join(faults)}."


def _no_way(state: AuditState, site: TrainingSite, traces: list[Trace]) -> Finding:
    sentence = f"No way leads from {label(state.network, site.subnet)} to S3, so there is none to judge."
    evidence = tuple(Evidence(site.subnet, trace.reason, trace) for trace in traces)
    return Finding(ID, Status.NOTHING_TO_JUDGE, site.subnet, sentence, evidence=evidence)


def _holds(state: AuditState, site: TrainingSite, traces: list[Trace]) -> Finding:
    seen = ", ".join(sorted({str(trace.source_seen) for trace in traces}))
    sentence = (
        f"From {label(state.network, site.subnet)} every way to S3 stays within AWS, and S3 sees a private address "
        f"({seen})."
    )
    evidence = tuple(Evidence(trace.endpoint or site.subnet, trace.reason, trace) for trace in traces)
    return Finding(ID, Status.HOLDS, site.subnet, sentence, evidence=evidence)


def _fails(state: AuditState, site: TrainingSite, sentence: str, trace: Trace) -> Finding:
    change = lead_to_s3(state.network, site, trace)
    evidence = (Evidence(site.subnet, trace.reason, trace),)
    return Finding(ID, Status.DOES_NOT_HOLD, site.subnet, sentence, change, evidence)


CONTROL = Control(
    id=ID,
    title="S3 sees the client's private address; no hop leaves AWS",
    question="Does the data travel between S3 and the jobs without a public source address and without leaving AWS?",
    citations=("HIPAA 164.312(e)(1)", "GDPR Article 32(1)"),
    aws_config=(),
    security_hub=(),
    prowler=(),
    judge=judge,
)
