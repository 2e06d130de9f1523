"""A template of a described state: references, names, layout, and what is refused by name."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType

import pytest

from lab_env.errors import NotModelled
from lab_env.policy import Kind, Policy
from lab_env.snapshot.event_selectors import basic_selectors
from lab_env.snapshot.state import (
    Bucket,
    BucketEncryption,
    FlowLog,
    Identity,
    Key,
    ServiceState,
    Trail,
)
from lab_env.snapshot.template import template_of
from lab_env.snapshot.template.document import laid_out
from lab_env.snapshot.template.draft import Draft, logical
from tests.network.builder import table, with_endpoint, with_interface_endpoint, with_nat

ACCOUNT, REGION = "123456789012", "us-east-1"
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/13c5c307-4a4e-405d-9fb1-91380729806f"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/reader"


def plain():
    """A VPC with an S3 endpoint, as a template can be written of it."""
    network = with_endpoint()
    return replace(
        network,
        internet_gateways=(),
        nat_gateways=(),
        peerings=(),
        vpn_gateways=(),
        route_tables=(table("rtb-a", "10.20.0.0/16 local", "pl-s3 vpce-s3", subnets=("subnet-a",)),),
        network_acls=tuple(replace(acl, is_default=True) for acl in network.network_acls),
    )


def document(*statements, kind=Kind.RESOURCE, source=""):
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind, source=source)


def state(**more):
    return ServiceState(**{name: MappingProxyType(items) for name, items in more.items()})


def written(network=None, **more):
    return template_of(network or plain(), state(**more), ACCOUNT)


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("meridian-private-a", "Subnet", "MeridianPrivateASubnet"),
        ("meridian-vpc", "Vpc", "MeridianVpc"),
        ("MeridianTrainingRole", "Role", "MeridianTrainingRole"),
        ("data.example.org", "Bucket", "DataExampleOrgBucket"),
        ("vpc-0a1b", "Vpc", "Vpc0a1bVpc"),
    ],
)
def test_logical_ids(name, kind, found):
    """Letters and digits alone, as CloudFormation wants them."""
    assert logical(name, kind) == found


def test_two_of_one_name():
    draft = Draft(ACCOUNT, REGION)
    assert [draft.name(one, "same", "Key") for one in ("a", "b", "c")] == ["SameKey", "SameKey2", "SameKey3"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("phi", {"Ref": "PhiName"}),
        ("arn:aws:s3:::phi/*", {"Fn::Sub": "arn:aws:s3:::${PhiName}/*"}),
        ("arn:aws:s3:::phi-copy", "arn:aws:s3:::phi-copy"),
        ("arn:aws:s3:::my.phi", "arn:aws:s3:::my.phi"),
        ("arn:aws:s3:::phi.org/*", "arn:aws:s3:::phi.org/*"),
        (KEY, {"Fn::GetAtt": ["K", "Arn"]}),
        ("s3.us-east-1.amazonaws.com", {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"}),
        ("us-east-1a", "us-east-1a"),
        (ACCOUNT, {"Ref": "AWS::AccountId"}),
        (f"{ACCOUNT}0", f"{ACCOUNT}0"),
        ("home/${aws:username}", "home/${aws:username}"),
        ("arn:aws:s3:::phi/${aws:username}", {"Fn::Sub": "arn:aws:s3:::${PhiName}/${!aws:username}"}),
        (["phi", 1, True], [{"Ref": "PhiName"}, 1, True]),
    ],
)
def test_references(text, found):
    """Whole names only; a policy's own variables stay what they are."""
    draft = Draft(ACCOUNT, REGION)
    draft.stands_for("phi", "PhiName")
    draft.stands_for(KEY, "K.Arn")
    assert draft.refer(text) == found


def test_layout_is_json_and_short():
    value = {"a": [1, 2], "b": {"c": {"d": {"e": "x" * 90, "f": [{"g": 1}]}}}, "empty": {}, "none": []}
    text = laid_out(value)
    assert json.loads(text) == value
    assert '"f": [{"g": 1}]' in text


def test_rules_of_a_group():
    """A rule that names a group is a resource of its own; a group without egress stays shut."""
    from tests.network.builder import group

    own = group("sg-job", "in all sg-job", "out tcp 443 pl-s3", "out tcp 5432 sg-job")
    shut = group("sg-shut")
    found = written(replace(plain(), security_groups=(own, shut)))
    named = {name: item for name, item in found.resources.items() if "SecurityGroup" in item["Type"]}
    types = sorted(item["Type"].rpartition("::")[2] for item in named.values())
    assert types == ["SecurityGroup", "SecurityGroup", "SecurityGroupEgress", "SecurityGroupIngress"]
    rules = [item["Properties"].get("SecurityGroupEgress") for item in named.values()]
    assert [rule["CidrIp"] for many in filter(None, rules) for rule in many if "CidrIp" in rule] == [
        "255.255.255.255/32"
    ]


