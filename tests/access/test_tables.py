"""The tables of actions name what there is."""

from __future__ import annotations

from lab_env.access import AccessRequest
from lab_env.access.tables import tables
from lab_env.policy import catalogue

SOURCE = tables()
# Directory buckets, Object Lambda and S3 Tables are not modelled; the two names of lifecycle are no longer sent.
LEFT_OUT = {
    "CreateBucketMetadataConfiguration",
    "CreateSession",
    "DeleteBucketMetadataConfiguration",
    "GetBucketLifecycle",
    "GetBucketMetadataConfiguration",
    "ListDirectoryBuckets",
    "PutBucketLifecycle",
    "RenameObject",
    "WriteGetObjectResponse",
}


def actions() -> set[str]:
    found = {f"s3:{name}" for name in (*SOURCE["s3"].values(), *SOURCE["s3_versions"].values())}
    found |= {f"s3:{action}" for asked in SOURCE["s3_headers"].values() for action in asked.values()}
    for table in (SOURCE["resources"], SOURCE["passes"]):
        found |= {f"{service}:{name}" for service, named in table.items() for name in named}
    return found


def test_every_action_is_one_of_awss() -> None:
    assert sorted(name for name in actions() if catalogue.action(name) is None) == []


def test_every_s3_operation_comes_to_an_action_of_awss() -> None:
    from botocore.session import Session

    names = Session().get_service_model("s3").operation_names
    told = {name: SOURCE["s3"].get(name, name) for name in names}
    left = {name for name, action in told.items() if catalogue.action(f"s3:{action}") is None}
    assert left == LEFT_OUT


def test_every_service_with_resources_has_an_opening() -> None:
    assert set(SOURCE["resources"]) - {"sts"} <= set(SOURCE["arns"])


def test_a_call_goes_to_the_host_that_clients_ask() -> None:
    from botocore.session import Session

    asked = {"sts": "sts", "kms": "kms", "logs": "logs", "ecr": "ecr", "sagemaker": "sagemaker"}
    for prefix, service in (
        asked | {"cloudwatch": "cloudwatch", "dynamodb": "dynamodb", "ec2": "ec2"}
    ).items():
        client = Session().create_client(
            service, "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        host = client.meta.endpoint_url.removeprefix("https://")
        assert AccessRequest("anonymous", f"{prefix}:Any").host == host
