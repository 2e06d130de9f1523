"""A decision beside reading its policies' text, by number of statements; how many decisions that is a second."""

from __future__ import annotations

import json
from functools import partial
from time import process_time

from benchmarks.policy import BUCKET, CALLER, HOSTILE, lap, policy, policy_of
from benchmarks.ratio import Ratio, interleaved
from lab_env.policy import Policy, PolicySet, Request, evaluate

SIZES = (10, 1_000)
LAPS = 9
ROUNDS = {10: 2_000, 1_000: 50}


def ratios() -> list[Ratio]:
    """Microseconds of both."""
    found = []
    for size in SIZES:
        plain, rounds = policy_of(size), ROUNDS[size]
        resources = [f"arn:aws:s3:::bucket-{n}/*" for n in range(size)]
        text = json.dumps(
            [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": arn} for arn in resources]
        )
        work = {"ours": partial(_decide, plain, rounds), "floor": partial(_parse, text, rounds)}
        took = interleaved(work, LAPS, process_time)
        ours, floor = (1e6 * took[each] / rounds for each in ("ours", "floor"))
        name = f"json.loads of them ({1e6 / ours:,.0f} decisions a second)"
        found.append(Ratio(f"decision, {size:,} statements", ours, floor, "µs", name))
    return [*found, _hostile()]


def _hostile() -> Ratio:
    """The slowest policy of wildcards that fits 6 KB, on a key that almost fits, beside a thousand plain statements."""
    ours = max(lap(policy([BUCKET + text] * (6_000 // len(text))), "a" * 1_024) for text in HOSTILE)
    return Ratio(
        "hostile wildcards", 1e3 * ours, 1e3 * lap(policy_of(1_000), "x"), "ms", "1,000 plain statements"
    )


def _decide(plain: Policy, rounds: int) -> None:
    request, policies = Request(CALLER, "s3:GetObject", BUCKET + "x"), PolicySet(identity=(plain,))
    for _ in range(rounds):
        if evaluate(request, policies).allowed:
            raise SystemExit("the benchmark's own request is allowed: it measures the wrong thing")


def _parse(text: str, rounds: int) -> None:
    for _ in range(rounds):
        json.loads(text)
