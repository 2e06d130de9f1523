"""Chapter 06: what decides beside the network, closed down to what training needs.

Four documents and a rule: the endpoint's policy, the buckets' policies, the execution role's policy, the key, and the
security group's egress.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lab_env.scenario.assets import asset, code_archive
from lab_env.scenario.firm import ACCOUNT, MODEL_BUCKET, REGION, TRAINING_BUCKET, TRAINING_ROLE
from lab_env.scenario.lookups import named_endpoint, named_group, s3_prefix_list

KEY_ALIAS = "alias/meridian-phi"
BREAK_GLASS_ROLE = "MeridianBreakGlass"
BREAK_GLASS_ARN = f"arn:aws:iam::{ACCOUNT}:role/{BREAK_GLASS_ROLE}"
LOCKED_BUCKETS = (TRAINING_BUCKET, MODEL_BUCKET)
# What jobs read, by prefix of the training bucket; of the trials only what was prepared for training (chapter 12).
READABLE_PREFIXES = ("code/", "train/", "imaging/", "genomics/", "trials/prepared/")
TRAINING_POLICY = "training"

Document = dict[str, Any]


def courier_script() -> str:
    """A training script that copies its data to the attacker's bucket, as its source."""
    return asset("poisoned/courier.py")


def courier_code() -> bytes:
    """``sourcedir.tar.gz`` with it, as ``train.py``; the same bytes each time."""
    return code_archive({"train.py": courier_script()})


def endpoint_policy() -> Document:
    """Through the endpoint, only the firm's buckets. ``Principal`` has to be ``*`` for a gateway endpoint.

    *Control access to VPC endpoints using endpoint policies*.
    """
    arns = [f"arn:aws:s3:::{bucket}" for bucket in LOCKED_BUCKETS]
    return _policy(
        {
            "Sid": "OnlyTheFirmsBuckets",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [*arns, *(f"{arn}/*" for arn in arns)],
        }
    )


