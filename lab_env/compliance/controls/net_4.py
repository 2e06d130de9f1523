"""NET-4: nothing placed there reaches an arbitrary internet host."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.changes import remove_route
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status, TrainingSite
from lab_env.compliance.probes import INTERNET_HOST, INTERNET_HOST_6, Probe, probes
from lab_env.compliance.wording import label, told_once, way
from lab_env.network.flow import Trace
from lab_env.network.lookups import route_table
from lab_env.network.routes import decide

ID = "NET-4"

_HTTPS = ("tcp", 443)


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each way by which a probe gets out; one for the site when none does."""
    for site in state.sites:
        tried = [(probe, _attempts(state, site, probe)) for probe in probes(state, site)]
        escapes = [
            (probe, _escape(trace), trace)
            for probe, traces in tried
            if (trace := next((one for one in traces if one.reached), None)) is not None
        ]
        if not escapes:
            yield _holds(state, site, [trace for _, traces in tried for trace in traces])
        for host, escape, trace in told_once(escapes):
            yield _fails(state, site, f"From {host} in {label(state.network, site.subnet)}, {escape}", trace)


def _attempts(state: AuditState, site: TrainingSite, probe: Probe) -> list[Trace]:
    """What the probe tries: HTTPS, and every service that a rule of its security groups lets out."""
    hosts = [INTERNET_HOST if own.version == 4 else INTERNET_HOST_6 for own in probe.addresses]
    return [probe.reach(str(host), *service) for host in hosts for service in _services(state, site)]


def _services(state: AuditState, site: TrainingSite) -> list[tuple[str, int]]:
    rules = (rule for group in site.groups for rule in state.network.security_group[group].egress)
    named = {
        (rule.protocol, max(rule.from_port or 0, 0)) for rule in rules if rule.protocol in {"tcp", "udp"}
    }
    return [_HTTPS, *sorted(named - {_HTTPS}), ("icmp", 0)]


def _holds(state: AuditState, site: TrainingSite, traces: list[Trace]) -> Finding:
    sentence = f"No host in {label(state.network, site.subnet)} reaches {INTERNET_HOST} on the internet."
    seen = {trace.reason: trace for trace in reversed(traces)}
    evidence = tuple(Evidence(site.subnet, reason, trace) for reason, trace in reversed(seen.items()))
    return Finding(ID, Status.HOLDS, site.subnet, sentence, evidence=evidence)


def _escape(trace: Trace) -> str:
    flow = trace.flow
    service = flow.protocol if flow.protocol == "icmp" else f"{flow.protocol} {flow.port}"
    return f"{flow.destination} on the internet is reached by {way(trace.exit)} ({service})."


def _fails(state: AuditState, site: TrainingSite, sentence: str, trace: Trace) -> Finding:
    table = route_table(state.network, site.subnet)
    chosen = decide(table, trace.destination, state.network).route if trace.destination else None
    change = remove_route(table, chosen) if chosen else ""
    evidence = (Evidence(table.id, trace.reason, trace),)
    return Finding(ID, Status.DOES_NOT_HOLD, site.subnet, sentence, change, evidence)


CONTROL = Control(
    id=ID,
    title="nothing placed there reaches an arbitrary internet host",
    question="Could anything that runs where the training jobs run send data to a host on the internet?",
    citations=("HIPAA 164.312(a)(1)", "GDPR Article 25", "GDPR Article 32(1)"),
    aws_config=("NO_UNRESTRICTED_ROUTE_TO_IGW", "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED"),
    security_hub=("EC2.15",),
    prowler=("vpc_subnet_no_public_ip_by_default",),
    judge=judge,
)
