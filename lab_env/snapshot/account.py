"""A whole account, read by calls that cannot change it.

The list of calls is fixed: whatever else is asked is refused here, before a client exists. AWS's managed policy
``SecurityAudit`` allows them all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from lab_env.errors import LabError
from lab_env.network import Network
from lab_env.network.model import Internet
from lab_env.snapshot.asking import Describe, answer_of
from lab_env.snapshot.directconnect import read_direct_connect
from lab_env.snapshot.ec2 import describe_with, read_ec2
from lab_env.snapshot.services import Apis, read_state
from lab_env.snapshot.state import ServiceState

READS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        service: frozenset(calls.split())
        for service, calls in {
            "cloudtrail": "DescribeTrails GetEventSelectors GetTrailStatus",
            "directconnect": (
                "DescribeDirectConnectGatewayAssociations DescribeDirectConnectGateways DescribeVirtualInterfaces"
            ),
            "ec2": (
                "DescribeAddresses DescribeDhcpOptions DescribeEgressOnlyInternetGateways DescribeFlowLogs "
                "DescribeInternetGateways DescribeManagedPrefixLists DescribeNatGateways DescribeNetworkAcls "
                "DescribeNetworkInterfaces DescribePrefixLists DescribeRouteTables DescribeSecurityGroups "
                "DescribeSubnets DescribeTransitGatewayAttachments DescribeTransitGatewayRouteTables "
                "DescribeTransitGatewayVpcAttachments DescribeTransitGateways "
                "DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcPeeringConnections "
                "DescribeVpcs DescribeVpnGateways GetManagedPrefixListEntries GetTransitGatewayRouteTablePropagations "
                "SearchTransitGatewayRoutes"
            ),
            "iam": (
                "GetGroupPolicy GetPolicy GetPolicyVersion GetRole GetRolePolicy GetUser GetUserPolicy "
                "ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies ListGroupPolicies "
                "ListGroupsForUser ListRolePolicies ListRoles ListUserPolicies ListUsers"
            ),
            "kms": "DescribeKey GetKeyPolicy GetKeyRotationStatus ListAliases ListKeys",
            "organizations": (
                "DescribeOrganization DescribePolicy ListAccounts ListParents ListPoliciesForTarget ListRoots"
            ),
            "s3": (
                "GetBucketEncryption GetBucketLocation GetBucketLogging GetBucketOwnershipControls GetBucketPolicy "
                "GetBucketVersioning GetPublicAccessBlock ListBuckets"
            ),
            "sagemaker": "DescribeTrainingJob ListTrainingJobs",
            "sts": "GetCallerIdentity",
        }.items()
    }
)
"""All calls that reading an account makes, by service."""


@dataclass(frozen=True, slots=True)
class Account:
    """What was read of an account.

    Attributes:
        id: the account's id.
        network: its network in the Region that was read.
        services: its principals, buckets, keys and policies.
    """

    id: str
    network: Network
    services: ServiceState


class Session(Protocol):
    """A boto3 session."""

    def client(self, service_name: str, *, region_name: str | None = None) -> Any:
        """A client of a service."""
        ...


def reading(session: Session) -> Apis:
    """The way to ask a real account, and to ask it nothing that could change it.

    Args:
        session: a boto3 session, which holds the credentials.
    """
    clients: dict[tuple[str, str], Describe] = {}

    def apis(service: str, region: str) -> Describe:
        def describe(operation: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
            if operation not in READS.get(service, ()) or not _READING.match(operation):
                raise LabError("this call is not among those that reading an account makes.", where=operation)
            if (service, region) not in clients:
                client = session.client(service, region_name=region or None)
                clients[service, region] = describe_with(client)
            return clients[service, region](operation, parameters)

        return describe

    return apis


_READING = re.compile("Describe|Get|List|SearchTransitGatewayRoutes$")


def read_account(apis: Apis, region: str, *, internet: Internet | None = None) -> Account:
    """The account that the credentials belong to.

    Args:
        apis: the way to ask it.
        region: the Region whose network is read.
        internet: the rest of the world; by default the lab's own.

    Raises:
        ClientError: AWS refused a call about the network, or the credentials.
        MalformedPolicy: AWS would never have stored one of the policies.
    """
    account = answer_of(apis("sts", region), "GetCallerIdentity").text("Account")
    network = read_ec2(apis("ec2", region), region, internet=internet)
    network = read_direct_connect(apis("directconnect", region), network)
    return Account(account, network, read_state(apis, account, network))
