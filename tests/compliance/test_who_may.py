"""IAM-1 to IAM-4 on states that differ in one thing: the verdict, and the words that say what is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab_env.access import AccessRequest
from lab_env.compliance import AuditState, Status, audit
from lab_env.compliance.need import beyond, needs
from lab_env.compliance.supposed import STRANGER, with_strangers
from lab_env.compliance.ways import inside, outside
from lab_env.policy import Kind, catalogue
from lab_env.snapshot.state import Identity
from tests.compliance import services as made
from tests.compliance import states
from tests.compliance.services import (
    BREAK_GLASS,
    DATA,
    ENDPOINT,
    FIRM,
    MODELS,
    ROLE,
    allow,
    bucket,
    deny,
    locked,
)
from tests.network.builder import changed, with_interface_endpoint, with_nat

HOLDS, FAILS, NOTHING = Status.HOLDS, Status.DOES_NOT_HOLD, Status.NOTHING_TO_JUDGE
OWN = [f"arn:aws:s3:::{name}{part}" for name in (DATA, MODELS) for part in ("", "/*")]


def report(control, services=None, network=None, firm=FIRM):
    network = network or states.option_d_locked()
    return audit(network, [states.SITE], control, services=services or locked(), firm=firm)


def sentences(control, *states_of_it, **more):
    return [item.sentence for item in report(control, *states_of_it, **more).findings]


def endpoint(*statements):
    return locked(endpoints={ENDPOINT: made.policy(Kind.ENDPOINT, *statements)})


def guarded(*statements, name=DATA):
    return locked(buckets=bucket(name, policy=made.policy(Kind.RESOURCE, *statements, made.by_tls(name))))


def role(*statements, **more):
    return locked(identities=Identity(ROLE, (made.policy(Kind.IDENTITY, *statements),), **more))


ENDPOINTS = {
    "the firm's buckets by name": (locked(), HOLDS),
    "the firm's buckets by account": (
        endpoint(allow("s3:*", "*", "*", StringEquals={"aws:ResourceAccount": "123456789012"})),
        HOLDS,
    ),
    "everything, but for buckets of other accounts": (
        endpoint(
            allow("*", "*", "*"),
            deny("s3:*", "*", "*", StringNotEquals={"s3:ResourceAccount": "123456789012"}),
        ),
        HOLDS,
    ),
    "full access": (locked(endpoints={ENDPOINT: made.FULL}), FAILS),
    "a wildcard that a stranger's name fits": (
        endpoint(allow("s3:*", ["arn:aws:s3:::meridian-*"], "*")),
        FAILS,
    ),
    "the firm's principals, wherever they go": (
        endpoint(allow("s3:*", "*", "*", StringEquals={"aws:PrincipalAccount": "123456789012"})),
        FAILS,
    ),
    "everything but one stranger's bucket": (
        endpoint(allow("*", "*", "*"), deny("s3:*", "arn:aws:s3:::totally-legit-backups*", "*")),
        FAILS,
    ),
    "reads of anything": (endpoint(allow("s3:*", OWN, "*"), allow("s3:GetObject", "*", "*")), FAILS),
    "nothing": (endpoint(deny("s3:*", "*", "*")), FAILS),
    "the data and no models": (endpoint(allow("s3:*", OWN[:2], "*")), FAILS),
    "one role by name, which no gateway endpoint knows": (
        endpoint(allow("s3:*", OWN, {"AWS": ROLE})),
        FAILS,
    ),
}


@pytest.mark.parametrize(("services", "status"), ENDPOINTS.values(), ids=ENDPOINTS)
def test_iam_1(services, status):
    """An endpoint policy is judged by what it lets through, however it says so."""
    assert report("IAM-1", services).status("IAM-1") is status


def test_iam_1_says_what_is_let_through_and_the_call_that_mends_it():
    """The whole finding."""
    (finding,) = report("IAM-1", locked(endpoints={ENDPOINT: made.FULL})).findings
    assert (finding.status, finding.resource) == (FAILS, ENDPOINT)
    assert finding.sentence == (
        "The policy of vpce-s3 lets requests through to buckets of another account (audit-probe-of-a-stranger, "
        "meridian-phi-training-audit-probe, meridian-model-artifacts-audit-probe, meridian-audit-probe): s3:PutObject "
        "on audit-probe-of-a-stranger by MeridianTrainingRole, say."
    )
    assert finding.change.startswith(
        'ec2.modify_vpc_endpoint(VpcEndpointId="vpce-s3", PolicyDocument=\'{"Version"'
    )
    assert len(finding.evidence) == 4
    assert all(one.trace.endpoint == ENDPOINT and one.decision is not None for one in finding.evidence)
    assert finding.evidence[0].seen == (
        "s3:PutObject on audit-probe-of-a-stranger by MeridianTrainingRole: let through by VPC endpoint "
        "policy.Statement[0]"
    )


@pytest.mark.parametrize(
    ("services", "said"),
    [
        (locked(), "let through by no statement"),
        (ENDPOINTS["everything, but for buckets of other accounts"][0], "denied by"),
    ],
)
def test_iam_1_tells_what_the_endpoints_policy_says_to_each(services, said):
    """Others may refuse as well; the evidence is of this policy alone."""
    (finding,) = report("IAM-1", services).findings
    assert len(finding.evidence) == 4
    assert all(said in one.seen for one in finding.evidence)


def test_iam_1_says_when_the_endpoint_keeps_jobs_from_their_data():
    """A policy that is too narrow is no good either."""
    assert sentences("IAM-1", ENDPOINTS["the data and no models"][0]) == [
        "The policy of vpce-s3 keeps jobs from the firm's own meridian-model-artifacts: s3:PutObject is refused."
    ]


@pytest.mark.parametrize("network", [states.private_vpc(), states.option_b_public(), states.option_a()])
def test_iam_1_without_an_endpoint(network):
    """No endpoint, no endpoint policy."""
    (finding,) = report("IAM-1", network=network).findings
    assert finding.status is NOTHING
    assert finding.sentence.startswith("No VPC endpoint leads from the training subnets to S3")


def test_iam_1_judges_an_interface_endpoint_that_only_its_own_name_reaches():
    """Private DNS off: S3's usual name goes by the gateway endpoint, the interface endpoint's own name does not."""
    network = with_interface_endpoint(states.option_d(), private_dns=False)
    services = locked(
        endpoints={"vpce-if": made.FULL},
        endpoint_vpcs={"vpce-if": "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1"},
    )
    found = report("IAM-1", services, network)
    assert [(item.resource, item.status) for item in found.findings] == [
        ("vpce-s3", HOLDS),
        ("vpce-if", FAILS),
    ]
    assert report("IAM-4", services, network).status("IAM-4") is FAILS


BUCKETS = {
    "the endpoint, break-glass and services": (locked(), HOLDS),
    "no policy": (locked(buckets=bucket(policy=None)), FAILS),
    "the firm's account only": (
        guarded(deny("s3:*", f"arn:aws:s3:::{DATA}/*", "*", StringNotEquals={"aws:PrincipalAccount": "123456789012"})),
        FAILS,
    ),
    "any endpoint": (guarded(made.through_endpoint(DATA, StringNotEquals={}, Null={"aws:SourceVpce": "true"})), FAILS),
    "the firm's VPC": (
        guarded(made.through_endpoint(DATA, StringNotEquals={"aws:SourceVpc": "vpc-1"})),
        HOLDS,
    ),
    "another endpoint than the firm's": (
        guarded(made.through_endpoint(DATA, StringNotEquals={"aws:SourceVpce": "vpce-0a0d17057a49e7000"})),
        FAILS,
    ),
    "or a private address, which is nobody's on the internet": (
        guarded(made.through_endpoint(DATA, NotIpAddress={"aws:SourceIp": "192.168.0.0/16"})),
        HOLDS,
    ),
    "or an office's address": (
        guarded(made.through_endpoint(DATA, NotIpAddress={"aws:SourceIp": "198.51.100.0/24"})),
        FAILS,
    ),
    "exempt by a wildcard": (
        guarded(made.through_endpoint(DATA, ArnNotEquals={}, ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:role/*"})),
        FAILS,
    ),
    "the job's role exempt by name": (
        guarded(made.through_endpoint(DATA, ArnNotEquals={"aws:PrincipalArn": ROLE})),
        FAILS,
    ),
    "reads of the newest version only": (
        guarded(
            made.through_endpoint(DATA)
            | {"Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"]}
        ),
        FAILS,
    ),
    "writes left open": (guarded(made.through_endpoint(DATA) | {"Action": "s3:GetObject*"}), FAILS),
    "one prefix left out": (
        guarded(made.through_endpoint(DATA) | {"Resource": f"arn:aws:s3:::{DATA}/train/*"}),
        FAILS,
    ),
    "the models left open": (locked(buckets=made.bucket(MODELS, policy=None)), FAILS),
    "the allow-list's way": (
        guarded(
            allow("s3:*Object", f"arn:aws:s3:::{DATA}/*", "*", StringEquals={"aws:SourceVpce": ENDPOINT})
        ),
        FAILS,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("services", "status"), BUCKETS.values(), ids=BUCKETS)
def test_iam_2(services, status):
    """A bucket policy is judged by whom it serves past the endpoint, however it says so."""
    assert report("IAM-2", services).status("IAM-2") is status


def test_iam_2_says_who_is_served_and_from_where():
    """The whole finding of a bucket without a policy."""
    finding = report("IAM-2", locked(buckets=bucket(policy=None))).findings[0]
    assert (finding.status, finding.resource) == (FAILS, DATA)
    assert finding.sentence == (
        "meridian-phi-training serves requests that come from the internet and through the endpoint of another "
        "account's VPC: s3:GetObject by MeridianTrainingRole, say."
    )
    assert finding.change.startswith('s3.put_bucket_policy(Bucket="meridian-phi-training", Policy=')
    assert {one.trace.endpoint for one in finding.evidence} == {None, "vpce-0a0d17057a49e7000"}


def test_iam_2_names_who_is_exempt():
    """An auditor has to hear of every exception."""
    assert sentences("IAM-2")[0] == (
        "meridian-phi-training serves no reads or writes of objects that come past the firm's endpoints, exempted by "
        "name: MeridianBreakGlass."
    )


def test_iam_2_holds_against_what_comes_through_a_nat_gateway():
    """It is from nowhere that the policy knows, though it is from the training subnet; its address may be let in."""
    assert report("IAM-2", network=with_nat()).status("IAM-2") is HOLDS
    opened = guarded(made.through_endpoint(DATA, NotIpAddress={"aws:SourceIp": "54.144.0.9/32"}))
    finding = report("IAM-2", opened, with_nat()).findings[0]
    assert finding.status is FAILS
    assert (
        "come from 54.144.0.9/32, from a host without a public address in subnet-a and " in finding.sentence
    )


ROLES = {
    "what a job needs": (locked(), HOLDS),
    "everything of S3": (role(allow("s3:*")), FAILS),
    "an administrator": (role(allow("*")), FAILS),
    "one action more": (locked(identities=Identity(ROLE, (made.least(allow("s3:DeleteObject", "*")),))), FAILS),
    "another bucket": (
        locked(identities=Identity(ROLE, (made.least(allow("s3:GetObject", "arn:aws:s3:::someone-elses/*")),))),
        HOLDS,
    ),
    "another prefix": (
        locked(identities=Identity(ROLE, (made.least(allow("s3:GetObject", f"arn:aws:s3:::{DATA}/*")),))),
        FAILS,
    ),
    "every key": (locked(identities=Identity(ROLE, (made.least(allow("kms:Decrypt", "*")),))), FAILS),
    "the key's grants for AWS services": (
        locked(identities=Identity(ROLE, (made.least(allow("kms:CreateGrant", made.KEY)),))),
        HOLDS,
    ),
    "without the key": (
        role(
            allow("s3:ListBucket", f"arn:aws:s3:::{DATA}"),
            allow("s3:GetObject", f"arn:aws:s3:::{DATA}/train/*"),
            allow("s3:PutObject", f"arn:aws:s3:::{MODELS}/*"),
        ),
        FAILS,
    ),
    "without its data": (role(allow("s3:PutObject", f"arn:aws:s3:::{MODELS}/*"), allow("kms:*", made.KEY)), FAILS),
    "everything within a boundary of what it needs": (
        role(allow("*"), boundary=made.least()),
        HOLDS,
    ),
    "too much, only through the endpoint": (
        locked(
            identities=Identity(
                ROLE, (made.least(allow("s3:DeleteBucket", "*", StringEquals={"aws:SourceVpce": ENDPOINT})),)
            )
        ),
        FAILS,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("services", "status"), ROLES.values(), ids=ROLES)
def test_iam_3(services, status):
    """A role is judged by what it may do, however its policies say so."""
    assert report("IAM-3", services).status("IAM-3") is status


def test_iam_3_says_how_much_is_too_much():
    """The worst first, and a policy that would do."""
    (finding,) = report("IAM-3", role(allow("s3:*"), allow("kms:*"))).findings
    assert finding.sentence.startswith("MeridianTrainingRole may take ")
    assert "s3:PutBucketPolicy on arn:aws:s3:::meridian-phi-training, say" in finding.sentence
    assert finding.change.startswith(
        'iam.put_role_policy(RoleName="MeridianTrainingRole", PolicyName="training"'
    )
    assert "in place of its other policies" in finding.change


def test_iam_3_says_what_is_missing():
    """KMS within S3's calls included."""
    assert sentences("IAM-3", ROLES["without the key"][0]) == [
        f"MeridianTrainingRole lacks what a training job needs: kms:Decrypt on {made.KEY}."
    ]