def test_buckets_keys_and_roles():
    """Names become parameters; ids become references; logs come after the policy of their bucket."""
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::phi/*"}
    use = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY}
    trust = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "sts:AssumeRole"}
    admit = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "s3:*", "Resource": "arn:aws:s3:::logs"}
    found = written(
        buckets={
            "phi": Bucket(
                "phi", ACCOUNT, REGION, encryption=BucketEncryption("aws:kms", KEY), log_bucket="logs"
            ),
            "logs": Bucket("logs", ACCOUNT, REGION, policy=document(admit)),
            "theirs": Bucket("theirs", "999988887777", REGION),
        },
        keys={KEY: Key(KEY, aliases=("alias/phi",)), "aws": Key(KEY[:-1] + "0", customer_managed=False)},
        identities={
            ROLE: Identity(
                ROLE,
                (document(allow, use, kind=Kind.IDENTITY, source="read"),),
                trust=document(trust, kind=Kind.TRUST),
            ),
            "user": Identity(f"arn:aws:iam::{ACCOUNT}:user/ada"),
        },
    )
    assert [name for name in found.parameters if "Bucket" in name] == ["LogsBucketName", "PhiBucketName"]
    assert found.resources["PhiBucket"]["DependsOn"] == "LogsBucketPolicy"
    log = found.resources["PhiBucket"]["Properties"]["LoggingConfiguration"]
    assert log["DestinationBucketName"] == {"Ref": "LogsBucketName"}
    policy = found.resources["ReaderRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert [one["Resource"] for one in policy] == [
        {"Fn::Sub": "arn:aws:s3:::${PhiBucketName}/*"},
        {"Fn::GetAtt": ["PhiKey", "Arn"]},
    ]
    admitted = found.resources["LogsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]
    assert admitted["Principal"] == {"AWS": {"Fn::GetAtt": ["ReaderRole", "Arn"]}}
    assert sum(item["Type"] == "AWS::KMS::Key" for item in found.resources.values()) == 1
    assert found.resources["PhiKey"]["DeletionPolicy"] == "Retain"


def test_a_trail_s_basic_selectors_are_written_as_advanced_ones():
    selectors = basic_selectors("ReadOnly", {"AWS::S3::Object": ("arn:aws:s3:::logs/",)}, management=False)
    trail = Trail(f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/t", "logs", selectors=selectors, prefix="p")
    found = written(buckets={"logs": Bucket("logs", ACCOUNT, REGION)}, trails={trail.arn: trail})
    properties = found.resources["TTrail"]["Properties"]
    assert properties["S3KeyPrefix"] == "p"
    fields = properties["AdvancedEventSelectors"][0]["FieldSelectors"]
    assert fields == [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        {"Field": "resources.ARN", "StartsWith": [{"Fn::Sub": "arn:aws:s3:::${LogsBucketName}/"}]},
        {"Field": "readOnly", "Equals": ["true"]},
    ]


def test_chosen_roles():
    roles = {f"{ROLE}{number}": Identity(f"{ROLE}{number}") for number in (1, 2)}
    found = template_of(plain(), state(identities=roles), ACCOUNT, roles=["reader2"])
    assert [
        item["Properties"]["RoleName"] for item in found.resources.values() if "Role" in item["Type"][10:]
    ][-1:] == ["reader2"]


def altered(**fields):
    return replace(plain(), **fields)


BASE = plain()
REFUSED = {
    "an internet gateway": altered(internet_gateways=with_nat().internet_gateways),
    "a NAT gateway": altered(nat_gateways=with_nat().nat_gateways),
    "a route that no endpoint made": altered(
        route_tables=(table("rtb-a", "10.20.0.0/16 local", "0.0.0.0/0 igw-1"),)
    ),
    "a network ACL other": altered(
        network_acls=tuple(replace(acl, is_default=False) for acl in BASE.network_acls)
    ),
    "a VPC with several": altered(vpcs=tuple(replace(vpc, cidrs=vpc.cidrs * 2) for vpc in BASE.vpcs)),
    "an endpoint of this kind": altered(
        endpoints=tuple(replace(item, kind="GatewayLoadBalancer") for item in BASE.endpoints)
    ),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_no_template_is_written_of(words):
    """A template that silently lacked it would be a false copy."""
    with pytest.raises(NotModelled, match=words):
        written(REFUSED[words])


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (
            "permissions boundary",
            {"identities": {ROLE: Identity(ROLE, boundary=document(ANYTHING, kind=Kind.BOUNDARY))}},
        ),
        (
            "does not go to a bucket",
            {"flow_logs": {"fl-1": FlowLog("fl-1", "vpc-main", destination="group")}},
        ),
    ],
)
def test_what_no_service_is_written_of(words, more):
    network = plain()
    if "flow_logs" in more:
        more["flow_logs"]["fl-1"] = replace(more["flow_logs"]["fl-1"], resource=network.vpcs[0].id)
    with pytest.raises(NotModelled, match=words):
        written(network, **more)


def test_an_interface_endpoint():
    """Subnets, groups and private DNS in place of route tables; its groups by reference."""
    found = written(
        replace(with_interface_endpoint(plain()), internet_gateways=(), network_acls=plain().network_acls)
    )
    (own,) = (
        item["Properties"]
        for item in found.resources.values()
        if item["Properties"].get("VpcEndpointType") == "Interface"
    )
    assert "RouteTableIds" not in own
    assert own["PrivateDnsEnabled"] is True
    assert all("Ref" in one for one in own["SubnetIds"])
    assert all(one["Fn::GetAtt"][1] == "GroupId" for one in own["SecurityGroupIds"])


def test_what_a_text_names():
    """Longest first: an id that another begins with does not spoil it."""
    found = written()
    endpoint = next(name for name, one in found.physical.items() if one == "vpce-s3")
    assert found.named("pl-s3 → vpce-s3") == f"pl-s3 → <{endpoint}>"
