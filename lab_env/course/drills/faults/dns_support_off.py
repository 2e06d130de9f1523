"""The VPC's resolver does not answer."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault, Hands


def _support(hands: Hands, *, on: bool) -> None:
    hands("ec2").modify_vpc_attribute(VpcId=hands.id("vpc"), EnableDnsSupport={"Value": on})


FAULT = Fault(
    id="dns_support_off",
    catalogue=28,
    title="The VPC's enableDnsSupport is off: no name resolves.",
    level=1,
    concept="without enableDnsSupport the Amazon DNS resolver does not answer in the VPC",
    touches=frozenset({"DNS"}),
    breaks=lambda hands: _support(hands, on=False),
    repairs=lambda hands: _support(hands, on=True),
    hints=(
        "Not a timeout: the client could not even begin. What comes before the first packet?",
        "Does a name resolve in this VPC? describe_vpc_attribute tells.",
        'ec2.modify_vpc_attribute(VpcId=…, EnableDnsSupport={"Value": True}).',
    ),
)
