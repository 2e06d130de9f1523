"""The exercises of chapter 06: the endpoint's policy, the buckets', the role's, and the security group's egress.

Each is judged by what would become of calls, made by the firm and by others; any document that has the effect passes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from lab_env import scenario
from lab_env.access import Attempted
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.strangers import (
    BREAK_GLASS,
    JOB,
    OUR_OTHER_BUCKET,
    THEIR_BUCKETS,
    THIEVES,
    Attempts,
    administered,
    strangers_reached,
    ways_past_the_endpoint,
)
from lab_env.network.flow import Verdict as HopVerdict
from lab_env.policy import Layer, Verdict
from lab_env.scenario import chapter06 as steps

S3 = f"s3.{scenario.REGION}.amazonaws.com"
DATA, CODE, MODEL = "train/2025-01.csv", scenario.CODE_KEY, "readmission/model.tar.gz"
TRAINING_BUCKET, MODEL_BUCKET = scenario.TRAINING_BUCKET, scenario.MODEL_BUCKET
# What a training job does, as API calls.
NEEDED = (
    ("s3:ListObjectsV2", TRAINING_BUCKET, ""),
    ("s3:GetObject", TRAINING_BUCKET, DATA),
    ("s3:GetObject", TRAINING_BUCKET, CODE),
    ("s3:PutObject", MODEL_BUCKET, MODEL),
)
# What it never does: one call for each thing that a broad policy would let a thief do.
EXCESS = (
    ("s3:PutObject", TRAINING_BUCKET, DATA),
    ("s3:DeleteObject", TRAINING_BUCKET, DATA),
    ("s3:DeleteObject", MODEL_BUCKET, MODEL),
    ("s3:GetObject", OUR_OTHER_BUCKET, "2026-01.csv"),
    ("s3:PutBucketPolicy", TRAINING_BUCKET, ""),
    ("s3:DeleteBucketPolicy", TRAINING_BUCKET, ""),
    ("s3:PutBucketEncryption", TRAINING_BUCKET, ""),
    ("s3:PutObject", THEIR_BUCKETS[0], DATA),
)

Answer = tuple[Status, str, str]
Call = tuple[str, str, str]
Client = Callable[[str], Any]
Find = Callable[[str], str | None]


def _only_the_firms_buckets(state: State) -> Answer:
    if state.find("s3_endpoint") is None or state.find("subnet_a") is None:
        return _missing("The VPC's S3 endpoint or subnet A is missing.")
    ask = Attempts.on(state)
    lost, reached = _first_refused(ask, JOB, NEEDED), list(strangers_reached(ask, DATA))
    if len([whose for whose, *_ in reached if whose == THIEVES]) == 2 * len(THEIR_BUCKETS):
        return (
            Status.NOT_ATTEMPTED,
            f"from subnet A, {THIEVES} keys still write to {THEIR_BUCKETS[0]}.",
            "Give the endpoint a policy that allows the firm's buckets only.",
        )
    if lost is not None:
        return (
            Status.NOT_YET,
            f"now the job may not {lost}",
            "Allow both buckets: each needs its own ARN, and its ARN with /*.",
        )
    if reached:
        whose, verb, bucket = reached[0]
        return (
            Status.NOT_YET,
            f"{whose} keys still {verb} {bucket}, which is not the firm's.",
            "Say which buckets, whoever asks; and write their names out, for others may choose names like them.",
        )
    through = state.find("s3_endpoint")
    return Status.DONE, f"through {through} the firm's two buckets are reached, and no stranger's.", ""


def _objects_only_inside(state: State) -> Answer:
    if state.find("s3_endpoint") is None or state.find("subnet_a") is None:
        return _missing("The VPC's S3 endpoint or subnet A is missing.")
    ask = Attempts.on(state)
    locked = [bucket for bucket in scenario.LOCKED_BUCKETS if not administered(ask, bucket)]
    if locked:
        return (
            Status.NOT_YET,
            f"the administrators cannot read or change the policy of {', '.join(locked)}.",
            "The root user can delete it. Then deny object actions, not s3:*.",
        )
    ways = list(ways_past_the_endpoint(ask, DATA))
    leaks = [way for way, succeeds in ways if succeeds]
    if len(leaks) == len(ways):
        return (
            Status.NOT_ATTEMPTED,
            f"the job's keys still read s3://{TRAINING_BUCKET}/{DATA} from the internet.",
            "Deny object actions unless aws:SourceVpce is the endpoint.",
        )
    lost = _first_refused(ask, JOB, NEEDED)
    if lost is not None:
        return (
            Status.NOT_YET,
            f"now the job may not {lost}",
            "It comes through the endpoint: compare its id.",
        )
    if leaks:
        return Status.NOT_YET, f"{leaks[0]}.", "Both buckets, reads and writes, and whoever asks."
    if BREAK_GLASS in ask.services.identities:
        shut = ask.outside(BREAK_GLASS, "s3:GetObject", TRAINING_BUCKET, DATA)
        if not shut.succeeds:
            return (
                Status.NOT_YET,
                f"the break-glass role is shut out too: {shut.why}",
                "Exempt it by its name: ArnNotEquals, aws:PrincipalArn, the role's ARN.",
            )
    return (
        Status.DONE,
        "objects are read and written through the firm's endpoint only; the administrators keep the buckets.",
        "",
    )


def _least_privilege(state: State) -> Answer:
    key = state.find("kms_key")
    if key is None or state.find("subnet_a") is None:
        return _missing(f"There is no key {scenario.KEY_ALIAS} yet.")
    ask = Attempts.on(state)
    lost = _first_refused(ask, JOB, NEEDED)
    excess = [call for call in EXCESS if _allowed_anywhere(ask, call)]
    if lost is not None and len(excess) > len(EXCESS) // 2:
        return (
            Status.NOT_ATTEMPTED,
            f"the job may not {lost}",
            "Write the role's policy: what training needs, the key included.",
        )
    if lost is not None:
        return Status.NOT_YET, f"the job may not {lost}", "The message names the action that is missing."
    if excess:
        operation, bucket, where = excess[0]
        status = Status.NOT_ATTEMPTED if len(excess) == len(EXCESS) else Status.NOT_YET
        return (
            status,
            f"the role may still {_call(operation, bucket, where)}.",
            "Name actions, buckets and prefixes; no s3:*, and no policy beside it that allows more.",
        )
    return (
        Status.DONE,
        "the role reads the training data, writes the model, and may do nothing else there.",
        "",
    )


def _egress_to_s3(state: State) -> Answer:
    group = next(
        (item for item in state.network.security_groups if item.id == state.find("training_security_group")),
        None,
    )
    subnets = {"A": state.find("subnet_a"), "B": state.find("subnet_b")}
    if group is None or None in subnets.values():
        return _missing("The training group, subnet A or subnet B is missing.")
    for letter, subnet in subnets.items():
        way = state.probe(str(subnet), S3)
        if not way.reached:
            hint = "Let TCP 443 out to S3's prefix list, com.amazonaws.us-east-1.s3."
            return Status.NOT_YET, f"from subnet {letter}, S3 is not reached: {way.reason}", hint
    let_out = [name for name, host, port in ELSEWHERE if _let_out(state, str(subnets["A"]), host, port)]
    if len(let_out) == len(ELSEWHERE):
        return (
            Status.NOT_ATTEMPTED,
            f"the group {group.id} still lets everything out.",
            "Revoke the default rule, and allow S3's prefix list.",
        )
    if let_out:
        return (
            Status.NOT_YET,
            f"the group still lets out {let_out[0]}.",
            "One rule is enough: tcp, 443 to 443, and the prefix list.",
        )
    return Status.DONE, f"{group.id} lets out TCP 443 to S3 in {scenario.REGION}, and nothing else.", ""


# What no job needs: in words, the destination, the port.
ELSEWHERE = (
    ("HTTPS to internet.example", "internet.example", 443),
    ("HTTPS to exfil.example", "exfil.example", 443),
    ("plain HTTP to S3", S3, 80),
    ("HTTPS to S3 in eu-west-1", "s3.eu-west-1.amazonaws.com", 443),
    ("TCP 22 to subnet B", "10.20.2.250", 22),
    ("TCP 443 to subnet B", "10.20.2.250", 443),
)


def _let_out(state: State, subnet: str, host: str, port: int) -> bool:
    # Asked of the group alone: that no route leads there today is no merit of the group's.
    hops = state.probe(subnet, host, port).forward
    own = next((hop for hop in hops if hop.kind == "security-group"), None)
    return own is not None and own.verdict is HopVerdict.ALLOWED


def _first_refused(ask: Attempts, who: str, calls: Iterable[Call]) -> str | None:
    for operation, bucket, key in calls:
        tried = ask.inside(who, operation, bucket, key)
        if not tried.succeeds:
            return f"{_call(operation, bucket, key)}: {tried.why}"
    return None


def _allowed_anywhere(ask: Attempts, call: Call) -> bool:
    # Bucket and endpoint policies aside, the role's own policy has to refuse; one of the two ways meets no endpoint.
    operation, bucket, key = call
    tries = (ask.inside(JOB, operation, bucket, key), ask.outside(JOB, operation, bucket, key))
    return any(_identity_allows(one) for one in tries)


def _identity_allows(tried: Attempted) -> bool:
    if tried.decision is None or not tried.decision.decisions:
        return tried.succeeds
    said = tried.decision.decisions[0].layers.get(Layer.IDENTITY)
    return said is not None and said.verdict is Verdict.ALLOWED


def _call(operation: str, bucket: str, key: str) -> str:
    return f"{operation} {'/'.join(filter(None, (bucket, key)))}"


def _missing(saw: str) -> Answer:
    return (
        Status.NOT_ATTEMPTED,
        saw,
        "Run the chapter's cells above, or start again with lab = lab.restart().",
    )


def _limit_endpoint(client: Client, find: Find) -> None:
    if find("s3_endpoint") is None:
        scenario.build_endpoint(client)
    steps.limit_endpoint(client("ec2"))


def _limit_objects(client: Client, find: Find) -> None:
    """The first statement alone (TLS has a cell of its own); from outside, or where that is denied, from inside."""
    if find("s3_endpoint") is None:
        scenario.build_endpoint(client)
    endpoint = str(find("s3_endpoint"))
    for bucket in scenario.LOCKED_BUCKETS:
        document = scenario.bucket_policy(bucket, endpoint)
        document["Statement"] = document["Statement"][:1]
        wanted = {"Bucket": bucket, "Policy": json.dumps(document)}
        try:
            boto3.client("s3").put_bucket_policy(**wanted)
        except ClientError:
            client("s3").put_bucket_policy(**wanted)


def _limit_role(client: Client, find: Find) -> None:
    del find
    key = steps.make_key(client("kms"))
    steps.encrypt_by_default(client("s3"), key)
    steps.limit_role(client("iam"), key)


def _limit_egress(client: Client, find: Find) -> None:
    if find("s3_endpoint") is None:
        scenario.build_endpoint(client)
    steps.limit_egress(client("ec2"))


EXERCISES = (
    Exercise(
        "6.1",
        "The endpoint leads to the firm's buckets only",
        2,
        _only_the_firms_buckets,
        _limit_endpoint,
        hints=(
            "An endpoint's policy is an allow list for everybody who comes by. Whose buckets belong on it?",
            "A bucket and the objects in it are two resources. Written out, the firm's two buckets make four.",
            "One Allow, Principal *, Action s3:*, the four ARNs; modify_vpc_endpoint takes it as PolicyDocument.",
        ),
    ),
    Exercise(
        "6.2",
        "Objects through the endpoint only, and nobody locked out",
        3,
        _objects_only_inside,
        _limit_objects,
        inside=True,
        hints=(
            "A Deny, for everybody, unless. Which key tells which endpoint a request came through?",
            "Deny what is done to objects, so that the bucket's own settings stay in reach. Exempt one role by name.",
            (
                "Three conditions in one statement: aws:SourceVpce is not the endpoint, aws:PrincipalArn is not the "
                "break-glass role's ARN, and the principal is no AWS service. On both buckets."
            ),
        ),
    ),
    Exercise(
        "6.3",
        "The role may do what training needs, and no more",
        3,
        _least_privilege,
        _limit_role,
        hints=(
            "Write down what the job does, from its first call to its last: it lists, reads, writes, and uses a key.",
            "Reading is for two prefixes of one bucket, writing for another bucket; a key's use comes through S3.",
            (
                "ListBucket with a condition on s3:prefix, GetObject on the prefixes, PutObject on the model bucket, "
                "Decrypt and GenerateDataKey on the key with kms:ViaService; and the broad policy goes."
            ),
        ),
    ),
    Exercise(
        "6.4",
        "The security group lets S3 out, and nothing else",
        1,
        _egress_to_s3,
        _limit_egress,
        hints=(
            "A group that was made without a word lets everything out. That rule stands there, and can go.",
            "S3's addresses change; AWS keeps them in a list with an id. A rule may name the list.",
            "Allow TCP 443 to the prefix list com.amazonaws.us-east-1.s3, and revoke -1 to 0.0.0.0/0.",
        ),
    ),
)
