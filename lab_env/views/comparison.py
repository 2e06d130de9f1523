"""The options side by side: one table whose every cell is computed, and tables that open its cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lab_env.compliance.controls import CONTROLS
from lab_env.errors import NotFound
from lab_env.views.claims import CLAIMS, judged
from lab_env.views.forms import Form, built_forms
from lab_env.views.reach import DESTINATIONS
from lab_env.views.table import Table

COLUMNS = ("option", "S3 from a job", "exit", "hops", "fail", "USD", "calls", "else reached")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The forms of the four options, each built for real.

    Attributes:
        forms: in the question's order.
        gigabytes: training data that jobs read in the month, in GB.
    """

    forms: tuple[Form, ...]
    gigabytes: int

    def table(self) -> Table:
        """Everything at a glance, a form a row; those by which jobs reach S3 are marked."""
        rows = tuple(self._row(form) for form in self.forms)
        works = frozenset(number for number, form in enumerate(self.forms) if form.reaches)
        asked = len(DESTINATIONS)
        told = (
            f"fail: of {len(CONTROLS)} controls. USD: the month with {self.gigabytes:,} GB. calls: those that build it "
            f"and change something. else reached: of {asked} other destinations, by a job; in brackets by a host in "
            "the same subnet that has a public address."
        )
        return Table(
            COLUMNS, rows, "The options, each built, traced, probed, judged and priced", works, (told,)
        )

    def _row(self, form: Form) -> tuple[str, ...]:
        wide = f"{len(form.reach.job)} ({len(form.reach.lent)})"
        return (
            form.name,
            f"{'✓' if form.reaches else '✗'} {form.end}",
            form.exit.replace("-", " "),
            str(form.hops),
            str(len(form.failed)),
            f"{form.usd(self.gigabytes):,.2f}",
            str(len(form.changes)),
            f"{wide}, and strangers get in" if form.reach.strangers else wide,
        )

    def controls(self) -> Table:
        """Every control on every form: ✓ holds, ✗ does not, – nothing to judge."""
        columns = ("control", "the good state", *(form.key for form in self.forms))
        rows = tuple(
            (control.id, control.title, *(form.marks[control.id] for form in self.forms))
            for control in CONTROLS
        )
        failed = ("", "do not hold", *(str(len(form.failed)) for form in self.forms))
        return Table(columns, (*rows, failed), "The audit of each form", frozenset({len(rows)}))

    def reach(self) -> Table:
        """What else each form leads to: ✓ for a job, (✓) only for a host with a public address."""
        columns = ("from the training subnet to", *(form.key for form in self.forms))
        rows = [(name, *(_reached(name, form) for form in self.forms)) for name in DESTINATIONS]
        strangers = ("in, from the internet", *("(✓)" if f.reach.strangers else "·" for f in self.forms))
        notes = (
            "✓ a job reaches it; (✓) only a host with a public address does, or is reached; · nobody does.",
        )
        return Table(columns, (*rows, strangers), "What else can be reached", notes=notes)

    def calls(self, key: str) -> Table:
        """The calls that built one form, in order.

        Args:
            key: the form's short name.

        Raises:
            NotFound: no form is called so.
        """
        form = self[key]
        counted = Counter(form.changes)
        rows = tuple((operation, str(number)) for operation, number in counted.items())
        return Table(("operation", "times"), rows, f"{form.name}: {len(form.changes)} calls")

    def claims(self) -> Table:
        """What study notes say of the options, beside what was computed."""
        rows = tuple(judged(claim, {form.key: form for form in self.forms}) for claim in CLAIMS)
        notes = ("✓ as they say; ✗ not so; ~ so for one form and not for another; – no lab can show it.",)
        return Table(
            ("", "study notes say", "", "computed here", "chapter"),
            rows,
            "Pros and cons, checked",
            notes=notes,
        )

    def __getitem__(self, key: str) -> Form:
        found = {form.key: form for form in self.forms}
        if key not in found:
            raise NotFound(f"no form is called {key!r}.", do=f"There are {', '.join(found)}.")
        return found[key]

    def __str__(self) -> str:
        return str(self.table())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().html()


def _reached(name: str, form: Form) -> str:
    if name in form.reach.job:
        return "✓"
    return "(✓)" if name in form.reach.lent else "·"


def compare(gigabytes: int) -> Comparison:
    """Build all forms, unless that was done before, and put what came of them side by side.

    Args:
        gigabytes: training data that jobs read in the month, in GB.
    """
    return Comparison(built_forms(), gigabytes)
