"""What can be reached and what is allowed on a state, as a set of sentences: what one state has more than another.

The audit's controls say whether something is good; this says whether it is *more* than it was, however it was opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from itertools import product

from lab_env.access import AccessRequest
from lab_env.compliance.model import AuditState
from lab_env.compliance.probes import probes
from lab_env.compliance.supposed import ANYBODY, STRANGER, strangers_buckets
from lab_env.compliance.ways import (
    Way,
    buckets_of,
    everybody,
    inside,
    on_bucket,
    on_object,
    outside,
    services_of,
)
from lab_env.course.drills.expected import ROLE
from lab_env.course.drills.look import Look
from lab_env.network import Flow, InternetSource, trace
from lab_env.policy import PolicySet, Request, evaluate
from lab_env.scenario.audited import FIRM
from lab_env.snapshot.state import ServiceState

OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
BUCKET_ACTIONS = ("s3:ListBucket", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
# Who might be let into the role beside SageMaker.
ASSUMING = (STRANGER, f"arn:aws:iam::{FIRM.account}:role/audit-probe-administrator", "ec2.amazonaws.com")
HOSTS = (
    "internet.example",
    "exfil.example",
    "s3.eu-west-1.amazonaws.com",
    "dynamodb.us-east-1.amazonaws.com",
)
PORTS = (443, 80, 22)
SOMEBODY = InternetSource(IPv4Address("203.0.113.99"))


def openings(look: Look) -> frozenset[str]:
    """Each thing that somebody can reach or may do, in words that hold no id that a repair may change.

    Args:
        look: the state.
    """
    state = AuditState(look.network, look.sites, (), look.services, FIRM)
    services, _ = services_of(state)
    return frozenset((*_reached(state), *_allowed(state, services), *_assumed(services)))


def _reached(state: AuditState) -> Iterator[str]:
    """Which hosts a host in a training subnet reaches; and whether the internet reaches one that has an address."""
    network = state.network
    for site in state.sites:
        name = network.subnet[site.subnet].name or site.subnet
        for probe in probes(state, site):
            for host, port in product(HOSTS, PORTS):
                if probe.reach(host, port=port).reached:
                    yield f"from {probe.name} in {name}, TCP {port} of {host} is reached"
        lent = probes(state, site)[1]
        holder = lent.network.interface[lent.interface]
        for (_, public), port in product(holder.public, PORTS):
            if trace(lent.network, Flow(SOMEBODY, str(public), "tcp", port)).reached:
                yield f"from the internet, TCP {port} of {probe.name} in {name} is reached"


def _allowed(state: AuditState, services: ServiceState) -> Iterator[str]:
    """Who may do what to the firm's buckets, to a stranger's, and to the key, from where."""
    people = {arn: arn.rpartition("/")[2] for arn in services.identities if f":{FIRM.account}:" in arn}
    people |= everybody(FIRM)
    names = (*FIRM.buckets, strangers_buckets(FIRM)[0])
    for way, bucket, secure in product(_ways(state), buckets_of(services, names), (True, False)):
        for arn, action in product(people, (*OBJECT_ACTIONS, *BUCKET_ACTIONS)):
            ask = on_object if action in OBJECT_ACTIONS else on_bucket
            request = ask(arn, action, bucket, secure=secure)
            if way.ask(services, request).succeeds:
                by = "" if secure else " by plain HTTP"
                yield f"{way.name}, {people[arn]} may {action} on {bucket.name}{by}"
    for arn, (key, action) in product(people, product(services.keys, KEY_ACTIONS)):
        request = AccessRequest(arn, action, resource=key)
        if arn != ANYBODY and outside(state)[0].ask(services, request).succeeds:
            yield f"{people[arn]} may {action} on {', '.join(services.keys[key].aliases) or key}"


def _ways(state: AuditState) -> tuple[Way, ...]:
    """Ways that differ: a subnet stands for all that lead through the same endpoint."""
    found: dict[object, Way] = {}
    for way in (*outside(state), *inside(state)):
        seen = way.trace(AccessRequest(ANYBODY, "s3:GetObject", FIRM.buckets[0], "probe"))
        found.setdefault((seen.exit, seen.endpoint is not None, way.site, seen.reached), way)
    return tuple(found.values())


def _assumed(services: ServiceState) -> Iterator[str]:
    """Who may assume the execution role, beside SageMaker."""
    trust = services.identities[ROLE].trust
    for who in ASSUMING:
        # Between accounts both sides have to allow, and a stranger's own account does.
        own = services.identities[who].policies if who == STRANGER else ()
        asked = Request(who, "sts:AssumeRole", ROLE, FIRM.account)
        if evaluate(asked, PolicySet(identity=own, resource=trust)).allowed:
            yield f"{who} may assume the execution role"
