"""The worlds that questions start from: what their lines build, and that real calls build the same."""

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course.exam.criteria import judge
from lab_env.course.exam.state import arn_of, with_policies, with_settings
from lab_env.course.exam.words import build
from lab_env.course.exam.world import World, world
from lab_env.errors import InvalidInput, NotFound
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.options import OPTIONS
from lab_env.snapshot.state import ServiceState

S3 = "meridian-phi-training.s3.us-east-1.amazonaws.com"
DESTINATIONS = (
    S3,
    "s3.eu-west-1.amazonaws.com",
    "internet.example",
    "dynamodb.us-east-1.amazonaws.com",
    "10.20.2.200",
)
NAT = (
    "subnet subnet-public vpc-meridian 10.20.100.0/24 us-east-1a",
    "table rtb-public subnet-public",
    "igw igw-1 vpc-meridian",
    "route rtb-public 0.0.0.0/0 igw-1",
    "nat nat-1 subnet-public",
    "route rtb-private 0.0.0.0/0 nat-1",
)
JOINED = (
    "site hq 192.168.0.0/16",
    "vgw vgw-1 vpc-meridian",
    "dxgw dxgw-1 vgw-1",
    "vif dxvif-1 private dxgw-1",
    "route rtb-private 192.168.0.0/16 vgw-1 propagated",
)
IN_WORDS = {
    "a": ("igw igw-1 vpc-meridian", "route rtb-private 0.0.0.0/0 igw-1"),
    "b-private": ("nat nat-a subnet-a", "route rtb-private 0.0.0.0/0 nat-a"),
    "b-public": NAT,
    "c-private": JOINED,
    "c-hairpin": (*JOINED, "vif dxvif-2 public", "site hq 192.168.0.0/16 0.0.0.0/0 internet",
                  "route rtb-private 0.0.0.0/0 vgw-1 propagated"),
    "d": ("gateway-endpoint vpce-s3 s3 rtb-private",),
}  # fmt: skip


def outcome(network, source, host):
    way = trace(network, Flow(source, host))
    return (
        host,
        way.outcome,
        way.exit,
        way.public_internet,
        way.third_party,
        [hop.code for hop in way.blockers],
    )


@pytest.mark.parametrize("option", OPTIONS, ids=lambda item: item.key)
def test_real_calls_build_what_the_words_of_the_questions_options_build(option):
    """The same journeys from subnet A, in a fresh cloud after the option's boto3 calls and in the value."""
    lab = Lab.start(chapter=2)
    try:
        if option.announces is not None:
            lab.on_premises(prefixes=[str(block) for block in option.announces.prefixes], internet_exit=True)
        option.build(boto3.client)
        network, host = lab._state().with_host(lab.names.subnet_a)
        real = [outcome(network, InterfaceSource(host.id), name) for name in DESTINATIONS]
    finally:
        lab.stop()
    told = build(IN_WORDS[option.key], world("vpc").network)
    assert [outcome(told, InterfaceSource("eni-job"), name) for name in DESTINATIONS] == real


def test_the_question_holds_in_the_learners_own_cloud_after_option_d():
    """The criteria of the question, put to a real cloud: they fail before the endpoint and hold after it."""
    from lab_env.course.exam import question_named
    from lab_env.course.exam.own_cloud import judged

    asked = question_named("private-path")
    lab = Lab.start(chapter=5)
    try:
        before = [item.holds for item in judged(lab._state(), asked)]
        scenario.build_endpoint(boto3.client)
        after = [item.holds for item in judged(lab._state(), asked)]
    finally:
        lab.stop()
    assert not before[0]
    assert after[0]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("bridge b vpc-meridian", "no line begins so"),
        ("subnet subnet-x vpc-none 10.20.9.0/24 us-east-1a", "cannot be built"),
        ("subnet subnet-x", "cannot be built"),
        ("route rtb-none 0.0.0.0/0 igw-1", "cannot be built"),
        ("route rtb-private 10.20.0.0/99 igw-1", "cannot be built"),
        ("no-route rtb-private 0.0.0.0/0", "no such route"),
        ("host x subnet-none sg-training", "no such subnet"),
        ("gateway-endpoint vpce-s3 s3 rtb-none", "no such route table"),
        ("gateway-endpoint vpce-s3 kms rtb-private", "no prefix list"),
        ("remove nat-none", "nothing here is called so"),
    ],
)
def test_a_line_that_builds_nothing_is_told(line, what):
    with pytest.raises(InvalidInput, match=what) as caught:
        build([line], world("vpc").network)
    assert caught.value.where == line


