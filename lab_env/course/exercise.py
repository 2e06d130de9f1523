"""An exercise and its check. A check looks at the cloud's state and at traces, never at the learner's text.

It gives one of three answers and never raises at the learner: a check that fails itself says so and blames nobody.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from lab_env.errors import NotFound
from lab_env.network import Flow, InterfaceSource, Network, Trace, trace
from lab_env.network.model import NetworkInterface

if TYPE_CHECKING:
    from lab_env.course.drills.drill import Drill

# What nbgrader sets while it grades a learner's notebook; the value of the check's cell is then the points.
AUTOGRADING = "NBGRADER_EXECUTION"


class Status(StrEnum):
    """How far the learner is."""

    NOT_ATTEMPTED = "not attempted"
    NOT_YET = "not yet"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check saw. ``hint`` says what to do next; empty when the exercise is done.

    ``ladder`` is how many further hints the exercise has.
    """

    exercise: str
    status: Status
    saw: str
    hint: str = ""
    ladder: int = 0

    def __str__(self) -> str:
        mark = {Status.DONE: "✓", Status.NOT_YET: "…", Status.NOT_ATTEMPTED: "○"}[self.status]
        more = (
            f'(Stuck? lab.hint("{self.exercise}").)' if self.ladder and self.status is not Status.DONE else ""
        )
        said = (f"{mark} {self.exercise} {self.status}: {self.saw}", self.hint, more)
        return " ".join(part for part in said if part)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f'<p role="status">{escape(str(self))}</p>'


@dataclass(frozen=True, slots=True)
class State:
    """What a check may look at.

    Attributes:
        network: the network as it stands now.
        find: the id of one of the scenario's resources (`lab_env.names.Names.find`), ``None`` when it does not stand.
        describe: what an AWS call answers, given service, operation, parameters and, where it is not the lab's own, the
            Region; past the data plane and the ledger, so that no policy of the learner's blinds a check. Raises
            ``ClientError`` as the call would.
        drill: the drill that the lab stands in, if any.
    """

    network: Network
    find: Callable[[str], str | None]
    describe: Callable[..., Any]
    drill: Drill | None = None

    def probe(
        self, subnet: str, destination: str, port: int = 443, *, groups: tuple[str, ...] | None = None
    ) -> Trace:
        """What a host in a subnet would reach: a trace from an interface that exists only in the question.

        Args:
            subnet: the subnet's id.
            destination: host name or address.
            port: TCP port.
            groups: its security groups; by default the training group.
        """
        network, source = self.with_host(subnet, groups=groups)
        return trace(network, Flow(InterfaceSource(source.id), destination, "tcp", port))

    def with_host(
        self, subnet: str, *, groups: tuple[str, ...] | None = None, name: str = "eni-probe"
    ) -> tuple[Network, NetworkInterface]:
        """The network with one more host in a subnet, at an address that nobody holds, and that host's interface.

        Args:
            subnet: the subnet's id.
            groups: its security groups; by default the training group, and where its VPC has none, the default one.
            name: the id of its interface.
        """
        where = self.network.subnet.get(subnet)
        if where is None:
            raise NotFound("no such subnet stands in the lab.", where=subnet, do="lab.names.subnet_a is one.")
        taken = {address for item in self.network.interfaces for address in item.addresses}
        free = next(address for address in reversed(list(where.cidrs[0].hosts())[3:]) if address not in taken)
        own = groups if groups is not None else self._usual_group(where.vpc)
        host = NetworkInterface(
            id=name, vpc=where.vpc, subnet=subnet, addresses=(ip_address(str(free)),), groups=own
        )
        return self.network.with_interface(host), host

    def _usual_group(self, vpc: str) -> tuple[str, ...]:
        training = self.find("training_security_group")
        here = [group for group in self.network.security_groups if group.vpc == vpc]
        usual = [group.id for group in here if group.id == training]
        return tuple(usual or [group.id for group in here if group.name == "default"])


Check = Callable[[State], tuple[Status, str, str]]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    Attributes:
        id: chapter and number, as in ``1.2``.
        title: what the learner is asked for.
        points: what nbgrader gives for it.
        check: judges the state: status, what was seen, what to do next.
        catch_up: makes the calls that solve it, given boto3 clients by name and the names' finder.
        inside: whether the S3 calls of ``catch_up`` come from a host in subnet A, as the administrators' role: the
            locked buckets take objects from nowhere else.
        hints: what helps when one is stuck, from a nudge to nearly the answer; none or three.
        drill: seed and level of the drill that it is; catching up then begins that drill, and repairs it.
    """

    id: str
    title: str
    points: int
    check: Check
    catch_up: Callable[[Callable[[str], Any], Callable[[str], str | None]], None]
    inside: bool = False
    hints: tuple[str, ...] = ()
    drill: tuple[int, int] | None = None

    def judge(self, state: State) -> CheckResult:
        """What the check says of a state; never raises."""
        try:
            return CheckResult(self.id, *self.check(state), ladder=len(self.hints))
        except Exception as error:  # noqa: BLE001 - whatever a learner built, they get an answer
            return CheckResult(
                self.id,
                Status.NOT_YET,
                f"the check could not look at this state ({type(error).__name__}: {error}).",
                "That is the check's fault if your call succeeded: lab.restart() and lab.catch_up() go on.",
                len(self.hints),
            )


def autograding() -> bool:
    """Whether nbgrader is grading this notebook."""
    return os.environ.get(AUTOGRADING) in ("autograde", "validate")
