"""Policies decide real boto3 calls: each row changes one document, and the call fares as on AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError

from lab_env import Lab, options, scenario
from lab_env.dataplane.places import Keys

BUCKET, KEY = scenario.TRAINING_BUCKET, "train/2025-01.csv"
ARN, OBJECTS = f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"
JOB = "arn:aws:sts::123456789012:assumed-role/MeridianTrainingRole/lab-session"
ADMIN = "arn:aws:sts::123456789012:assumed-role/MeridianAdmin/operator"
Call = Callable[[Any], Any]


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": [ARN, OBJECTS], **more}


def role_may(*statements: dict[str, Any], role: str = scenario.TRAINING_ROLE, name: str = "broad") -> None:
    boto3.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document(*statements))


def bucket_says(*statements: dict[str, Any]) -> None:
    boto3.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=document(*statements))


def endpoint_says(lab: Lab, *statements: dict[str, Any]) -> None:
    boto3.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=lab.names.s3_endpoint, PolicyDocument=document(*statements)
    )


def read(session: Any, **more: Any) -> Any:
    return session.client("s3", **more).get_object(Bucket=BUCKET, Key=KEY)


def inside(lab: Lab, call: Call = read) -> Any:
    """A call from subnet A, as the execution role."""
    with lab.session_in(lab.names.subnet_a, role=scenario.TRAINING_ROLE) as session:
        return call(session)


def outside(lab: Lab, call: Call = read) -> Any:
    """A call from the internet, with the execution role's stolen keys."""
    return call(lab.session_on_internet(role=scenario.TRAINING_ROLE))


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """The code and the message with which AWS refuses."""
    with pytest.raises(ClientError) as raised:
        call()
    answer = raised.value.response["Error"]
    return answer["Code"], answer["Message"]


def told(lab: Lab, error: Exception) -> str:
    """The explanation, on one line."""
    return " ".join(str(lab.explain(error)).split())


def said(who: str, action: str, resource: str, why: str) -> tuple[str, str]:
    user = f"User: {who} is not authorized to perform: {action}"
    return "AccessDenied", f'{user} on resource: "{resource}" {why}'


def only_through(endpoint: str) -> dict[str, Any]:
    return deny("s3:GetObject", Condition={"StringNotEquals": {"aws:SourceVpce": endpoint}})


NO_IDENTITY = "because no identity-based policy allows the s3:GetObject action"
BY_BUCKET = "with an explicit deny in a resource-based policy"


def test_a_role_without_the_permission(solved: Lab) -> None:
    assert inside(solved)["ContentLength"] > 0
    role_may(allow("s3:ListBucket"))
    assert refused(lambda: inside(solved)) == said(JOB, "s3:GetObject", f"{ARN}/{KEY}", NO_IDENTITY)
    role_may(allow("s3:GetObject", OBJECTS))
    assert inside(solved)["ContentLength"] > 0


def test_only_through_the_endpoint(solved: Lab) -> None:
    """The same keys, from three places."""
    bucket_says(only_through(solved.names.s3_endpoint))
    assert inside(solved)["ContentLength"] > 0
    denied = said(JOB, "s3:GetObject", f"{ARN}/{KEY}", BY_BUCKET)
    assert refused(lambda: outside(solved)) == denied
    assert refused(lambda: read(boto3))[1].startswith(f"User: {ADMIN} is not authorized")


def test_through_nat_is_not_through_the_endpoint(lab: Lab) -> None:
    """What a NAT gateway lets out has no aws:SourceVpce, and its public address."""
    options.nat_in_public_subnet(boto3.client)
    bucket_says(only_through("vpce-0123456789abcdef0"))
    with pytest.raises(ClientError) as raised:
        inside(lab)
    nat = lab.network.nat_gateways[0]
    assert f"aws:SourceVpce is absent: the call came through {nat.id}" in told(lab, raised.value)


def test_the_endpoints_policy(solved: Lab) -> None:
    endpoint_says(solved, allow("s3:*", "arn:aws:s3:::another/*", Principal="*"))
    why = "because no VPC endpoint policy allows the s3:GetObject action"
    assert refused(lambda: inside(solved)) == said(JOB, "s3:GetObject", f"{ARN}/{KEY}", why)
    assert outside(solved)["ContentLength"] > 0


