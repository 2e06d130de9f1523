"""Two implementations of one document: the evaluator and `naive` agree on thousands of random cases."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from lab_env.policy.cases import answer, read_case
from tests.policy.naive import verdict
from tests.policy.strategies import random_case

CASES, SHARES = 2000, 4


@pytest.mark.parametrize("share", range(SHARES))
def test_both_evaluators_agree(share):
    ends = Counter()
    for seed in range(share, CASES, SHARES):
        case = random_case(Random(seed))
        found = answer(read_case(case))
        assert found["decision"] == verdict(case), (
            f"seed {seed}: {found['why']}\n{json.dumps(case, indent=1)}"
        )
        ends[found["decision"]] += 1
    # A comparison says something only where every end is frequent.
    assert (
        min(ends[end] for end in ("Allowed", "ExplicitlyDenied", "ImplicitlyDenied")) >= CASES / SHARES / 10
    )
