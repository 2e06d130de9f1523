"""IAM-5: no other endpoint in reach of a training subnet carries data into another account."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.access import Attempted
from lab_env.compliance.doors import doors
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.policies import only_this_account
from lab_env.compliance.ways import Way, lets_through, services_of
from lab_env.compliance.writes import into_another_account, writing
from lab_env.network.model import VpcEndpoint
from lab_env.policy import Layer

ID = "IAM-5"

Tried = tuple[str, str, Way, Attempted]


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each endpoint that something in a training subnet reaches and that IAM-1 does not judge."""
    services, firm = services_of(state)
    found = doors(state)
    if not found:
        sentence = "Nothing in the training subnets reaches an endpoint that IAM-1 does not judge."
        yield Finding(ID, Status.NOTHING_TO_JUDGE, "", sentence)
    for door, ways in found.items():
        write = writing(door)
        if write is None:
            yield _not_judged(door)
            continue
        tried = [
            (who, request.operation, way, way.ask(services, request))
            for way in ways
            for who, request in into_another_account(door, write, firm)
        ]
        yield _finding(door, tried, firm.account)


def _finding(door: VpcEndpoint, tried: list[Tried], account: str) -> Finding:
    let = [item for item in tried if lets_through(item[3], Layer.ENDPOINT)]
    if not let:
        sentence = f"Through {_called(door)} nobody writes into another account: {len(tried)} requests tried."
        return Finding(ID, Status.HOLDS, door.id, sentence, evidence=_seen(door, tried))
    who, action, way, _ = let[0]
    sentence = (
        f"{_called(door)} carries data into another account: {action} {way.name} by {who}, say "
        f"({len(let)} of {len(tried)} requests tried)."
    )
    change = only_this_account(door.id, account)
    return Finding(ID, Status.DOES_NOT_HOLD, door.id, sentence, change, _seen(door, let))


def _seen(door: VpcEndpoint, tried: list[Tried]) -> tuple[Evidence, ...]:
    """One request of each action and each who, with its trace and its decision."""
    first = {(item[0], item[1]): item for item in reversed(tried)}
    return tuple(
        Evidence(door.id, f"{action} by {who} {way.name}: {found.why}", found.trace, found.decision)
        for who, action, way, found in reversed(first.values())
    )


def _not_judged(door: VpcEndpoint) -> Finding:
    sentence = f"{_called(door)} is not judged: it is not known which of its service's actions write."
    do = (
        "See whether its service supports endpoint policies (describe_vpc_endpoint_services): through the endpoint "
        "of one that does not, AWS lets everything."
    )
    return Finding(ID, Status.CANNOT_TELL, door.id, sentence, do)


def _called(door: VpcEndpoint) -> str:
    return f"{door.id} ({door.service or door.kind})"


CONTROL = Control(
    id=ID,
    title="no other endpoint in reach of a training subnet carries data into another account",
    question=(
        "Could training data be written into another account through any endpoint that a host in a training subnet "
        "reaches, beside the jobs' own way to S3?"
    ),
    citations=("HIPAA 164.312(a)(1)", "HIPAA 164.312(e)(1)", "GDPR Article 25", "GDPR Article 32(1)"),
    aws_config=(),
    security_hub=(),
    prowler=("vpc_endpoint_connections_trust_boundaries",),
    judge=judge,
)