def test_the_proposed_role_policy_holds():
    """What IAM-3 proposes passes IAM-3."""
    change = report("IAM-3", role(allow("s3:*"))).findings[0].change
    document = change.split("PolicyDocument='")[1].split("'")[0]
    proposed = made.Policy.parse(document, kind=Kind.IDENTITY)
    assert report("IAM-3", locked(identities=Identity(ROLE, (proposed,)))).status("IAM-3") is HOLDS


def test_the_need_names_actions_that_there_are():
    """A slip in the file would make a needed action look superfluous."""
    named = {action for need in needs() for action in (*need.required, *need.allowed)}
    assert {name for name in named if catalogue.action(name) is None} == set()


def test_beyond_the_need_is_all_the_rest():
    """Every action of both services is asked about, on everything it could act on, but for the need."""
    services = with_strangers(locked(), FIRM)
    asked = set(beyond(services, FIRM))
    actions = {action for action, _ in asked}
    assert len(actions) > 100
    assert ("s3:DeleteObject", f"arn:aws:s3:::{DATA}/train/audit-probe") in asked
    assert ("s3:GetObject", f"arn:aws:s3:::{DATA}/audit-probe") in asked
    assert ("s3:GetObject", f"arn:aws:s3:::{DATA}/train/audit-probe") not in asked
    assert ("kms:Decrypt", made.KEY) not in asked
    assert any(action == "kms:Decrypt" for action, _ in asked)


