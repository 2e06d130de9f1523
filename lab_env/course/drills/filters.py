"""Network ACLs and security groups, as faults change them."""

from __future__ import annotations

from typing import Any

from lab_env import scenario
from lab_env.course.drills.fault import Hands
from lab_env.scenario.lookups import s3_prefix_list

ACL = "meridian-private-a"
ANYWHERE = "0.0.0.0/0"


def https_to(prefix_list: str, port: int = 443) -> list[dict[str, Any]]:
    """A rule to a prefix list, by TCP, as security group calls take it."""
    lists = [{"PrefixListId": prefix_list}]
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "PrefixListIds": lists}]


def to_s3(hands: Hands) -> list[dict[str, Any]]:
    """The one rule that the training group has: TCP 443 to S3's prefix list."""
    return https_to(s3_prefix_list(hands("ec2")))


def let_out(hands: Hands, rules: list[dict[str, Any]]) -> None:
    """Add egress rules to the training group."""
    group = hands.id("training_security_group")
    hands("ec2").authorize_security_group_egress(GroupId=group, IpPermissions=rules)


def keep_in(hands: Hands, rules: list[dict[str, Any]]) -> None:
    """Take egress rules from the training group."""
    group = hands.id("training_security_group")
    hands("ec2").revoke_security_group_egress(GroupId=group, IpPermissions=rules)


def give_own_acl(hands: Hands) -> str:
    """A network ACL of its own for subnet A, still without rules: it denies everything. Its id."""
    ec2 = hands("ec2")
    made = ec2.create_network_acl(VpcId=hands.id("vpc"), TagSpecifications=scenario.named("network-acl", ACL))
    acl = str(made["NetworkAcl"]["NetworkAclId"])
    ec2.replace_network_acl_association(AssociationId=_association(hands), NetworkAclId=acl)
    return acl


def entry(
    hands: Hands, acl: str, number: int, *, egress: bool, ports: tuple[int, int], allow: bool = True
) -> None:
    """Add a rule for TCP ports, to or from anywhere, to a network ACL."""
    hands("ec2").create_network_acl_entry(
        NetworkAclId=acl,
        RuleNumber=number,
        Protocol="6",
        RuleAction="allow" if allow else "deny",
        Egress=egress,
        CidrBlock=ANYWHERE,
        PortRange={"From": ports[0], "To": ports[1]},
    )


def default_acl(hands: Hands) -> str:
    """The id of the VPC's default network ACL."""
    filters = [{"Name": "vpc-id", "Values": [hands.id("vpc")]}, {"Name": "default", "Values": ["true"]}]
    return str(hands("ec2").describe_network_acls(Filters=filters)["NetworkAcls"][0]["NetworkAclId"])


def take_own_acl(hands: Hands) -> None:
    """Give subnet A the default network ACL again, and delete its own."""
    ec2, association = hands("ec2"), _association(hands)
    own = _acl_of_a(hands)["NetworkAclId"]
    ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=default_acl(hands))
    ec2.delete_network_acl(NetworkAclId=own)


def _acl_of_a(hands: Hands) -> Any:
    of_a = [{"Name": "association.subnet-id", "Values": [hands.id("subnet_a")]}]
    return hands("ec2").describe_network_acls(Filters=of_a)["NetworkAcls"][0]


def _association(hands: Hands) -> str:
    subnet = hands.id("subnet_a")
    found = (one for one in _acl_of_a(hands)["Associations"] if one["SubnetId"] == subnet)
    return str(next(found)["NetworkAclAssociationId"])