def test_a_deleted_target_leaves_a_blackhole_and_an_endpoint_takes_its_route_along():
    kept = build(["remove nat-1"], world("nat").network)
    assert [route.state for route in kept.route_table_of("subnet-a").routes] == ["active", "blackhole"]
    gone = build(["remove vpce-s3"], world("endpoint").network)
    assert gone.route_table_of("subnet-a").routes == world("vpc").network.route_table_of("subnet-a").routes


def test_a_public_nat_gateway_needs_an_internet_gateway_in_the_vpc():
    (failed,) = build(["nat nat-1 subnet-a"], world("vpc").network).nat_gateways
    assert (failed.state, failed.failure) == ("failed", "Gateway.NotAttached")
    (private,) = build(["nat nat-1 subnet-a private"], world("vpc").network).nat_gateways
    assert (private.state, private.public_address) == ("available", None)


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        ("role X", "arn:aws:iam::123456789012:role/X"),
        ("role 999988887777:X", "arn:aws:iam::999988887777:role/X"),
        ("user X", "arn:aws:iam::123456789012:user/X"),
        ("root", "arn:aws:iam::123456789012:root"),
        ("root 999988887777", "arn:aws:iam::999988887777:root"),
        ("service s3.amazonaws.com", "s3.amazonaws.com"),
        ("anonymous", "anonymous"),
        ("arn:aws:sts::123456789012:assumed-role/X/y", "arn:aws:sts::123456789012:assumed-role/X/y"),
    ],
)
def test_a_principal_in_words(text, arn):
    assert arn_of(text) == arn


@pytest.mark.parametrize(
    ("do", "what"),
    [
        (lambda: with_policies(ServiceState(), {"cloud x": "{}"}), "nothing so called has a policy"),
        (lambda: with_policies(ServiceState(), {"bucket x": "{"}), "not JSON"),
        (lambda: with_policies(ServiceState(), {"bucket x": '{"Efect": "Deny"}'}), "Efect"),
        (lambda: with_settings(ServiceState(), {"cloud x": {}}), "nothing so called has settings"),
        (lambda: with_settings(ServiceState(), {"bucket x": {"colour": "red"}}), "no such setting"),
    ],
)
def test_what_nobody_can_set_is_told(do, what):
    with pytest.raises(InvalidInput, match=what):
        do()


def test_places_have_names():
    stood = world("data-centre")
    assert stood.place("job") == InterfaceSource("eni-job")
    assert str(stood.place("hq").address) == "192.168.7.7"
    with pytest.raises(NotFound, match="nobody stands"):
        stood.place("moon")
    with pytest.raises(NotFound, match="no such world"):
        world("moon")


GET = {"from": "job", "bucket": "meridian-phi-training", "key": "a"}
ADMIN, NOBODY = "role MeridianAdmin", "anonymous"


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({"trace": "s3", "from": "job"}, True),
        ({"trace": "s3", "from": "job", "want": "dropped"}, False),
        ({"trace": "s3", "from": "job", "exit": "nat-gateway"}, False),
        ({"trace": "s3", "from": "job", "sees": "private"}, True),
        ({"trace": "s3", "from": "job", "sees": "public"}, False),
        ({"trace": "s3", "from": "job", "endpoint": "vpce-other"}, False),
        ({"trace": "internet", "from": "job", "want": "dropped", "at": "route-table", "blockers": 1}, True),
        ({"trace": "internet", "from": "job", "want": "dropped", "at": "network-acl"}, False),
        ({"call": "s3:GetObject", "by": ADMIN, **GET}, True),
        ({"call": "s3:GetObject", "by": NOBODY, **GET}, False),
        ({"audit": "NET-2"}, True),
        ({"audit": "NET-6"}, False),
        ({"audit": "NET-6", "want": "does not hold"}, True),
        ({"usd": "= 0", "from": "job"}, True),
        ({"usd": "> 0", "from": "job"}, False),
        ({"usd": "< 1", "from": "job"}, True),
        ({"logged": "GetObject", "bucket": "meridian-phi-training"}, False),
        ({"logged": "GetObject", "bucket": "meridian-phi-training", "want": False}, True),
        ({"room": "subnet-a", "instances": 100}, True),
        ({"room": "subnet-a", "instances": 200}, False),
        ({"failure": "AccessDenied", "by": NOBODY, **GET}, True),
        ({"failure": "AccessDenied", "by": ADMIN, **GET}, False),
    ],
    ids=str,
)  # fmt: skip
def test_a_criterion_holds_or_not(fields, holds):
    found = judge(world("endpoint"), fields)
    assert found.holds is holds, found
    assert found.wanted
    assert found.seen


def test_an_empty_world_has_nobody_to_ask():
    with pytest.raises(NotFound):
        judge(World(build(())), {"trace": "s3", "from": "job"})
