"""What a control judges, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lab_env.network.flow import Trace
from lab_env.network.model import Network


class Status(StrEnum):
    """Whether a control holds. The mark stands beside the words, never in their place."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    NOTHING_TO_JUDGE = "nothing to judge"

    @property
    def mark(self) -> str:
        """``✓``, ``✗`` or ``–``."""
        return {"holds": "✓", "does not hold": "✗"}.get(self.value, "–")


@dataclass(frozen=True, slots=True)
class TrainingSite:
    """Where training jobs run: a subnet, and the security groups that a job there gets."""

    subnet: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditState:
    """All that the controls judge.

    Attributes:
        network: the network as it stands.
        sites: where training jobs run.
        buckets: names of the buckets that hold the training data; without any, S3 itself is probed.
    """

    network: Network
    sites: tuple[TrainingSite, ...]
    buckets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact that a finding rests on: the resource, what was seen there, and the trace that showed it, if one did."""

    resource: str
    seen: str
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A control's word on one resource.

    Attributes:
        control: the control's id.
        status: its verdict here.
        resource: the id of what was judged.
        sentence: one sentence that names the resource and says how it is.
        change: the boto3 call that would mend it; empty when nothing needs mending, or no single call does it.
        evidence: what the verdict rests on.
    """

    control: str
    status: Status
    resource: str
    sentence: str
    change: str = ""
    evidence: tuple[Evidence, ...] = ()


Judge = Callable[[AuditState], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Control:
    """One requirement of the course, that a computation can judge.

    Attributes:
        id: such as ``NET-1``.
        title: the good state, in a few words.
        question: what an auditor would ask.
        citations: paragraphs of the law that it serves, each ``FRAMEWORK PARAGRAPH`` as in ``frameworks.toml``. None of
            them names an AWS feature: the control is one way to show that what they ask for is done.
        aws_config: AWS Config managed rules that check the same, or a part of it.
        security_hub: AWS Security Hub controls that do.
        prowler: Prowler checks that do.
        judge: the computation.
    """

    id: str
    title: str
    question: str
    citations: tuple[str, ...]
    aws_config: tuple[str, ...]
    security_hub: tuple[str, ...]
    prowler: tuple[str, ...]
    judge: Judge
