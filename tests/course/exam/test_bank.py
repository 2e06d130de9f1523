"""The data files: their schema, what the loader refuses, how questions are drawn."""

import json
import tomllib
from collections import Counter
from importlib.resources import files

import jsonschema
import pytest

from lab_env.course.exam import DOMAINS, concepts, question_named, questions, select
from lab_env.course.exam.bank import _sources, read_question
from lab_env.errors import InvalidInput, NotFound

FOLDER = files("lab_env.course.exam")
SCHEMA = json.loads(FOLDER.joinpath("schema.json").read_text(encoding="utf-8"))
DATA = {
    domain: tomllib.loads(FOLDER.joinpath("questions", f"{domain.lower()}.toml").read_text(encoding="utf-8"))
    for domain in DOMAINS
}


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_file_keeps_the_schema(domain):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(DATA[domain], SCHEMA)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"id": "Not A Name"}, "does not match"),
        ({"difficulty": 4}, "is not one of"),
        ({"options": []}, "non-empty|too short"),
        ({"criteria": [{"from": "job"}]}, "is not valid under any"),
        ({"extra": 1}, "Additional properties"),
    ],
)
def test_the_schema_refuses_what_is_no_question(change, what):
    first = DATA["SAA"]["questions"][0]
    with pytest.raises(jsonschema.ValidationError, match=what):
        jsonschema.validate({"questions": [{**first, **change}]}, SCHEMA)


def test_the_bank_is_as_large_and_as_mixed_as_promised():
    asked = questions()
    assert len(asked) >= 80
    assert min(Counter(item.domain for item in asked).values()) >= 20
    assert min(Counter(item.difficulty for item in asked).values()) >= 10
    assert len({item.id for item in asked}) == len(asked) == len({item.stem for item in asked})
    assert sum(item.choose > 1 for item in asked) >= 5


def test_no_letter_is_a_good_guess():
    keys = Counter(letter for item in questions() for letter in item.key)
    assert max(keys.values()) < 0.4 * sum(keys.values()), keys


def test_a_stem_with_several_right_options_says_so():
    for item in questions():
        assert ("(Choose two.)" in item.stem) is (item.choose == 2), item.id


def test_every_source_is_used_and_is_a_page():
    used = {source.title for item in questions() for source in item.sources}
    known = _sources()
    assert all(entry["url"].startswith("https://") for entry in known.values())
    assert {entry["title"] for entry in known.values()} == used


OPTIONS = [
    {"text": "A", "network": ["gateway-endpoint vpce-s3 s3 rtb-private"], "right": True},
    {"text": "B", "network": ["igw igw-1 vpc-meridian"]},
]
SOUND = {
    "id": "x",
    "difficulty": 1,
    "concepts": ["x"],
    "stem": "x",
    "rule": "x",
    "sources": ["GW"],
    "world": "vpc",
    "criteria": [{"trace": "s3", "from": "job"}],
    "options": OPTIONS,
}


def test_a_sound_question_loads():
    assert read_question(SOUND, "SAA").choose == 1


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"criteria": []}, "nothing could prove it"),
        ({"options": [OPTIONS[0], {"text": "B"}, {"text": "C"}]}, "nothing tells them apart"),
        ({"options": [{**OPTIONS[0], "right": False}, OPTIONS[1]]}, "some options are right"),
        ({"options": [OPTIONS[0], {**OPTIONS[1], "right": True}]}, "some options are right"),
        ({"criteria": [{"from": "job"}]}, "a criterion has one of these"),
        ({"criteria": [{"trace": "s3", "audit": "NET-1"}]}, "a criterion has one of these"),
        ({"criteria": [{"trace": "s3", "from": "job", "exits": "x"}]}, "has no field 'exits'"),
        ({"proof": "none"}, "has no field 'proof'"),
        ({"options": [{**OPTIONS[0], "why": "x"}, OPTIONS[1]]}, "has no field 'why'"),
        ({"sources": ["nowhere"]}, "no source is called so"),
    ],
)
def test_a_question_without_a_proof_does_not_load(change, what):
    with pytest.raises(InvalidInput, match=what):
        read_question({**SOUND, **change}, "SAA")


def test_a_question_without_a_field_does_not_load():
    with pytest.raises(InvalidInput, match="needs the field 'rule'"):
        read_question({name: value for name, value in SOUND.items() if name != "rule"}, "SAA")


def test_the_same_seed_draws_the_same_questions_and_the_domains_take_turns():
    assert select(12, seed=5) == select(12, seed=5)
    assert select(12, seed=5) != select(12, seed=6)
    assert Counter(item.domain for item in select(12, seed=5)) == dict.fromkeys(DOMAINS, 3)


def test_questions_are_drawn_by_domain_concept_and_difficulty():
    assert {item.domain for item in select(domain="ANS")} == {"ANS"}
    assert all("KMS" in item.concepts for item in select(concept="KMS"))
    assert {item.difficulty for item in select(5, difficulty=3)} == {3}
    assert "gateway endpoint" in concepts()


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        ({"domain": "XYZ"}, "no domain 'XYZ'"),
        ({"concept": "cooking"}, "no such questions"),
        ({"count": 500}, "500 were asked for"),
        ({"count": 0}, "0 were asked for"),
    ],
)
def test_what_cannot_be_drawn_is_told(wanted, what):
    with pytest.raises(InvalidInput, match=what):
        select(**wanted)


def test_a_question_is_found_by_its_id():
    assert question_named("private-path").key == frozenset("D")
    with pytest.raises(NotFound):
        question_named("nothing")
