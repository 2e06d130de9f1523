"""The hand-written cases: decision, deciding layer and statements, each with the page of AWS's that says so."""

from __future__ import annotations

import pytest

from lab_env.policy.cases import answer, read_case
from tests.policy.table import case, lines, pages

LINES = list(lines())


@pytest.mark.parametrize("line", [pytest.param(line, id=f"{topic}-{line['id']}") for topic, line in LINES])
def test_a_case_is_decided_as_aws_documents(line):
    found = answer(read_case(case(line)))
    told = (found["decision"], found["decided_by"] or "null", *found["statements"])
    assert " ".join(told) == line["expect"], f"{line['source']}: {found['why']}"


def test_every_case_has_a_name_of_its_own():
    names = [(topic, line["id"]) for topic, line in LINES]
    assert len(set(names)) == len(names) >= 150


def test_every_case_names_a_page_of_awss_documentation_and_every_page_has_a_case():
    assert {line["source"] for _, line in LINES} == set(pages())
    assert all(address.startswith("https://docs.aws.amazon.com/") for address in pages().values())
