"""What CloudFormation does for a resource of a template: the calls that make it.

*AWS::EC2::VPC* and the others of the CloudFormation Template Reference. A type or a property that is not here is
refused by name before anything is made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lab_env.cloud.stack_values import Made
from lab_env.errors import NotModelled

Ask = Callable[[str, str, Mapping[str, Any]], Mapping[str, Any]]
"""Makes a call: service, operation, parameters."""
Properties = Mapping[str, Any]
Maker = Callable[[Ask, Properties], Made]

_NO_EGRESS = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def make(kind: str, ask: Ask, properties: Properties) -> Made:
    """Make a resource, of properties without functions."""
    return _MAKERS[kind][0](ask, properties)


def check(name: str, kind: str, properties: Properties) -> None:
    """Refuse what the lab would not make as it is written.

    Raises:
        NotModelled: the type, or one of the properties.
    """
    if kind not in _MAKERS:
        raise NotModelled(f"the lab deploys no {kind}.", where=name)
    unknown = next(iter(set(properties) - set(_MAKERS[kind][1].split())), None)
    if unknown:
        raise NotModelled(f"the lab deploys {kind} without {unknown}.", where=name)


def _vpc(ask: Ask, given: Properties) -> Made:
    wanted = {"CidrBlock": given["CidrBlock"], **_tagged("vpc", given)}
    vpc = ask("ec2", "CreateVpc", wanted)["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        if attribute in given:
            said = {"Value": given[attribute]}
            ask("ec2", "ModifyVpcAttribute", {"VpcId": vpc, attribute: said})
    return Made(vpc, {"VpcId": vpc})


def _subnet(ask: Ask, given: Properties) -> Made:
    wanted = {key: given[key] for key in ("VpcId", "CidrBlock", "AvailabilityZone") if key in given}
    subnet = ask("ec2", "CreateSubnet", {**wanted, **_tagged("subnet", given)})["Subnet"]["SubnetId"]
    if given.get("MapPublicIpOnLaunch"):
        said = {"Value": True}
        ask("ec2", "ModifySubnetAttribute", {"SubnetId": subnet, "MapPublicIpOnLaunch": said})
    return Made(subnet, {"SubnetId": subnet})


def _table(ask: Ask, given: Properties) -> Made:
    wanted = {"VpcId": given["VpcId"], **_tagged("route-table", given)}
    table = ask("ec2", "CreateRouteTable", wanted)["RouteTable"]["RouteTableId"]
    return Made(table, {"RouteTableId": table})


def _association(ask: Ask, given: Properties) -> Made:
    return Made(ask("ec2", "AssociateRouteTable", given)["AssociationId"])


def _group(ask: Ask, given: Properties) -> Made:
    wanted = {"GroupName": given["GroupName"], "Description": given["GroupDescription"]}
    wanted |= {"VpcId": given["VpcId"], **_tagged("security-group", given)}
    group = ask("ec2", "CreateSecurityGroup", wanted)["GroupId"]
    if rules := given.get("SecurityGroupEgress"):
        # A group is made with a rule that lets everything out; rules of one's own take its place.
        ask("ec2", "RevokeSecurityGroupEgress", {"GroupId": group, "IpPermissions": _NO_EGRESS})
        _authorize(ask, "Egress", group, rules)
    if rules := given.get("SecurityGroupIngress"):
        _authorize(ask, "Ingress", group, rules)
    return Made(group, {"GroupId": group, "VpcId": given["VpcId"]})


def _authorize(ask: Ask, way: str, group: str, rules: list[Properties]) -> None:
    permissions = [_permission(rule) for rule in rules]
    ask("ec2", f"AuthorizeSecurityGroup{way}", {"GroupId": group, "IpPermissions": permissions})


def _permission(rule: Properties) -> dict[str, Any]:
    told = {"Description": rule["Description"]} if "Description" in rule else {}
    kept = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule}
    for key, (many, one) in _PEERS.items():
        if key in rule:
            kept[many] = [{one: rule[key], **told}]
    return kept


_PEERS = {
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}


def _rule(way: str) -> Maker:
    def maker(ask: Ask, given: Properties) -> Made:
        _authorize(ask, way, given["GroupId"], [given])
        return Made(f"{given['GroupId']}-{way.lower()}")

    return maker


def _endpoint(ask: Ask, given: Properties) -> Made:
    wanted = {key: value for key, value in given.items() if key not in ("Tags", "PolicyDocument")}
    if "PolicyDocument" in given:
        wanted["PolicyDocument"] = json.dumps(given["PolicyDocument"])
    made = ask("ec2", "CreateVpcEndpoint", {**wanted, **_tagged("vpc-endpoint", given)})["VpcEndpoint"]
    return Made(made["VpcEndpointId"], {"Id": made["VpcEndpointId"]})


def _flow_log(ask: Ask, given: Properties) -> Made:
    wanted = {key: value for key, value in given.items() if key != "ResourceId"}
    answer = ask("ec2", "CreateFlowLogs", {**wanted, "ResourceIds": [given["ResourceId"]]})
    return Made(answer["FlowLogIds"][0], {"Id": answer["FlowLogIds"][0]})


def _key(ask: Ask, given: Properties) -> Made:
    key = ask("kms", "CreateKey", {"Policy": json.dumps(given["KeyPolicy"])})["KeyMetadata"]
    if given.get("EnableKeyRotation"):
        ask("kms", "EnableKeyRotation", {"KeyId": key["KeyId"]})
    if given.get("Enabled") is False:
        ask("kms", "DisableKey", {"KeyId": key["KeyId"]})
    return Made(key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]})


def _alias(ask: Ask, given: Properties) -> Made:
    ask("kms", "CreateAlias", given)
    return Made(given["AliasName"])


def _role(ask: Ask, given: Properties) -> Made:
    name = given["RoleName"]
    trust = json.dumps(given["AssumeRolePolicyDocument"])
    role = ask("iam", "CreateRole", {"RoleName": name, "AssumeRolePolicyDocument": trust})["Role"]
    for policy in given.get("Policies", ()):
        document = json.dumps(policy["PolicyDocument"])
        wanted = {"RoleName": name, "PolicyName": policy["PolicyName"], "PolicyDocument": document}
        ask("iam", "PutRolePolicy", wanted)
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _bucket(ask: Ask, given: Properties) -> Made:
    name = given["BucketName"]
    ask("s3", "CreateBucket", {"Bucket": name})
    for operation, said in _settings(given):
        ask("s3", operation, {"Bucket": name, **said})
    return Made(name, {"Arn": f"arn:aws:s3:::{name}"})


def _settings(given: Properties) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each setting of a bucket as its own call: CloudFormation's words are not the API's throughout."""
    if "OwnershipControls" in given:
        yield "PutBucketOwnershipControls", {"OwnershipControls": given["OwnershipControls"]}
    if "PublicAccessBlockConfiguration" in given:
        block = given["PublicAccessBlockConfiguration"]
        yield "PutPublicAccessBlock", {"PublicAccessBlockConfiguration": block}
    if "BucketEncryption" in given:
        rules = [_encryption(rule) for rule in given["BucketEncryption"]["ServerSideEncryptionConfiguration"]]
        yield "PutBucketEncryption", {"ServerSideEncryptionConfiguration": {"Rules": rules}}
    if "VersioningConfiguration" in given:
        yield "PutBucketVersioning", {"VersioningConfiguration": given["VersioningConfiguration"]}
    if "LoggingConfiguration" in given:
        log = given["LoggingConfiguration"]
        enabled = {"TargetBucket": log["DestinationBucketName"], "TargetPrefix": log["LogFilePrefix"]}
        yield "PutBucketLogging", {"BucketLoggingStatus": {"LoggingEnabled": enabled}}


