"""The policies of a network's VPC endpoints (*Control access to VPC endpoints using endpoint policies*)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lab_env.network import Network
from lab_env.policy import Kind, Policy
from lab_env.snapshot.policies import stored_policy

FULL_ACCESS = (
    '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
)
"""The policy of an endpoint that was made without one."""

_KINDS = ("Gateway", "Interface")


def endpoint_policies(network: Network) -> Mapping[str, Policy]:
    """The policy of each gateway and interface endpoint by its id; other kinds have none.

    Raises:
        MalformedPolicy: EC2 would never have stored one of them.
    """
    return MappingProxyType(
        {
            item.id: stored_policy(item.policy or FULL_ACCESS, Kind.ENDPOINT, item.id)
            for item in network.endpoints
            if item.kind in _KINDS
        }
    )


def endpoint_vpcs(network: Network, account: str) -> Mapping[str, str]:
    """The ARN of each endpoint's VPC by the endpoint's id: what ``aws:SourceVpc`` and its like are read from.

    Args:
        network: the network.
        account: whose VPCs they are where the network does not say.
    """
    homes = {vpc.id: (vpc.region or network.region, vpc.owner or account) for vpc in network.vpcs}
    return MappingProxyType(
        {
            item.id: f"arn:aws:ec2:{region}:{owner}:vpc/{item.vpc}"
            for item in network.endpoints
            for region, owner in [homes.get(item.vpc, (network.region, account))]
        }
    )
