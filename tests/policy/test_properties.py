"""What holds for every policy, whatever it says."""

from __future__ import annotations

import copy
import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_env.policy import MalformedPolicy, Policy, PolicySet, Request, Verdict, evaluate
from lab_env.policy.cases import answer, read_case
from tests.policy.strategies import random_case, random_statement

SEEDS = st.integers(0, 2**32)
EXAMPLES = settings(max_examples=300, deadline=None, derandomize=True)
LISTS = ("identity_policies", "permissions_boundaries", "session_policies", "endpoint_policies")
LAYERS = dict(zip(LISTS, ("identity", "boundary", "session", "endpoint"), strict=True))


def decided(case):
    return answer(read_case(case))["decision"]


def documents(case):
    """Every document of a case, with its layer."""
    for name, layer in LAYERS.items():
        yield from ((layer, policy) for policy in case[name])
    for name in ("scps", "rcps"):
        yield from ((name[:-1], policy) for level in case[name] for policy in level)
    if case["resource_policy"]:
        yield "resource", case["resource_policy"]


@EXAMPLES
@given(SEEDS)
def test_an_added_deny_never_allows_more(seed):
    rng = Random(seed)
    case = random_case(rng)
    found = [*documents(case)]
    if not found or decided(case) == "Allowed":
        return
    layer, policy = rng.choice(found)
    policy["Statement"].append(random_statement(rng, layer, kms="kms" in case["request"]["action"]))
    policy["Statement"][-1]["Effect"] = "Deny"
    assert decided(case) != "Allowed"


@EXAMPLES
@given(SEEDS)
def test_a_removed_allow_never_allows_more(seed):
    rng = Random(seed)
    case = random_case(rng)
    if decided(case) == "Allowed":
        return
    for _, policy in documents(case):
        allows = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]
        if allows and len(policy["Statement"]) > 1:
            policy["Statement"].remove(rng.choice(allows))
            assert decided(case) != "Allowed"


@EXAMPLES
@given(SEEDS)
def test_the_order_of_statements_and_values_never_matters(seed):
    rng = Random(seed)
    case = random_case(rng)
    before = answer(read_case(case))
    shuffled = copy.deepcopy(case)
    for _, policy in documents(shuffled):
        rng.shuffle(policy["Statement"])
        for statement in policy["Statement"]:
            for value in statement.values():
                if isinstance(value, list):
                    rng.shuffle(value)
    after = answer(read_case(shuffled))
    assert (after["decision"], after["decided_by"]) == (before["decision"], before["decided_by"])


ELEMENTS = (
    "Version",
    "Statement",
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "Principal",
    "Condition",
)
WORDS = (
    "Allow",
    "Deny",
    "*",
    "s3:Get*",
    "arn:aws:s3:::b/*",
    "2012-10-17",
    "${aws:username}",
    "${",
    "AWS",
    "Null",
)
TEXTS = st.one_of(
    st.sampled_from((*ELEMENTS, *WORDS, "StringLike", "NumericEquals", "aws:SourceVpce")), st.text()
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(("Allow", "Deny")), "Action": VALUES, "Resource": VALUES},
    optional={"Condition": st.dictionaries(TEXTS, st.dictionaries(TEXTS, VALUES, max_size=2), max_size=2)},
)
DOCUMENTS = st.one_of(
    VALUES, st.fixed_dictionaries({"Version": st.just("2012-10-17"), "Statement": STATEMENTS})
)


def taken(document):
    """A policy that was parsed can be evaluated and explained; any other fails with a pointed error."""
    try:
        policy = Policy.parse(document)
    except MalformedPolicy as error:
        fault = error.findings[0]
    else:
        fault = None
    if fault is not None:
        assert fault.what
        return
    decision = evaluate(Request("anonymous", "s3:GetObject", "arn:aws:s3:::b/x"), PolicySet(resource=policy))
    assert decision.verdict in Verdict
    assert decision.why
    assert decision.reasons


@EXAMPLES
@given(DOCUMENTS)
def test_any_json_is_a_policy_or_fails_with_a_pointed_error(value):
    taken(json.dumps(value))


@EXAMPLES
@given(st.text())
def test_any_text_is_a_policy_or_fails_with_a_pointed_error(text):
    taken(text)


@pytest.mark.parametrize(
    "text", ["", "[" * 100_000, "9" * 5000, '{"Statement": 1e999}', '{"a": NaN}', r'{"Id": "\ud800"}']
)
def test_texts_that_break_parsers_fail_with_a_pointed_error(text):
    with pytest.raises(MalformedPolicy):
        Policy.parse(text)