def _encryption(rule: Properties) -> dict[str, Any]:
    default = rule["ServerSideEncryptionByDefault"]
    return {
        "ApplyServerSideEncryptionByDefault": default,
        "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
    }


def _bucket_policy(ask: Ask, given: Properties) -> Made:
    document = json.dumps(given["PolicyDocument"])
    ask("s3", "PutBucketPolicy", {"Bucket": given["Bucket"], "Policy": document})
    return Made(given["Bucket"])


def _trail(ask: Ask, given: Properties) -> Made:
    name = given["TrailName"]
    kept = ("S3BucketName", "S3KeyPrefix", "KMSKeyId", "IsMultiRegionTrail", "EnableLogFileValidation")
    wanted = {key: given[key] for key in (*kept, "IncludeGlobalServiceEvents") if key in given}
    if "KMSKeyId" in wanted:
        wanted["KmsKeyId"] = wanted.pop("KMSKeyId")
    arn = ask("cloudtrail", "CreateTrail", {"Name": name, **wanted})["TrailARN"]
    if selectors := given.get("AdvancedEventSelectors"):
        ask("cloudtrail", "PutEventSelectors", {"TrailName": name, "AdvancedEventSelectors": selectors})
    if given["IsLogging"]:
        ask("cloudtrail", "StartLogging", {"Name": name})
    return Made(name, {"Arn": arn})