def test_tls_is_required(solved: Lab) -> None:
    def plainly(session: Any) -> Any:
        return read(session, use_ssl=False)

    assert outside(solved, plainly)["ContentLength"] > 0
    bucket_says(deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}}))
    assert refused(lambda: outside(solved, plainly)) == said(JOB, "s3:GetObject", f"{ARN}/{KEY}", BY_BUCKET)
    assert outside(solved)["ContentLength"] > 0


def test_a_key_that_is_not_there(solved: Lab) -> None:
    """404 for who may list, 403 for who may not; a HEAD's answer has no body."""

    def get(session: Any) -> Any:
        return session.client("s3").get_object(Bucket=BUCKET, Key="none")

    def head(session: Any) -> Any:
        return session.client("s3").head_object(Bucket=BUCKET, Key="none")

    assert refused(lambda: inside(solved, get))[0] == "NoSuchKey"
    assert refused(lambda: inside(solved, head)) == ("404", "Not Found")
    role_may(allow("s3:GetObject"))
    why = "because no identity-based policy allows the s3:ListBucket action"
    assert refused(lambda: inside(solved, get)) == said(JOB, "s3:ListBucket", ARN, why)
    assert refused(lambda: inside(solved, head)) == ("403", "Forbidden")


def test_kms_decides_too(solved: Lab) -> None:
    s3, kms = boto3.client("s3"), boto3.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    s3.put_object(Bucket=BUCKET, Key="sealed", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)

    def get(session: Any) -> Any:
        return session.client("s3").get_object(Bucket=BUCKET, Key="sealed")

    def put(session: Any) -> Any:
        named = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
        return session.client("s3").put_object(Bucket=BUCKET, Key="new", Body=b"x", **named)

    wanted = f"User: {JOB} is not authorized to perform: kms:{{}} on resource: {key} because no identity-based policy"
    assert refused(lambda: inside(solved, get))[1].startswith(wanted.format("Decrypt"))
    assert refused(lambda: inside(solved, put))[1].startswith(wanted.format("GenerateDataKey"))
    role_may(allow("kms:*", key), name="key")
    assert inside(solved, get)["ContentLength"] == 1
    assert inside(solved, put)["SSEKMSKeyId"] == key
    kms.put_key_policy(
        KeyId=key, PolicyName="default", Policy=document(allow("kms:*", Principal={"AWS": ADMIN}))
    )
    assert (
        "because no resource-based policy allows the kms:Decrypt" in refused(lambda: inside(solved, get))[1]
    )


def test_a_key_that_is_nowhere(solved: Lab) -> None:
    s3 = boto3.client("s3")
    nowhere = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    named = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": nowhere}
    code, _ = refused(lambda: s3.put_object(Bucket=BUCKET, Key="new", Body=b"x", **named))
    assert code == "KMS.NotFoundException"


def test_strangers_are_told_nothing(solved: Lab) -> None:
    assert refused(lambda: read(solved.attacker)) == ("AccessDenied", "Access Denied")


def test_an_unsigned_request(solved: Lab) -> None:
    from botocore import UNSIGNED

    client = boto3.client("s3", config=Config(signature_version=UNSIGNED))
    assert refused(lambda: client.get_object(Bucket=BUCKET, Key=KEY)) == ("AccessDenied", "Access Denied")
    assert [attempt.principal for attempt in solved.ledger][-1] == "anonymous"


def test_copying_out_to_the_attackers_bucket(solved: Lab) -> None:
    """With the firm's keys and with the attacker's own, until the endpoint's policy names the firm's buckets."""

    def copy(session: Any) -> Any:
        return session.client("s3").put_object(Bucket=scenario.ATTACKER_BUCKET, Key="x", Body=b"x")

    def with_their_keys() -> Any:
        with solved.session_in(solved.names.subnet_a, keys=solved.attacker.keys) as session:
            return copy(session)

    assert inside(solved, copy)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert with_their_keys()["ResponseMetadata"]["HTTPStatusCode"] == 200
    endpoint_says(solved, allow("s3:*", [ARN, OBJECTS], Principal="*"))
    # Across accounts S3 says nothing; the lab's explanation does.
    assert refused(lambda: inside(solved, copy)) == ("AccessDenied", "Access Denied")
    assert refused(with_their_keys)[0] == "AccessDenied"


def test_root_mends_a_bucket_that_locked_everybody_out(solved: Lab) -> None:
    bucket_says(deny("s3:*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-0"}}))
    s3 = boto3.client("s3")
    assert refused(lambda: s3.delete_bucket_policy(Bucket=BUCKET))[0] == "AccessDenied"
    root = solved.root().client("s3")
    assert refused(lambda: root.get_object(Bucket=BUCKET, Key=KEY))[0] == "AccessDenied"
    root.delete_bucket_policy(Bucket=BUCKET)
    assert read(boto3)["ContentLength"] > 0


