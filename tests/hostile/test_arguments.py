"""Every public verb of the lab, given what it cannot use: a sentence, and nothing has changed."""

from __future__ import annotations

import inspect
from functools import cache
from types import FunctionType

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from lab_env.errors import InvalidInput, LabError, NotFound

HUGE = "x" * 100_000
HOSTILE = (None, 0, -1, 1.5, True, float("nan"), float("inf"), 10**30, "", " ", "\x00", "a\nb", "\u202e", HUGE,
           "../../etc/passwd", "'; DROP", b"bytes", [], {}, ["a"], [None], object(), lambda: None)  # fmt: skip
# Verbs that begin anew, and one that takes long whatever its one number is; each is tried elsewhere.
CLOSING = {"start", "restart", "stop", "drill", "compare"}


def verbs():
    for name in dir(Lab):
        if not name.startswith("_") and name not in CLOSING:
            verb = inspect.getattr_static(Lab, name)
            if isinstance(verb, FunctionType):
                yield name, verb


CASES = [
    (name, parameter)
    for name, verb in verbs()
    for parameter in inspect.signature(verb).parameters.values()
    if parameter.name != "self"
]


# A client takes longer to make than its call, and is asked for hundreds of times.
client = cache(boto3.client)


@pytest.fixture(scope="module")
def lab():
    opened = Lab.start(chapter=5)
    yield opened
    opened.stop()
    client.cache_clear()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Some verbs write where they are told to."""
    folder = tmp_path / "work" / "here"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)


def good(lab, verb, but):
    """Arguments that the verb takes, all but one."""
    own = {"subnet": lab.names.subnet_a, "role": scenario.OPERATOR_ROLE, "exercise": "5.1", "job": "no-such-job",
           "instance": "i-0123456789abcdef0", "error": ValueError("x")}  # fmt: skip
    needed = {
        name: own[name]
        for name, parameter in inspect.signature(getattr(Lab, verb)).parameters.items()
        if name in own and name != but and parameter.default is parameter.empty
    }
    if verb in {"session_in", "session_on_instance"} and but not in {"role", "keys"}:
        needed["role"] = scenario.OPERATOR_ROLE
    if verb == "trace" and but not in {"job", "subnet", "session", "on_premises"}:
        needed["subnet"] = lab.names.subnet_a
    return needed


def call(lab, verb, parameter, value):
    given = good(lab, verb, parameter.name)
    if parameter.kind is parameter.VAR_POSITIONAL:
        return getattr(lab, verb)(value, **given)
    name = "identity" if parameter.kind is parameter.VAR_KEYWORD else parameter.name
    return getattr(lab, verb)(**given | {name: value})


def state(lab):
    """What a learner could lose."""
    buckets = client("s3").list_buckets()["Buckets"]
    roles = client("iam").list_roles()["Roles"]
    return lab.network, [item["Name"] for item in buckets], [item["RoleName"] for item in roles]


@pytest.mark.parametrize(("verb", "parameter"), CASES, ids=[f"{verb}-{one.name}" for verb, one in CASES])
def test_what_it_cannot_use_is_refused_in_a_sentence(lab, verb, parameter):
    """By the lab, or in AWS's own words where AWS has them; never by whatever broke inside."""
    for value in HOSTILE:
        before = state(lab)
        said = outcome(lab, verb, parameter, value)
        if said:
            assert 10 < len(said) < 4_000
            assert state(lab) == before


def outcome(lab, verb, parameter, value):
    """What the verb said when it refused; nothing when it took the value."""
    try:
        done = call(lab, verb, parameter, value)
    except (LabError, ClientError) as error:
        return str(error)
    getattr(done, "close", lambda: None)()
    return ""


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (lambda lab: lab.trace("s3"), "lab.trace: too many positional arguments. It takes job=, subnet="),
        (lambda lab: lab.wait(), "lab.wait: missing a required argument: 'job'. It takes job, seconds="),
        (lambda lab: lab.trace(subnet=7), "lab.trace(subnet=…): a value of type int cannot be used. Give a word"),
        (lambda lab: lab.trace(to=HUGE, on_premises=True), "'xxxxxxxxxx"),
        (lambda lab: lab.trace(subnet=lab.names.subnet_a, port=0), "Give a whole number of TCP ports from 1 to"),
        (lambda lab: lab.audit(None), "Give a list of names."),
        (lambda lab: lab.on_premises(prefixes="10.0.0.0/8"), "Give a list of names."),
        (lambda lab: lab.explain("text"), "Give an error that a call raised."),
        (lambda lab: Lab.start(chapter=5, seed="x"), "lab.start(seed=…): 'x' cannot be used."),
        (lambda lab: Lab.start(chapter=True), "there is no chapter True yet."),
        (lambda lab: Lab.start(chapter=[]), "there is no chapter [] yet."),
    ],
)  # fmt: skip
def test_the_words(lab, asked, says):
    """What was wrong, where, and what would do."""
    with pytest.raises(InvalidInput) as refused:
        asked(lab)
    assert says in str(refused.value)
    assert boto3.client("sts").get_caller_identity()["Account"] == scenario.ACCOUNT


def test_a_subnet_that_does_not_stand(lab):
    with pytest.raises(NotFound, match="subnet-nope: no such subnet"):
        lab.trace(subnet="subnet-nope")


def test_secrets_are_not_in_the_text_of_keys_and_sessions(lab):
    """Neither of a role's keys nor of a session: what a cell shows may be stored with the notebook."""
    keys = lab.keys(scenario.TRAINING_ROLE)
    session = lab.session_on_internet(keys)
    for shown in (repr(keys), str(keys), repr(session), str(session), repr(lab.attacker), f"{vars(session)}"):
        assert keys.secret_key not in shown
        assert keys.token not in shown