LEAKS = {
    "locked": (locked(), [HOLDS, HOLDS]),
    "the endpoint lets everything through": (locked(endpoints={ENDPOINT: made.FULL}), [FAILS, HOLDS]),
    "the role may write anywhere": (
        locked(identities=Identity(ROLE, (made.least(allow("s3:PutObject", "*")),))),
        [HOLDS, FAILS],
    ),
    "the role may share the bucket": (
        locked(identities=Identity(ROLE, (made.least(allow("s3:PutBucketPolicy", "*")),))),
        [HOLDS, FAILS],
    ),
    "the role may write to a name that looks like the firm's": (
        locked(identities=Identity(ROLE, (made.least(allow("s3:PutObject", "arn:aws:s3:::meridian-*/*")),))),
        [HOLDS, FAILS],
    ),
}


@pytest.mark.parametrize(("services", "statuses"), LEAKS.values(), ids=LEAKS)
def test_iam_4(services, statuses):
    """From the subnet with anybody's credentials, and with the job's from anywhere."""
    assert [item.status for item in report("IAM-4", services).findings] == statuses


def test_iam_4_tries_another_region_past_the_endpoint():
    """The endpoint serves its own Region; a NAT gateway beside it carries the data to a bucket in another."""
    beside = with_nat()
    routes = beside.route_table_of("subnet-a").routes
    d = states.option_d()
    table = replace(d.route_table_of("subnet-a"), routes=(*d.route_table_of("subnet-a").routes, routes[-1]))
    network = changed(d, nat_gateways=beside.nat_gateways, internet_gateways=beside.internet_gateways,
                      route_tables=(table, beside.route_table_of("subnet-p")))  # fmt: skip
    finding = report("IAM-4", network=network).findings[0]
    assert finding.status is FAILS
    assert "s3:PutObject on audit-probe-of-a-stranger-abroad" in finding.sentence