def test_session_policies_limit_what_assumed_keys_may(solved: Lab) -> None:
    role_may(allow("sts:AssumeRole"), role=scenario.OPERATOR_ROLE, name="assume")
    boto3.client("iam").update_assume_role_policy(
        RoleName=scenario.TRAINING_ROLE,
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::123456789012:role/MeridianAdmin"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )
    role = {"RoleArn": f"arn:aws:iam::123456789012:role/{scenario.TRAINING_ROLE}", "RoleSessionName": "small"}
    given = boto3.client("sts").assume_role(**role, Policy=document(allow("s3:ListBucket")))["Credentials"]
    keys = Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    with solved.session_in(solved.names.subnet_a, keys=keys) as session:
        assert "because no session policy allows" in refused(lambda: read(session))[1]


def test_a_role_that_trusts_somebody_else_cannot_be_assumed(lab: Lab) -> None:
    role = {"RoleArn": f"arn:aws:iam::123456789012:role/{scenario.TRAINING_ROLE}", "RoleSessionName": "name"}
    code, message = refused(lambda: boto3.client("sts").assume_role(**role))
    assert code == "AccessDenied"
    assert message.startswith(f"User: {ADMIN} is not authorized to perform: sts:AssumeRole on resource: ")


FORMS = [
    ("ec2", lambda client: client.describe_vpcs(), "UnauthorizedOperation", 403),
    ("sagemaker", lambda client: client.list_training_jobs(), "AccessDeniedException", 400),
    ("logs", lambda client: client.describe_log_groups(), "AccessDeniedException", 400),
    ("kms", lambda client: client.list_keys(), "AccessDeniedException", 400),
    ("iam", lambda client: client.list_roles(), "AccessDenied", 403),
    ("s3", lambda client: client.list_buckets(), "AccessDenied", 403),
    ("lambda", lambda client: client.list_functions(), "AccessDeniedException", 403),
]


@pytest.mark.parametrize(("service", "call", "code", "status"), FORMS, ids=[form[0] for form in FORMS])
def test_each_service_refuses_in_its_own_form(
    lab: Lab, service: str, call: Call, code: str, status: int
) -> None:
    role_may(allow("sns:*"))
    client = lab.session_on_internet(role=scenario.TRAINING_ROLE).client(service)
    with pytest.raises(ClientError, match="because no identity-based policy allows the") as raised:
        call(client)
    answer = raised.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert "no identity-based policy" in told(lab, raised.value)


UNKNOWN = [
    ("ec2", lambda client: client.describe_vpcs(), "AuthFailure"),
    ("sagemaker", lambda client: client.list_training_jobs(), "UnrecognizedClientException"),
    ("sts", lambda client: client.get_caller_identity(), "InvalidClientTokenId"),
    ("s3", lambda client: client.list_buckets(), "InvalidAccessKeyId"),
]


@pytest.mark.parametrize(("service", "call", "code"), UNKNOWN, ids=[row[0] for row in UNKNOWN])
def test_keys_that_nobody_owns(lab: Lab, service: str, call: Call, code: str) -> None:
    client = lab.session_on_internet(Keys("AKIANOBODY", "x")).client(service)
    assert refused(lambda: call(client))[0] == code


def test_a_key_that_was_deactivated(lab: Lab) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="ana")
    made = iam.create_access_key(UserName="ana")["AccessKey"]
    sts = lab.session_on_internet(Keys(made["AccessKeyId"], made["SecretAccessKey"])).client("sts")
    assert sts.get_caller_identity()["Arn"].endswith(":user/ana")
    iam.update_access_key(UserName="ana", AccessKeyId=made["AccessKeyId"], Status="Inactive")
    assert refused(sts.get_caller_identity)[0] == "InvalidClientTokenId"


