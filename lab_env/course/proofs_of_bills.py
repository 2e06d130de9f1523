"""Proofs about what a month costs (chapters 09 and 11): every sum is that of a network that was built and traced."""

from __future__ import annotations

from lab_env.costs import Way
from lab_env.course.proving import Given, Proof, Seen
from lab_env.errors import NotFound

_STEP = 500


def dearest(given: Given, seen: Seen) -> Proof:
    """Whether this way to S3 costs most of the three, for so many gigabytes a month."""
    del seen
    from lab_env.views.bill_of_ways import bill_of_ways

    rows = {row[0]: float(row[-1].replace(",", "")) for row in bill_of_ways(given["gigabytes"]).rows}
    own = next(usd for name, usd in rows.items() if name.startswith(given["way"]))
    return Proof(own == max(rows.values()), f"{own:,.2f} USD a month for {given['gigabytes']:,} GB")


def costs_less(given: Given, seen: Seen) -> Proof:
    """Whether one way is cheaper than another (``than``), both in so many ``zones``, with so many ``gigabytes``.

    With ``up_to`` in place of ``gigabytes``: whether it is with any amount up to that.
    """
    del seen
    one, other = (_way(str(given[name]), given["zones"]) for name in ("way", "than"))
    most = given.get("up_to", given.get("gigabytes"))
    amounts = [*range(0, most, _STEP), most] if "up_to" in given else [most]
    truth = any(one.bill(amount).usd < other.bill(amount).usd for amount in amounts)
    told = (
        f"{one.bill(amount).usd:,.2f} against {other.bill(amount).usd:,.2f} USD with {amount:,} GB"
        for amount in dict.fromkeys((amounts[0], most))
    )
    return Proof(truth, "; ".join(told))


def read_for_nothing(given: Given, seen: Seen) -> Proof:
    """Whether a job reads so many gigabytes by this way, and the month costs nothing."""
    del seen
    way = _way(str(given["way"]), given["zones"])
    usd = way.bill(given["gigabytes"]).usd
    arrives = "a job reaches S3" if way.reaches else "no job reaches S3"
    return Proof(way.reaches and not usd, f"{usd:,.2f} USD, and {arrives} by it")


def fewest_calls(given: Given, seen: Seen) -> Proof:
    """Whether no form of an option takes fewer calls to build than this one."""
    del seen
    from lab_env.views.forms import built_forms

    calls = {form.key: len(form.changes) for form in built_forms()}
    own, fewest = calls[given["form"]], min(calls.values())
    return Proof(own == fewest, f"{own} calls; the fewest of any form are {fewest}")


def _way(name: str, zones: int) -> Way:
    from lab_env.views.ways import built_ways

    for way in built_ways()[zones]:
        if way.name == name:
            return way
    raise NotFound("the cost explorer has no such line.", where=name)
