"""The forms of the four options, each built, traced, probed, judged by every control, and priced.

Run as a module, it prints one `Form` a line, all of them or those whose keys it is given: each has a mock cloud of its
own, and one may be open elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import Any

import boto3

from lab_env import scenario
from lab_env.costs import HOURS, Meter, Usage, billed, meters
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.options import OPTIONS, Option, interface_endpoint
from lab_env.scenario import chapter07
from lab_env.scenario.audited import audit_firm
from lab_env.snapshot.asking import Describe
from lab_env.views.other_process import answers, tell
from lab_env.views.reach import Reach, reach
from lab_env.views.standing import JOB, JOB_INTERFACE, S3, Standing, standing, with_job


def build_locked(client: Callable[[str], Any]) -> None:
    """Option D, and then what chapters 06 and 07 add: policies, key, narrow rules, logs."""
    scenario.build_endpoint(client)
    scenario.lock_down(client)
    chapter07.record(client)


LOCKED = Option("d-locked", "D", "VPC endpoint (gateway), locked down", build_locked)
FORMS = (
    *OPTIONS,
    Option("d-interface", "D", "VPC endpoint (interface, two zones)", interface_endpoint),
    LOCKED,
)


@dataclass(frozen=True, slots=True)
class Form:
    """What came of one form.

    Attributes:
        key: the form's short name.
        letter: its option's letter in the question.
        title: what was built.
        reaches: whether a training job reaches S3 and gets its answer.
        end: by which address S3 knows it, or what stopped it.
        exit: the way out of the VPC that its packet took.
        hops: how many resources the packet met.
        public_internet: whether it touched the public internet.
        third_party: whether it touched premises outside AWS.
        marks: each control's mark, by its id.
        changes: the operations that built it, in order.
        reach: what else can be reached.
        meters: what runs up the bill.
        keys: customer managed KMS keys.
    """

    key: str
    letter: str
    title: str
    reaches: bool
    end: str
    exit: str
    hops: int
    public_internet: bool
    third_party: bool
    marks: Mapping[str, str]
    changes: tuple[str, ...]
    reach: Reach
    meters: tuple[Meter, ...]
    keys: int

    @property
    def name(self) -> str:
        """Letter and title."""
        return f"{self.letter}) {self.title}"

    @property
    def failed(self) -> tuple[str, ...]:
        """Ids of the controls that do not hold."""
        return tuple(control for control, mark in self.marks.items() if mark == "✗")

    def usd(self, gigabytes: int, hours: int = HOURS) -> float:
        """US dollars for a month in which jobs read that much."""
        return float(billed(self.meters, Usage(gigabytes, hours, keys=self.keys)).usd)


@cache
def built_forms() -> tuple[Form, ...]:
    """All forms, built now in another process; the second time it is known.

    Raises:
        LabError: that process failed.
    """
    found = answers(__name__, steps=len(FORMS), doing="building each option")
    return tuple(form_from(one) for one in found)


@cache
def locked_form() -> Form:
    """Option D locked down, alone: built now in another process; the second time it is known.

    Raises:
        LabError: that process failed.
    """
    (found,) = answers(__name__, LOCKED.key, steps=1, doing="building what chapters 06 and 07 leave")
    return form_from(found)


def form_from(told: Mapping[str, Any]) -> Form:
    """A form from the plain data that ``asdict`` made of it."""
    reached = {name: tuple(told["reach"][name]) for name in ("job", "lent")}
    return Form(
        **{
            **told,
            "changes": tuple(told["changes"]),
            "reach": Reach(**reached, strangers=told["reach"]["strangers"]),
            "meters": tuple(Meter(**one) for one in told["meters"]),
        }
    )


def form_of(option: Option) -> Form:
    """Build one form in a fresh cloud and look at it; no cloud may be open in this process."""
    with standing(option) as found:
        network = with_job(found.network, found.site)
        way = trace(network, Flow(InterfaceSource(JOB_INTERFACE), S3))
        return Form(
            key=option.key,
            letter=option.letter,
            title=option.title,
            reaches=way.reached,
            end=f"S3 sees {way.source_seen}" if way.reached else _lost(way.blockers[0]),
            exit=way.exit.value,
            hops=len(way.forward),
            public_internet=way.public_internet,
            third_party=way.third_party,
            marks=_marks(option, found),
            changes=found.changes,
            reach=reach(found.network, found.site),
            meters=meters(network, way),
            keys=_customer_keys(found),
        )


def _lost(blocker: Any) -> str:
    return f"{blocker.verdict.value} at the {blocker.kind.replace('-', ' ')}"


def _customer_keys(found: Standing) -> int:
    ask = partial(found.cloud.describe, "kms")
    listed = (ask("DescribeKey", {"KeyId": key["KeyId"]}) for key in ask("ListKeys")["Keys"])
    return sum(one["KeyMetadata"]["KeyManager"] == "CUSTOMER" for one in listed)


def _marks(option: Option, found: Standing) -> dict[str, str]:
    """Every control's mark, with the job on record that chapter 01, or for the locked form chapter 06, asks for."""
    job = scenario.training_job(JOB, [found.site.subnet], list(found.site.groups))
    boto3.client("sagemaker").create_training_job(**(_good(job, found) if option is LOCKED else job))

    def api(service: str, region: str) -> Describe:
        return partial(found.cloud.describe, service, region=region)

    report = audit_firm(api, found.network, [found.site])
    return {control.id: report.status(control.id).mark for control in report.controls}


def _good(job: dict[str, Any], found: Standing) -> dict[str, Any]:
    key = found.names.kms_key
    return {
        **job,
        "ResourceConfig": {**job["ResourceConfig"], "VolumeKmsKeyId": key},
        "OutputDataConfig": {**job["OutputDataConfig"], "KmsKeyId": key},
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
    }


if __name__ == "__main__":
    for form in FORMS:
        if form.key in sys.argv[1:] or not sys.argv[1:]:
            tell(asdict(form_of(form)))