def test_other_services_need_an_endpoint_of_their_own_and_its_leave(solved: Lab) -> None:
    """STS from subnet A: no way; an interface endpoint is a way; its policy is one more gate."""

    def identify(session: Any) -> Any:
        return session.client("ec2").describe_vpcs()

    role_may(allow("ec2:*"))
    with pytest.raises(ConnectTimeoutError):
        inside(solved, identify)
    ec2 = boto3.client("ec2")
    ec2.modify_vpc_attribute(VpcId=solved.names.vpc, EnableDnsSupport={"Value": True})
    group = ec2.create_security_group(GroupName="ends", Description="-", VpcId=solved.names.vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.20.0.0/16"
    )
    made = ec2.create_vpc_endpoint(
        VpcId=solved.names.vpc,
        ServiceName="com.amazonaws.us-east-1.ec2",
        VpcEndpointType="Interface",
        SubnetIds=[solved.names.subnet_b],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    assert inside(solved, identify)["Vpcs"]
    nothing = document({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"})
    ec2.modify_vpc_endpoint(VpcEndpointId=made, PolicyDocument=nothing)
    code, message = refused(lambda: inside(solved, identify))
    assert code == "UnauthorizedOperation"
    assert message.endswith("with an explicit deny in a VPC endpoint policy")


def test_a_job_is_refused_as_anybody_else(solved: Lab) -> None:
    bucket_says(
        deny("s3:GetObject", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Meridian*"}})
    )
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_training_job(**{**solved.job, "TrainingJobName": "denied"})
    solved.wait("denied")
    found = sagemaker.describe_training_job(TrainingJobName="denied")
    assert found["TrainingJobStatus"] == "Failed"
    assert "AccessDenied" in found["FailureReason"]


def test_creating_a_job_needs_leave_to_pass_its_role(solved: Lab) -> None:
    iam = boto3.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    iam.create_role(RoleName="Scientist", AssumeRolePolicyDocument=json.dumps(trust))
    role_may(allow("sagemaker:*"), role="Scientist", name="sagemaker")
    client = solved.session_on_internet(role="Scientist").client("sagemaker")
    code, message = refused(lambda: client.create_training_job(**solved.job))
    assert code == "AccessDeniedException"
    assert "is not authorized to perform: iam:PassRole on resource: " in message


def test_deleting_many_objects_is_decided_one_by_one(solved: Lab) -> None:
    """*DeleteObjects*: the answer is 200, and says of each key what became of it."""
    role_may(allow("s3:DeleteObject", f"{ARN}/code/*"), allow("s3:ListBucket"), allow("s3:GetObject"))
    keys = [scenario.CODE_KEY, KEY]

    def delete(session: Any) -> Any:
        wanted = {"Objects": [{"Key": key} for key in keys]}
        return session.client("s3").delete_objects(Bucket=BUCKET, Delete=wanted)

    answer = inside(solved, delete)
    assert [item["Key"] for item in answer["Deleted"]] == [scenario.CODE_KEY]
    assert [(item["Key"], item["Code"]) for item in answer["Errors"]] == [(KEY, "AccessDenied")]
    assert "s3:DeleteObject" in answer["Errors"][0]["Message"]
    assert refused(lambda: boto3.client("s3").head_object(Bucket=BUCKET, Key=scenario.CODE_KEY))[0] == "404"
    assert read(boto3)["ContentLength"] > 0


def test_the_ledger_remembers_what_was_decided(solved: Lab) -> None:
    bucket_says(only_through("vpce-0"))
    refused(lambda: inside(solved))
    attempt = [one for one in solved.ledger if one.operation == "GetObject"][-1]
    assert (attempt.status, attempt.code, attempt.principal) == (403, "AccessDenied", JOB)
    assert attempt.endpoint == solved.names.s3_endpoint
    assert attempt.source_address.startswith("10.20.1.")
    assert attempt.access_key.startswith("ASIA")
    assert attempt.decision is not None
    assert not attempt.decision.allowed


def test_moto_never_decides(solved: Lab) -> None:
    """A canary: where our policies allow, a bucket policy that moto would read as a denial changes nothing."""
    bucket_says(only_through(solved.names.s3_endpoint))
    assert inside(solved)["ContentLength"] > 0
    s3 = boto3.client("s3")
    s3.put_bucket_policy(
        Bucket=BUCKET,
        Policy=document(deny("s3:*", Condition={"StringEquals": {"aws:PrincipalAccount": "999988887777"}})),
    )
    assert read(boto3)["ContentLength"] > 0


def test_explaining_tells_the_way_and_the_decision(solved: Lab) -> None:
    bucket_says(only_through(solved.names.s3_endpoint))
    with pytest.raises(ClientError) as raised:
        read(boto3)
    explained = told(solved, raised.value)
    assert "The network let it through" in explained
    assert "aws:SourceVpce is absent: the call came from the internet" in explained
