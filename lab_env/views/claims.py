"""What study notes say of the four options, each beside what the options' clouds showed.

The words are the notes'. Whether they are right is asked of the forms; nothing here says so by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from lab_env.views.forms import Form
from lab_env.views.reach import DESTINATIONS

Forms = Mapping[str, Form]
Shown = tuple[str, str]
"""A mark, ✓ ✗ ~ or –, and what was seen."""

_GB = 1000
_ELSEWHERE = "S3 in eu-west-1"
_MARKS = {(True, True): "✓", (False, False): "✗"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the notes.

    Attributes:
        letter: the option it speaks of.
        words: what is said.
        chapters: where one sees it happen.
        show: what the forms say to it.
    """

    letter: str
    words: str
    chapters: str
    show: Callable[[Forms], Shown]


def judged(claim: Claim, forms: Forms) -> tuple[str, ...]:
    """A row: the option, what is said, the mark, what was computed, and the chapters that show it.

    Args:
        claim: the sentence.
        forms: all forms, by key.
    """
    mark, seen = claim.show(forms)
    return claim.letter, claim.words, mark, seen, claim.chapters


def _mark(*answers: bool) -> str:
    return _MARKS.get((all(answers), any(answers)), "~")


def _simple(forms: Forms) -> Shown:
    calls, least = len(forms["a"].changes), min(len(form.changes) for form in forms.values())
    return _mark(calls <= least), f"{calls} calls; the fewest of any form are {least}"


def _gives_s3(forms: Forms) -> Shown:
    return _mark(forms["a"].reaches), f"a job: {forms['a'].end}"


def _exposes(forms: Forms) -> Shown:
    reach = forms["a"].reach
    seen = f"a job reaches {len(reach.job)} of {len(DESTINATIONS)}, a host with a public address {len(reach.lent)}"
    return _mark(bool(reach.job), bool(reach.lent)), f"{seen}; strangers {_get(reach.strangers)} to it"


def _get(does: bool) -> str:  # noqa: FBT001 - a word for a yes or no
    return "get in" if does else "do not get in"


def _in_each_subnet(forms: Forms) -> Shown:
    return _mark(forms["b-private"].reaches), f"a job: {forms['b-private'].end}"


def _outbound(forms: Forms) -> Shown:
    reach = forms["b-public"].reach
    seen = f"strangers {_get(reach.strangers)}; out, {len(reach.job)} of {len(DESTINATIONS)} are reached"
    return _mark(not reach.strangers), seen


def _nat_costs(forms: Forms) -> Shown:
    form = forms["b-public"]
    return _mark(form.usd(_GB) > 0), f"{form.usd(0):.2f} idle, {form.usd(_GB):.2f} with {_GB:,} GB"


def _crosses(forms: Forms) -> Shown:
    form = forms["b-public"]
    touched = "touches" if form.public_internet else "does not touch"
    return _mark(form.public_internet), f"the way to S3 {touched} the public internet; {form.end}"


def _line_private(forms: Forms) -> Shown:
    there, back = forms["c-private"], forms["c-hairpin"]
    works = [form for form in (there, back) if form.reaches]
    left = [form for form in works if form.third_party or form.public_internet]
    seen = (
        f"of {len(works)} form that reaches S3, {len(left)} leaves AWS; private interface alone: {there.end}"
    )
    return _mark(bool(works) and not left), seen


def _line_not_s3(forms: Forms) -> Shown:
    form = forms["c-private"]
    return _mark(not form.reaches), f"private virtual interface: {form.end}"


def _line_dear(forms: Forms) -> Shown:
    idle = forms["c-private"].usd(0)
    most = max(form.usd(0) for key, form in forms.items() if not key.startswith("c-"))
    return _mark(idle > most), f"{idle:.2f} idle; the dearest other form {most:.2f}"


def _line_long(forms: Forms) -> Shown:
    calls, nat = len(forms["c-hairpin"].changes), len(forms["b-public"].changes)
    return "–", f"{calls} calls, a NAT gateway takes {nat}; how long a cable takes is no call's to say"


def _endpoint_private(forms: Forms) -> Shown:
    both = [forms["d"], forms["d-interface"]]
    inside = [not form.public_internet and not form.third_party and _private(form) for form in both]
    return _mark(*inside), "; ".join(f"{form.exit}: {form.end}" for form in both)


def _private(form: Form) -> bool:
    return form.reaches and ip_address(form.end.rpartition(" ")[2]).is_private


def _endpoint_free(forms: Forms) -> Shown:
    both = [forms["d"], forms["d-interface"]]
    seen = "; ".join(f"{form.exit}: {form.usd(_GB):.2f} with {_GB:,} GB" for form in both)
    return _mark(*(form.usd(_GB) == 0 for form in both)), seen


def _endpoint_policies(forms: Forms) -> Shown:
    default, locked = forms["d"].marks["IAM-1"], forms["d-locked"].marks["IAM-1"]
    seen = f"IAM-1 (only the firm's buckets): {default} as AWS makes it, {locked} once a policy is written"
    return _mark(default == "✓", locked == "✓"), seen


def _endpoint_regional(forms: Forms) -> Shown:
    stays = _ELSEWHERE not in forms["d"].reach.job
    return _mark(stays), f"S3 in eu-west-1: {'not reached' if stays else 'reached'}"


def _endpoint_enough(forms: Forms) -> Shown:
    left, locked = len(forms["d"].failed), len(forms["d-locked"].failed)
    return _mark(
        left == 0, locked == 0
    ), f"{left} controls fail with the endpoint alone, {locked} locked down"


def _not_shown(why: str) -> Callable[[Forms], Shown]:
    return lambda forms: ("–", why) if forms else ("–", "")


CLAIMS = (
    Claim("A", "+ the simplest to set up", "02", _simple),
    Claim("A", "+ gives the jobs access to S3", "02", _gives_s3),
    Claim("A", "− exposes the jobs to the internet", "02", _exposes),
    Claim("B", "+ one in each subnet where jobs run does it", "03", _in_each_subnet),
    Claim("B", "+ outbound only", "03", _outbound),
    Claim("B", "+ managed by AWS", "–", _not_shown("a promise of operation; a mock cloud never breaks")),
    Claim("B", "− costs by the hour and by the gigabyte", "03, 11", _nat_costs),
    Claim("B", "− the data cross the internet", "03", _crosses),
    Claim("C", "+ private", "04", _line_private),
    Claim("C", "+ consistent latency", "–", _not_shown("no packet takes time here")),
    Claim("C", "− does not reach S3 by itself", "04", _line_not_s3),
    Claim("C", "− expensive", "04", _line_dear),
    Claim("C", "− long set-up", "04", _line_long),
    Claim("D", "+ private", "05", _endpoint_private),
    Claim("D", "+ free", "05, 11", _endpoint_free),
    Claim("D", "+ has policies of its own", "06", _endpoint_policies),
    Claim("D", "− reaches its own Region only", "05", _endpoint_regional),
    Claim("D", "+ is all that compliance needs", "06, 07", _endpoint_enough),
)
