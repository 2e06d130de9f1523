"""What a control judges, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lab_env.access import AccessDecision
from lab_env.network.flow import Trace
from lab_env.network.model import Network
from lab_env.snapshot.state import ServiceState


class Status(StrEnum):
    """Whether a control holds. The mark stands beside the words, never in their place."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    NOTHING_TO_JUDGE = "nothing to judge"
    CANNOT_TELL = "cannot tell"

    @property
    def mark(self) -> str:
        """``✓``, ``✗``, ``–``, or ``?`` where the state lacks what the question needs."""
        return _MARKS[self]


_MARKS = {
    Status.HOLDS: "✓",
    Status.DOES_NOT_HOLD: "✗",
    Status.NOTHING_TO_JUDGE: "–",
    Status.CANNOT_TELL: "?",
}


@dataclass(frozen=True, slots=True)
class TrainingSite:
    """Where training jobs run: a subnet, and the security groups that a job there gets."""

    subnet: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firm:
    """Whose data it is, and what of the account serves it: what no describe call tells.

    Attributes:
        account: the firm's account id.
        regions: the Regions in which its patients' data may be.
        data_buckets: names of the buckets that hold the training data.
        model_buckets: names of the buckets that jobs write their models to.
        roles: ARNs of the roles as which its training jobs run.
        reads: prefixes of the data buckets that its jobs have to read; empty: nobody said which.
        may_read: prefixes that they may read as well; with neither, they may read all.
    """

    account: str
    regions: tuple[str, ...]
    data_buckets: tuple[str, ...] = ()
    model_buckets: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    may_read: tuple[str, ...] = ()

    @property
    def buckets(self) -> tuple[str, ...]:
        """Names of the buckets with data or models, each once."""
        return tuple(dict.fromkeys((*self.data_buckets, *self.model_buckets)))


@dataclass(frozen=True, slots=True)
class AuditState:
    """All that the controls judge.

    Attributes:
        network: the network as it stands.
        sites: where training jobs run.
        buckets: names of the buckets by which the network is probed; without any, S3 itself is.
        services: principals, buckets, keys and policies; ``None`` when they were not read.
        firm: whose data it is; ``None`` when nobody said.
    """

    network: Network
    sites: tuple[TrainingSite, ...]
    buckets: tuple[str, ...] = ()
    services: ServiceState | None = None
    firm: Firm | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact that a finding rests on.

    Attributes:
        resource: where it was seen.
        seen: what was seen there.
        trace: the trace that showed it, if one did.
        decision: the decision that showed it, if one did.
    """

    resource: str
    seen: str
    trace: Trace | None = None
    decision: AccessDecision | None = None


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
