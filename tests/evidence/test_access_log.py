"""Lines of an S3 access log, field by field."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime

import pytest

from lab_env.cloud.call import ApiCall
from lab_env.evidence.access_log import LoggedRequest, canonical_id, line, log_key, operation

TIME = datetime(2026, 2, 6, 0, 0, 38, tzinfo=UTC)
WHO = "arn:aws:sts::123456789012:assumed-role/MeridianTrainingRole/job-1"


def call(name: str, method: str, key: str = "", query: str = "") -> ApiCall:
    path = f"/{key}"
    return ApiCall(
        "s3", name, "us-east-1", "data.s3.amazonaws.com", "", method, path, "data", key, query=query
    )


def fields(request: LoggedRequest) -> list[str]:
    """The fields of its line: the time is one, and so is whatever stands in quotes."""
    return shlex.split(line(request).replace("[", '"[').replace("]", ']"'))


GET = call("GetObject", "GET", "train/a b.csv", "versionId=1")


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (GET, "REST.GET.OBJECT"),
        (call("HeadObject", "HEAD", "a"), "REST.HEAD.OBJECT"),
        (call("PutObject", "PUT", "a"), "REST.PUT.OBJECT"),
        (call("CopyObject", "PUT", "a"), "REST.COPY.OBJECT"),
        (call("DeleteObject", "DELETE", "a"), "REST.DELETE.OBJECT"),
        (call("DeleteObjects", "POST"), "REST.POST.MULTI_OBJECT_DELETE"),
        (call("ListObjectsV2", "GET"), "REST.GET.BUCKET"),
        (call("UploadPart", "PUT", "a"), "REST.PUT.PART"),
        (call("CreateMultipartUpload", "POST", "a"), "REST.POST.UPLOADS"),
        (call("CompleteMultipartUpload", "POST", "a"), "REST.POST.UPLOAD"),
        (call("PutBucketPolicy", "PUT"), "REST.PUT.BUCKETPOLICY"),
        (call("GetBucketLocation", "GET"), "REST.GET.LOCATION"),
    ],
    ids=lambda value: value.operation if isinstance(value, ApiCall) else None,
)
def test_operations(made, named):
    assert operation(made) == named


def test_a_line_has_the_26_fields_in_their_order():
    found = fields(
        LoggedRequest(GET, "123456789012", TIME, "10.20.1.5", WHO, "3E57427F3", 200, "", 113, "Boto3/1")
    )
    assert len(found) == 26
    assert found[:13] == [
        canonical_id("123456789012"),
        "data",
        "[06/Feb/2026:00:00:38 +0000]",
        "10.20.1.5",
        WHO,
        "3E57427F3",
        "REST.GET.OBJECT",
        "train/a%20b.csv",
        "GET /train/a b.csv?versionId=1 HTTP/1.1",
        "200",
        "-",
        "113",
        "-",
    ]
    assert found[16] == "Boto3/1"
    assert found[19:24] == [
        "SigV4",
        "TLS_AES_128_GCM_SHA256",
        "AuthHeader",
        "data.s3.amazonaws.com",
        "TLSv1.3",
    ]


@pytest.mark.parametrize(
    ("more", "place", "said"),
    [
        ({"status": 403, "error": "AccessDenied"}, 10, "AccessDenied"),
        ({"requester": "anonymous"}, 4, "-"),
        ({"requester": "anonymous"}, 19, "-"),
        ({"requester": "anonymous"}, 21, "-"),
        ({"secure": False}, 20, "-"),
        ({"secure": False}, 23, "-"),
        ({"sent": 0}, 11, "-"),
        ({"agent": 'a "quoted" agent'}, 16, "a %22quoted%22 agent"),
        ({"call": call("ListObjectsV2", "GET")}, 7, "-"),
    ],
)
def test_a_field(more, place, said):
    known = {"call": GET, "owner": "1", "time": TIME, "remote": "203.0.113.50", "requester": WHO}
    assert fields(LoggedRequest(**(known | {"request_id": "1", "status": 200} | more)))[place] == said


def test_the_key_of_a_file():
    assert log_key("s3/data/", TIME, "21112807ceb51c4b") == "s3/data/2026-02-06-00-00-38-21112807CEB51C4B"
