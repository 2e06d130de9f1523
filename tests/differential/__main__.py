"""``python -m tests.differential``: the policy engine beside one that this project did not write.

Both decide the same random cases. Where they differ, ``judged_disagreements.json`` says which AWS document is against
the other one; a difference that is not judged there fails, and so does one that is and has gone. Then both decide the
cases again, in turns, for time.
"""

from __future__ import annotations

import gc
import json
import sys
from time import perf_counter

from lab_env.policy import evaluate
from lab_env.policy.cases import read_case
from tests.differential import judgement, other
from tests.differential.cases import case, simulation

NUMBER, LAPS = 4_000, 9


def main() -> int:
    """Compare, then measure; 0 when every disagreement is judged."""
    try:
        other.install()
    except other.Missing as error:
        sys.stderr.write(f"{error}\n")
        return 2
    cases = [case(number) for number in range(NUMBER)]
    with other.Other(map(simulation, cases)) as beside:
        theirs = beside.ask("verdicts")
        ours = [_decide(one) for one in cases]
        holds = report(
            judgement.compare(ours, theirs, judgement.judgements(judgement.FILE.read_text("utf-8")))
        )
        speed(cases, beside)
    return 0 if holds else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _decide(one):
    read = read_case(one)
    return evaluate(read.request, read.policies).verdict.value


def report(found: judgement.Comparison) -> bool:
    """Print how they compare."""
    _say(
        f"{found.agreed:,} of {NUMBER:,} cases agree; {found.judged} differ and are judged in {judgement.FILE.name}"
    )
    for line in found.unjudged:
        _say(f"not judged: {line}")
    for number in found.agreeing:
        _say(f"case {number} agrees now: take it out of {judgement.FILE.name}")
    return found.holds


def speed(cases, beside) -> None:
    """Print decisions a second of both, measured in turns in one run: the fastest lap of each."""
    read = [read_case(one) for one in cases]
    laps = {"anew": lambda: [_decide(one) for one in cases], "once": lambda: [_again(one) for one in read]}
    # Neither side shall pay for what the other keeps in memory.
    gc.collect()
    gc.freeze()
    told = {"anew": "every policy read anew for its case", "once": "policies read beforehand"}
    for word, lap in laps.items():
        both = [(_seconds(lap), beside.ask(word)) for _ in range(LAPS)]
        ours, theirs = (NUMBER / min(column) for column in zip(*both, strict=True))
        _say(
            f"{told[word]}: {ours:,.0f} decisions a second, the other {theirs:,.0f}: {ours / theirs:.1f} times"
        )


def _again(one):
    # A request is part of a case: it is made anew for each decision, as the other one does.
    asked = one.request
    request = type(asked)(
        asked.principal, asked.action, asked.resource, asked.resource_account, asked.context
    )
    return evaluate(request, one.policies).verdict


def _seconds(lap) -> float:
    began = perf_counter()
    lap()
    return perf_counter() - began


if __name__ == "__main__":
    if sys.argv[1:] == ["--differences"]:
        # For judging: every disagreement, with its case, as JSON lines.
        other.install()
        found = [case(number) for number in range(NUMBER)]
        with other.Other(map(simulation, found)) as process:
            for number, (own, verdict) in enumerate(zip(found, process.ask("verdicts"), strict=True)):
                if _decide(own) != verdict:
                    _say(json.dumps({"case": number, "ours": _decide(own), "theirs": verdict, "asked": own}))
    else:
        sys.exit(main())