def bucket_policy(bucket: str, endpoint: str) -> Document:
    """Objects only through the endpoint, and nothing without TLS.

    Object actions alone are denied by the network, so that administrators keep the bucket itself; the break-glass role
    and AWS services that act for themselves are exempt (*Data perimeters on AWS*; *Bucket policy examples*).

    Args:
        bucket: its name.
        endpoint: id of the S3 endpoint.
    """
    arn = f"arn:aws:s3:::{bucket}"
    return _policy(
        {
            "Sid": "ObjectsOnlyThroughTheEndpoint",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"],
            "Resource": f"{arn}/*",
            "Condition": {
                "StringNotEquals": {"aws:SourceVpce": endpoint},
                "ArnNotEquals": {"aws:PrincipalArn": BREAK_GLASS_ARN},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        },
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )


def training_policy(key: str) -> Document:
    """What a training job needs of S3 and KMS, and of the services around them, and no more.

    Args:
        key: ARN of the KMS key.
    """
    training, model = f"arn:aws:s3:::{TRAINING_BUCKET}", f"arn:aws:s3:::{MODEL_BUCKET}"
    use_the_key = _allow("UseTheKey", ["kms:Decrypt", "kms:GenerateDataKey"], key)
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
    return _policy(
        _allow("List", "s3:ListBucket", training),
        _allow("Read", "s3:GetObject", [f"{training}/{prefix}*" for prefix in READABLE_PREFIXES]),
        _allow("Write", ["s3:PutObject", "s3:AbortMultipartUpload"], f"{model}/*"),
        {**use_the_key, "Condition": through_s3},
        *platform_statements(key),
    )


def platform_statements(key: str) -> list[Document]:
    """What SageMaker itself does with the role: volume, logs, metrics, the image, the network interfaces.

    *How to use SageMaker AI execution roles*.

    Args:
        key: ARN of the KMS key.
    """
    volume = _allow("EncryptTheVolume", "kms:CreateGrant", key)
    return [{**volume, "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}, *_PLATFORM]


def break_glass_policy() -> Document:
    """What the break-glass role may do: read the data from anywhere, and put a bucket's policy right."""
    arns = [f"arn:aws:s3:::{bucket}" for bucket in LOCKED_BUCKETS]
    mending = ["s3:ListBucket", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]
    return _policy(
        _allow("MendTheBucket", mending, arns),
        _allow("ReadTheData", "s3:GetObject", [f"{arn}/*" for arn in arns]),
    )


def break_glass_key_policy(key: str) -> Document:
    """And to read what is encrypted.

    Args:
        key: ARN of the KMS key.
    """
    return _policy(_allow("UseTheKey", "kms:Decrypt", key))


def lock_down(client: Callable[[str], Any]) -> None:
    """Chapter 06's end: key, endpoint, role, buckets and security group as the firm keeps them from now on.

    Args:
        client: gives a boto3 client by service name.
    """
    key = make_key(client("kms"))
    encrypt_by_default(client("s3"), key)
    encrypt_what_is_there(client("s3"), key)
    keep_versions(client("s3"))
    make_break_glass_role(client("iam"))
    give_break_glass_the_key(client("iam"), key)
    limit_role(client("iam"), key)
    limit_endpoint(client("ec2"))
    limit_buckets(client)
    limit_egress(client("ec2"))


def make_key(kms: Any) -> str:
    """The firm's key, where it is not there yet: its ARN. The default key policy lets IAM policies decide on it."""
    for alias in kms.list_aliases()["Aliases"]:
        if alias["AliasName"] == KEY_ALIAS:
            return str(kms.describe_key(KeyId=KEY_ALIAS)["KeyMetadata"]["Arn"])
    key = kms.create_key(Description="Meridian: patients' data")["KeyMetadata"]
    kms.enable_key_rotation(KeyId=key["KeyId"])
    kms.create_alias(AliasName=KEY_ALIAS, TargetKeyId=key["KeyId"])
    return str(key["Arn"])


def encrypt_by_default(s3: Any, key: str) -> None:
    """New objects are encrypted with the key, by a bucket key, when a request names no other way."""
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    for bucket in LOCKED_BUCKETS:
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


def encrypt_what_is_there(s3: Any, key: str) -> None:
    """Copy each object of the training bucket onto itself, so that it is encrypted with the key as well."""
    for item in s3.list_objects_v2(Bucket=TRAINING_BUCKET)["Contents"]:
        s3.copy_object(
            Bucket=TRAINING_BUCKET,
            Key=item["Key"],
            CopySource={"Bucket": TRAINING_BUCKET, "Key": item["Key"]},
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=key,
            BucketKeyEnabled=True,
        )


def keep_versions(s3: Any) -> None:
    """From now on, writing over an object or deleting it keeps what was there."""
    for bucket in LOCKED_BUCKETS:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def make_break_glass_role(iam: Any) -> None:
    """A role for the day when the way through the endpoint is lost; a second call changes nothing."""
    if any(role["RoleName"] == BREAK_GLASS_ROLE for role in iam.list_roles()["Roles"]):
        return
    trust = _policy(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
    )
    iam.create_role(RoleName=BREAK_GLASS_ROLE, AssumeRolePolicyDocument=json.dumps(trust))
    _put_role_policy(iam, BREAK_GLASS_ROLE, "break-glass", break_glass_policy())


def give_break_glass_the_key(iam: Any, key: str) -> None:
    """The break-glass role may decrypt what it reads."""
    _put_role_policy(iam, BREAK_GLASS_ROLE, "break-glass-key", break_glass_key_policy(key))


def limit_role(iam: Any, key: str) -> None:
    """The execution role keeps one policy: what training needs (exercise 6.3)."""
    _put_role_policy(iam, TRAINING_ROLE, TRAINING_POLICY, training_policy(key))
    for other in iam.list_role_policies(RoleName=TRAINING_ROLE)["PolicyNames"]:
        if other != TRAINING_POLICY:
            iam.delete_role_policy(RoleName=TRAINING_ROLE, PolicyName=other)


def limit_endpoint(ec2: Any) -> None:
    """The endpoint lets through what goes to the firm's buckets (exercise 6.1)."""
    ec2.modify_vpc_endpoint(
        VpcEndpointId=named_endpoint(ec2, "meridian-s3")["VpcEndpointId"],
        PolicyDocument=json.dumps(endpoint_policy()),
    )


def limit_buckets(client: Callable[[str], Any]) -> None:
    """Both buckets get their policy (exercise 6.2, and TLS)."""
    endpoint = named_endpoint(client("ec2"), "meridian-s3")["VpcEndpointId"]
    s3 = client("s3")
    for bucket in LOCKED_BUCKETS:
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(bucket_policy(bucket, endpoint)))


def limit_egress(ec2: Any) -> None:
    """The training group lets out TCP 443 to S3's prefix list, and nothing else (exercise 6.4)."""
    group = named_group(ec2, "meridian-training")
    to_s3 = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    wanted = {**to_s3, "PrefixListIds": [{"PrefixListId": s3_prefix_list(ec2)}]}
    if group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
    ec2.authorize_security_group_egress(GroupId=group["GroupId"], IpPermissions=[wanted])


def _policy(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(sid: str, action: str | list[str], resource: str | list[str]) -> Document:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}


def _put_role_policy(iam: Any, role: str, name: str, document: Document) -> None:
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


# What SageMaker does with the role besides S3 and KMS: logs, metrics, the image, and the network interfaces.
_LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs"
_IMAGE = f"arn:aws:ecr:{REGION}:683313688378:repository/sagemaker-scikit-learn"
_LOG_ACTIONS = ["CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents"]
_IMAGE_ACTIONS = ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"]
_INTERFACE_ACTIONS = [
    *("CreateNetworkInterface", "CreateNetworkInterfacePermission"),
    *("DeleteNetworkInterface", "DeleteNetworkInterfacePermission"),
    *("DescribeNetworkInterfaces", "DescribeVpcs", "DescribeDhcpOptions"),
    *("DescribeSubnets", "DescribeSecurityGroups"),
]
_PLATFORM = (
    _allow("Logs", [f"logs:{action}" for action in _LOG_ACTIONS], [_LOGS, f"{_LOGS}:*"]),
    {
        **_allow("Metrics", "cloudwatch:PutMetricData", "*"),
        "Condition": {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"}},
    },
    _allow("Image", [f"ecr:{action}" for action in _IMAGE_ACTIONS], _IMAGE),
    _allow("ImageLogin", "ecr:GetAuthorizationToken", "*"),
    _allow("NetworkInterfaces", [f"ec2:{action}" for action in _INTERFACE_ACTIONS], "*"),
)