def _tagged(kind: str, given: Properties) -> dict[str, Any]:
    if not given.get("Tags"):
        return {}
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": given["Tags"]}]}


_RULE = "Description IpProtocol FromPort ToPort CidrIp CidrIpv6 GroupId"
# How each type is made, and which of its properties that heeds.
_MAKERS: dict[str, tuple[Maker, str]] = {
    "AWS::EC2::VPC": (_vpc, "CidrBlock EnableDnsSupport EnableDnsHostnames Tags"),
    "AWS::EC2::Subnet": (_subnet, "VpcId CidrBlock AvailabilityZone MapPublicIpOnLaunch Tags"),
    "AWS::EC2::RouteTable": (_table, "VpcId Tags"),
    "AWS::EC2::SubnetRouteTableAssociation": (_association, "SubnetId RouteTableId"),
    "AWS::EC2::SecurityGroup": (
        _group,
        "GroupName GroupDescription VpcId SecurityGroupIngress SecurityGroupEgress Tags",
    ),
    "AWS::EC2::SecurityGroupIngress": (
        _rule("Ingress"),
        f"{_RULE} SourcePrefixListId SourceSecurityGroupId",
    ),
    "AWS::EC2::SecurityGroupEgress": (
        _rule("Egress"),
        f"{_RULE} DestinationPrefixListId DestinationSecurityGroupId",
    ),
    "AWS::EC2::VPCEndpoint": (
        _endpoint,
        (
            "VpcId ServiceName VpcEndpointType RouteTableIds SubnetIds SecurityGroupIds PrivateDnsEnabled "
            "PolicyDocument Tags"
        ),
    ),
    "AWS::EC2::FlowLog": (
        _flow_log,
        "ResourceId ResourceType TrafficType LogDestinationType LogDestination LogFormat MaxAggregationInterval",
    ),
    "AWS::KMS::Key": (_key, "EnableKeyRotation Enabled KeyPolicy"),
    "AWS::KMS::Alias": (_alias, "AliasName TargetKeyId"),
    "AWS::IAM::Role": (_role, "RoleName AssumeRolePolicyDocument Policies"),
    "AWS::S3::Bucket": (
        _bucket,
        (
            "BucketName BucketEncryption VersioningConfiguration LoggingConfiguration OwnershipControls "
            "PublicAccessBlockConfiguration"
        ),
    ),
    "AWS::S3::BucketPolicy": (_bucket_policy, "Bucket PolicyDocument"),
    "AWS::CloudTrail::Trail": (
        _trail,
        (
            "TrailName S3BucketName S3KeyPrefix KMSKeyId IsLogging EnableLogFileValidation IsMultiRegionTrail "
            "IncludeGlobalServiceEvents AdvancedEventSelectors"
        ),
    ),
}
