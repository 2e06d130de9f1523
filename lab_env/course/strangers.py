"""Who else might ask for the firm's data, or for room for it: attempts that the checks of policies put to `access`.

Nothing is sent. Each attempt is a question about the state as it stands, with the thief's side added to it: an account
that is not the firm's, whose identity may do anything and whose buckets let anybody in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any

from lab_env import scenario
from lab_env.access import AccessRequest, Attempted, attempt
from lab_env.course.exercise import State
from lab_env.network import InterfaceSource, InternetSource, Network, Source
from lab_env.policy import Policy
from lab_env.snapshot.services import read_state
from lab_env.snapshot.state import Bucket, Identity, ServiceState

THIEF = "999988887777"
THIEF_ARN = f"arn:aws:iam::{THIEF}:user/collector"
# The thief may choose names that a pattern meant for the firm's own would match.
THEIR_BUCKETS = ("totally-legit-backups", "meridian-phi-training-copy", "meridian-backups")
# A bucket of the firm's that is none of a training job's business.
OUR_OTHER_BUCKET = "meridian-payroll"
OUTSIDE = InternetSource(ip_address("203.0.113.99"))
_ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}


def role_arn(name: str) -> str:
    """The ARN of one of the firm's roles."""
    return f"arn:aws:iam::{scenario.ACCOUNT}:role/{name}"


THIEVES = "the attacker's"
JOB, ADMIN = role_arn(scenario.TRAINING_ROLE), role_arn(scenario.OPERATOR_ROLE)
BREAK_GLASS = role_arn(scenario.BREAK_GLASS_ROLE)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Questions about one state.

    Attributes:
        state: what the check looks at.
        services: its policies, and the thief's.
    """

    state: State
    services: ServiceState

    @classmethod
    def on(cls, state: State) -> Attempts:
        """Read the state's policies, and add the thief.

        Raises:
            MalformedPolicy: AWS would never have stored one of the policies.
        """

        def api(service: str, region: str) -> Callable[[str, dict[str, Any]], Any]:
            return lambda operation, params: state.describe(service, operation, params, region)

        read = read_state(api, scenario.ACCOUNT, state.network)
        return cls(state, _with_thief(read))

    def inside(self, who: str, operation: str, bucket: str, key: str = "", *, subnet: str = "") -> Attempted:
        """From a host in a subnet, with the training group; by default in subnet A.

        Args:
            who: ARN of the caller.
            operation: ``s3:…``.
            bucket: the bucket asked.
            key: the object's key.
            subnet: the subnet's id.
        """
        where = subnet or self.state.find("subnet_a") or ""
        network, host = self.state.with_host(where)
        return self._ask(network, InterfaceSource(host.id), AccessRequest(who, operation, bucket, key))

    def outside(self, who: str, operation: str, bucket: str, key: str = "") -> Attempted:
        """From somewhere on the internet; the arguments as for `inside`."""
        return self._ask(self.state.network, OUTSIDE, AccessRequest(who, operation, bucket, key))

    def other_subnets(self) -> list[str]:
        """Subnets of other VPCs: what stands there is not behind the training VPC's endpoint."""
        vpc = self.state.find("vpc")
        return [item.id for item in self.state.network.subnets if item.vpc != vpc]

    def _ask(self, network: Network, source: Source, request: AccessRequest) -> Attempted:
        return attempt(network, self.services, source, request)


def _with_thief(services: ServiceState) -> ServiceState:
    administrator = Policy.parse({"Version": "2012-10-17", "Statement": [_ANYTHING]})
    thief = Identity(THIEF_ARN, (administrator,))
    added = {name: _open_bucket(name) for name in THEIR_BUCKETS}
    added[OUR_OTHER_BUCKET] = Bucket(OUR_OTHER_BUCKET, scenario.ACCOUNT, scenario.REGION)
    return replace(
        services,
        identities=MappingProxyType({**services.identities, THIEF_ARN: thief}),
        buckets=MappingProxyType({**services.buckets, **added}),
    )


def _open_bucket(name: str) -> Bucket:
    arn = f"arn:aws:s3:::{name}"
    statement = {**_ANYBODY, "Resource": [arn, f"{arn}/*"]}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": [statement]})
    return Bucket(name, THIEF, scenario.REGION, policy)


def strangers_reached(ask: Attempts, key: str) -> Iterable[tuple[str, str, str]]:
    """Where keys that are used in subnet A still get to, of the attacker's buckets: whose, the verb, the bucket.

    Args:
        ask: the state.
        key: an object's key.
    """
    for bucket in THEIR_BUCKETS:
        for who, whose in ((THIEF_ARN, THIEVES), (JOB, "the job's")):
            for call, verb in (("s3:PutObject", "write to"), ("s3:GetObject", "read from")):
                if ask.inside(who, call, bucket, key).succeeds:
                    yield whose, verb, bucket


def ways_past_the_endpoint(ask: Attempts, key: str) -> Iterable[tuple[str, bool]]:
    """Each way past the endpoint to an object of the locked buckets, in words, and whether it is open.

    Args:
        ask: the state.
        key: the object's key.
    """
    for bucket in scenario.LOCKED_BUCKETS:
        for who, whose in ((JOB, "the job's"), (ADMIN, "an administrator's")):
            for call, verb in (("s3:GetObject", "read from"), ("s3:PutObject", "write to")):
                said = f"{whose} keys still {verb} {bucket}"
                yield f"from the internet, {said}", ask.outside(who, call, bucket, key).succeeds
                for subnet in ask.other_subnets():
                    there = ask.inside(who, call, bucket, key, subnet=subnet)
                    yield f"from {subnet}, in another VPC, {said}", there.succeeds


def administered(ask: Attempts, bucket: str) -> bool:
    """Whether an administrator at the desk keeps a bucket's policy in hand, and sees what is in it."""
    calls = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:ListObjectsV2")
    return all(ask.outside(ADMIN, call, bucket).succeeds for call in calls)
