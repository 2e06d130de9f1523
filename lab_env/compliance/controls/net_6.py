"""NET-6: VPC flow logs are on."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.changes import call
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.ways import services_of
from lab_env.compliance.wording import label, listed
from lab_env.snapshot.state import FlowLog

ID = "NET-6"

_BOTH = {"ACCEPT", "REJECT"}


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each training subnet."""
    services, _ = services_of(state)
    for subnet in dict.fromkeys(site.subnet for site in state.sites):
        vpc = state.network.subnet[subnet].vpc
        logs = [log for log in services.flow_logs.values() if log.resource in (subnet, vpc)]
        running = [log for log in logs if log.active and log.delivers]
        recorded = {kind for log in running for kind in (_BOTH if log.traffic == "ALL" else {log.traffic})}
        name = label(state.network, subnet)
        if recorded == _BOTH:
            sentence = (
                f"Flow logs record what {name} accepts and rejects ({listed(log.id for log in running)})."
            )
            yield Finding(ID, Status.HOLDS, subnet, sentence, evidence=_seen(running))
        else:
            yield _fails(subnet, vpc, f"{name}: {_fault(logs, recorded)}", logs)


def _fault(logs: list[FlowLog], recorded: set[str]) -> str:
    if not logs:
        return "no flow log records its traffic"
    if recorded:
        return f"flow logs record {listed(sorted(recorded))} only"
    broken = listed(log.id for log in logs)
    return f"{broken} records nothing that arrives"


def _fails(subnet: str, vpc: str, fault: str, logs: list[FlowLog]) -> Finding:
    change = call(
        "create_flow_logs",
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::BUCKET-FOR-LOGS",
    )
    return Finding(ID, Status.DOES_NOT_HOLD, subnet, f"{fault}.", change, _seen(logs))


def _seen(logs: list[FlowLog]) -> tuple[Evidence, ...]:
    return tuple(Evidence(log.id, f"{log.traffic} of {log.resource} to {log.destination}") for log in logs)


CONTROL = Control(
    id=ID,
    title="VPC flow logs are on",
    question="Is it recorded who tried to send what to whom where the training jobs run?",
    citations=("HIPAA 164.308(a)(1)(ii)(D)", "HIPAA 164.312(b)", "GDPR Article 32(1)", "SOX 404 operations"),
    aws_config=("VPC_FLOW_LOGS_ENABLED",),
    security_hub=("EC2.6",),
    prowler=("vpc_flow_logs_enabled",),
    judge=judge,
)
