"""A VPC's endpoints as the checks of chapter 08 look at them: who reaches them, and what the buckets say of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from types import MappingProxyType

from lab_env import scenario
from lab_env.access import AccessRequest, decide
from lab_env.course.exercise import State
from lab_env.course.strangers import ADMIN, BREAK_GLASS, JOB, THIEF, Attempts
from lab_env.network import Flow, InterfaceSource, Network, Trace, trace
from lab_env.network.filters import admitting_rule
from lab_env.network.model import VpcEndpoint
from lab_env.network.packet import CLIENT_PORTS, Packet
from lab_env.policy import Policy

S3 = f"s3.{scenario.REGION}.amazonaws.com"
DATA, MODEL = "train/2025-01.csv", "readmission/model.tar.gz"
# An endpoint in the VPC of somebody else's account: anybody has one who asks AWS for it.
THEIR_ENDPOINT = "vpce-0fedcba9876543210"
_THEIR_VPC = f"arn:aws:ec2:{scenario.REGION}:{THIEF}:vpc/vpc-0fedcba9876543210"
_ANYTHING = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
# What the firm does with objects: the operation, the bucket, the key.
CALLS = tuple(
    (operation, bucket, key)
    for bucket, key in ((scenario.TRAINING_BUCKET, DATA), (scenario.MODEL_BUCKET, MODEL))
    for operation in ("s3:GetObject", "s3:PutObject")
)


def standing(state: State, service: str) -> list[VpcEndpoint]:
    """The training VPC's endpoints for a service, by the service's own part of the name (``ecr.api``)."""
    wanted = f"com.amazonaws.{scenario.REGION}.{service}"
    here = state.network.endpoints_of.get(state.find("vpc") or "", ())
    return [item for item in here if item.service == wanted]


def interface_endpoint(state: State, service: str) -> VpcEndpoint | None:
    """Its interface endpoint for a service."""
    return next((item for item in standing(state, service) if item.kind == "Interface"), None)


def own_name(endpoint: VpcEndpoint) -> str:
    """The name of an interface endpoint's own that all its subnets answer to."""
    # S3's begin with a wildcard, for which "bucket" stands where no bucket is named.
    return endpoint.dns_names[0].replace("*", "bucket", 1)


def open_host(state: State, subnet: str) -> tuple[Network, str]:
    """The network with one more host in a subnet, in its VPC's default group, and that host's interface."""
    vpc = state.network.subnet[subnet].vpc
    groups = [item.id for item in state.network.security_groups if (item.vpc, item.name) == (vpc, "default")]
    network, host = state.with_host(subnet, groups=tuple(groups))
    return network, host.id


def from_vpc(state: State, subnet: str, destination: str) -> Trace:
    """The way from such a host to a host name, port 443."""
    network, host = open_host(state, subnet)
    return trace(network, Flow(InterfaceSource(host), destination))


def admits(network: Network, interface: str, sender: str, port: int) -> bool:
    """Whether an interface's security groups let TCP from an address in, whatever the routes are."""
    own = network.interface[interface]
    packet = Packet(ip_address(sender), own.address, "tcp", (port, port), CLIENT_PORTS)
    return admitting_rule(network, own, packet, egress=False) is not None


class Doors:
    """Questions about the policies of the buckets behind two S3 endpoints.

    Args:
        state: what the check looks at.
        door: the interface endpoint.
    """

    def __init__(self, state: State, door: VpcEndpoint) -> None:
        self.ask = Attempts.on(state)
        arrived = from_vpc(state, str(state.find("subnet_a")), S3)
        self.arrives, self.lost = arrived.reached, arrived.reason
        self.both = tuple(replace(arrived, endpoint=one) for one in (state.find("s3_endpoint"), door.id))

    def refusals(self, way: Trace) -> Iterator[str]:
        """What an administrator is refused, coming this way."""
        for operation, bucket, key in CALLS:
            if not self._allowed(way, AccessRequest(ADMIN, operation, bucket, key)):
                yield f"through {way.endpoint} {operation} on {bucket}/{key} is denied"

    def leaks(self) -> Iterator[str]:
        """What should be refused and is not."""
        stranger = replace(self.both[0], endpoint=THEIR_ENDPOINT)
        for operation, bucket, key in CALLS:
            call = f"{operation} on {bucket}/{key}"
            if any(self.ask.outside(who, operation, bucket, key).succeeds for who in (JOB, ADMIN)):
                yield f"from the internet {call} succeeds"
            if self._allowed(stranger, AccessRequest(ADMIN, operation, bucket, key)):
                yield f"through an endpoint of another account {call} succeeds"
            plain = AccessRequest(ADMIN, operation, bucket, key, secure=False)
            if any(self._allowed(way, plain) for way in self.both):
                yield f"without TLS {call} succeeds"

    def glass_is_whole(self) -> bool:
        """Whether the break-glass role, where there is one, still reads from outside."""
        if BREAK_GLASS not in self.ask.services.identities:
            return True
        return self.ask.outside(BREAK_GLASS, "s3:GetObject", scenario.TRAINING_BUCKET, DATA).succeeds

    def _allowed(self, way: Trace, request: AccessRequest) -> bool:
        # The buckets are asked: an endpoint's own policy must not make up for a hole in theirs.
        open_door = Policy.parse({"Version": "2012-10-17", "Statement": [_ANYTHING]})
        known = self.ask.services
        services = replace(
            known,
            endpoints=MappingProxyType({**known.endpoints, str(way.endpoint): open_door}),
            endpoint_vpcs=MappingProxyType({THEIR_ENDPOINT: _THEIR_VPC, **known.endpoint_vpcs}),
        )
        return decide(way, request, services).allowed