def test_iam_4_says_who_carries_what_where():
    """The whole finding for the subnet."""
    finding = report("IAM-4", LEAKS["the endpoint lets everything through"][0]).findings[0]
    assert finding.resource == "subnet-a"
    assert finding.sentence == (
        "What runs in subnet-a can carry training data into another account: s3:PutObject on audit-probe-of-a-stranger "
        "from a host without a public address in subnet-a by an administrator of the firm, say (24 of 40 requests "
        "tried)."
    )
    assert finding.change.startswith("ec2.modify_vpc_endpoint(")


def test_strangers_are_nowhere():
    """An audit changes neither state: the strangers stand beside it, for the time of a question."""
    services, network = locked(), states.option_d_locked()
    report("", services, network)
    assert STRANGER not in services.identities
    assert len(network.vpcs) == 1


def test_a_stranger_can_do_what_a_stranger_can():
    """The probes are no straw men: with nothing in the way each of them succeeds."""
    state = AuditState(states.option_d(), (states.SITE,), (), made.unlocked(), FIRM)
    services = with_strangers(made.unlocked(), FIRM)
    request = AccessRequest(STRANGER, "s3:PutObject", "audit-probe-of-a-stranger", "key")
    assert all(way.ask(services, request).succeeds for way in (*outside(state), *inside(state)))
    assert BREAK_GLASS in locked().identities


def test_without_roles_nobody_knows():
    """Whoever the jobs run as, it has to be told; what does not depend on it is judged."""
    found = report("IAM", firm=replace(FIRM, roles=()))
    unknown = Status.CANNOT_TELL
    assert [found.status(f"IAM-{number}") for number in (1, 2, 3, 4)] == [unknown, HOLDS, unknown, unknown]


def test_without_models_the_data_is_judged():
    """A firm that writes no model needs no role that could."""
    found = report("IAM", firm=replace(FIRM, model_buckets=()))
    assert found.status("IAM-2") is HOLDS
    assert (
        "s3:PutObject on arn:aws:s3:::meridian-model-artifacts/audit-probe" in found.of("IAM-3")[0].sentence
    )


def test_without_a_prefix_list_of_aws():
    """The stranger's VPC is made from AWS's published addresses where the state holds no prefix list."""
    network = replace(states.private_vpc(), prefix_lists=())
    assert report("IAM-2", locked(buckets=bucket(policy=None)), network).status("IAM-2") is FAILS
    assert report("IAM-2", network=network).status("IAM-2") is HOLDS
