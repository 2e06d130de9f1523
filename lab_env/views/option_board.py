"""The question's options side by side: built, traced, judged and priced, each in a mock cloud of its own.

No outcome is written here. `survey` makes each option's boto3 calls and looks at the network that comes of them;
`option_board` does so in another process, because a mock cloud may be open in this one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any

from lab_env import scenario
from lab_env.compliance import AuditState, TrainingSite, audit
from lab_env.compliance.controls import PATH
from lab_env.compliance.probes import INTERNET_HOST, probes
from lab_env.costs import month
from lab_env.errors import LabError
from lab_env.network import Flow, InterfaceSource, Network, Trace, trace
from lab_env.options import OPTIONS, Option
from lab_env.views.bill import bill_table
from lab_env.views.reach import reached_from_outside
from lab_env.views.standing import JOB_INTERFACE, S3, standing, with_job
from lab_env.views.table import WIDTH, text_blocks
from lab_env.views.topology import diagram
from lab_env.views.trace_view import TraceView

GIGABYTES = 1000
_ELSEWHERE = "s3.eu-west-1.amazonaws.com"
_SECONDS = 120
HEADS = ("option", "the job", "NET-1…4", "what else opens", "USD a month")
_CELL = (
    "text-align:left;vertical-align:top;padding:0.5em 0.8em;border-bottom:1px solid rgba(128,128,128,0.35)"
)
_PICTURE = "max-width:17em;max-height:15em;width:auto;height:auto;background:#fff;border-radius:4px"


@dataclass(frozen=True, slots=True)
class Card:
    """What came of one form of an option.

    Attributes:
        key: the form's short name.
        letter: the option's letter in the question.
        title: what was built.
        svg: the architecture, with the way of a training job's packet to S3.
        alt: the same in words.
        trains: whether the job reaches its data, and so trains.
        way: by which way it does, or why it does not.
        marks: NET-1 to NET-4.
        opens: what else the subnet is open to now.
        usd: a month's list price with 1,000 GB of training data.
        found: by control of NET-1 to NET-4, what it found, a sentence a line.
        hops: the job's way to S3, a hop a line, and how it ends.
        bill: what the month's price is made of, a line each.
    """

    key: str
    letter: str
    title: str
    svg: str
    alt: str
    trains: bool
    way: str
    marks: str
    opens: tuple[str, ...]
    usd: str
    found: tuple[str, ...] = ()
    hops: str = ""
    bill: str = ""

    @property
    def name(self) -> str:
        """Letter and title."""
        return f"{self.letter}) {self.title}"

    @property
    def cells(self) -> tuple[str, ...]:
        """What the card says under `HEADS`."""
        return self.name, self.job, self.marks, "; ".join(self.opens) or "nothing", self.usd

    @property
    def job(self) -> str:
        """How the job ends, and by what."""
        return f"{'✓ trains' if self.trains else '✗ fails'}: {self.way}"


@dataclass(frozen=True, slots=True)
class OptionBoard:
    """The forms of the four options, one a row."""

    cards: tuple[Card, ...]

    def __str__(self) -> str:
        rows = [HEADS, *(card.cells for card in self.cards)]
        lines = ["\n".join(block) for block in text_blocks(rows)]
        return "\n".join([lines[0], "─" * WIDTH, *lines[1:]])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = ("", *HEADS)
        head = "".join(f'<th scope="col" style="{_CELL}">{escape(text)}</th>' for text in heads)
        rows = "".join(self._row(card) for card in self.cards)
        return (
            '<table style="border-collapse:collapse;font-size:0.92em"><caption style="text-align:left">'
            f"The options, each built and tried; {GIGABYTES:,} GB of training data a month</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _row(self, card: Card) -> str:
        source = f"data:image/svg+xml;base64,{b64encode(card.svg.encode()).decode()}"
        image = f'<img src="{source}" alt="{escape(card.alt)}" style="{_PICTURE}">'
        name, *rest = (escape(text) for text in card.cells)
        cells = "".join(f'<td style="{_CELL}">{text}</td>' for text in rest)
        named = f'<th scope="row" style="{_CELL}">{name}</th>'
        return f'<tr><td style="{_CELL}">{image}</td>{named}{cells}</tr>'


def option_board() -> OptionBoard:
    """Build all forms now, in a process of their own, and put what came of them side by side.

    Raises:
        LabError: that process failed.
    """
    command = (sys.executable, "-m", "lab_env.views.option_board")
    done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise LabError("the options could not be built.", do=" ".join(said))
    return OptionBoard(tuple(map(_read, json.loads(done.stdout))))


def _read(card: dict[str, Any]) -> Card:
    # JSON knows no tuples.
    read: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in card.items()
    }
    return Card(**read)


def survey() -> OptionBoard:
    """The same in this process, in which no mock cloud may be open."""
    return OptionBoard(tuple(card_of(option) for option in OPTIONS))


def card_of(option: Option, *, title: str = "") -> Card:
    """Build one form in a fresh cloud, on chapter 01's private VPC, and look at it.

    Args:
        option: the form.
        title: the picture's name; by default the option's letter and title.
    """
    network, site = built(option)
    card = judged(network, [site], key=option.key, letter=option.letter, title=option.title)
    job, way = _job_and_way(network, site)
    picture = diagram(job, way, title=title or card.name)
    return replace(card, svg=picture.svg, alt=picture.alt)


def judged(network: Network, sites: Sequence[TrainingSite], *, key: str, letter: str, title: str) -> Card:
    """A network as it stands, looked at as an option is: tried, judged and priced. The card has no picture.

    Args:
        network: the network.
        sites: where training jobs run; the job is tried at the first.
        key: as `Card`.
        letter: as `Card`.
        title: as `Card`.
    """
    job, way = _job_and_way(network, sites[0])
    report = audit(network, sites, PATH)
    bill = month(network, way, GIGABYTES)
    rows = bill_table(bill, "").rows[:-1]
    return Card(
        key=key,
        letter=letter,
        title=title,
        svg="",
        alt="",
        trains=way.reached,
        way=f"S3 sees {way.source_seen}" if way.reached else _lost(way),
        marks="".join(report.status(control.id).mark for control in report.controls),
        opens=tuple(_opened(network, sites[0])),
        usd=f"{bill.usd}",
        found=tuple("\n".join(one.sentence for one in report.of(control.id)) for control in report.controls),
        hops="\n".join(_hops(TraceView(way, job))),
        bill="\n".join(f"{what}: {much}, {each}: {usd} ({why})" for what, much, each, usd, why, _ in rows)
        or "Nothing here costs anything by itself.",
    )


def _hops(view: TraceView) -> Iterator[str]:
    for number, _, what, rule, verdict, _ in view.told:
        yield f"{number.strip()} {what}: {rule}: {verdict}"
    yield view.sentence


def _job_and_way(network: Network, site: TrainingSite) -> tuple[Network, Trace]:
    job = with_job(network, site)
    return job, trace(job, Flow(InterfaceSource(JOB_INTERFACE), S3))


def _lost(way: Trace) -> str:
    blocker = way.blockers[0]
    return f"{blocker.verdict.value} at the {blocker.kind.replace('-', ' ')}"


def built(option: Option) -> tuple[Network, TrainingSite]:
    """The network that an option's calls make of chapter 01's, and where jobs run in it; no cloud may be open."""
    with standing(option) as found:
        return found.network, found.site


def _opened(network: Network, site: TrainingSite) -> Iterator[str]:
    """What a host in the training subnet reaches besides its data, and who reaches it."""
    bare, lent = probes(AuditState(network, (site,)), site)
    for place, told in (
        (str(scenario.ON_PREMISES_HOST), "the data centre"),
        (str(INTERNET_HOST), "the whole internet"),
        (_ELSEWHERE, "S3 in other Regions"),
    ):
        if bare.reach(place).reached:
            yield told
        elif lent.reach(place).reached:
            yield f"{told}, for a host with a public address"
    if reached_from_outside(lent, site):
        yield "the subnet itself, from the internet, where a security group lets it in"


if __name__ == "__main__":
    sys.stdout.write(json.dumps([asdict(card) for card in survey().cards]))
