"""AWS host names: which service, Region, bucket and endpoint a request is addressed to.

Follows *Amazon S3 virtual hosting of buckets*, *AWS PrivateLink for Amazon S3* and *AWS service endpoints*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

DEFAULT_REGION = "us-east-1"

_S3 = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-]dualstack)?(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_ENDPOINT = re.compile(
    r"(?:(?P<prefix>.+)\.)?(?P<endpoint>vpce-[0-9a-f]+)-(?P<suffix>[0-9a-z-]+)\."
    r"(?P<service>[a-z0-9.-]+)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.vpce\.amazonaws\.com"
)
_RENAMED = {"api.sagemaker": "sagemaker", "api.ecr": "ecr"}


@dataclass(frozen=True, slots=True)
class AwsHost:
    """What an AWS host name says.

    ``service`` is botocore's endpoint prefix, except that ``api.sagemaker`` and ``api.ecr`` drop their ``api`` and
    ``runtime.sagemaker`` is ``sagemaker-runtime``; empty when the host is none of AWS's. ``region`` is us-east-1 for
    names without one. ``bucket`` is the bucket of a virtual-hosted S3 name. ``endpoint`` is the id in an
    endpoint-specific name, and ``regional`` the service's ordinary name for the same thing, without the bucket.
    ``named_region`` says whether the name itself held the Region.
    """

    service: str = ""
    region: str = ""
    bucket: str = ""
    endpoint: str = ""
    regional: str = ""
    named_region: bool = False


NOT_AWS = AwsHost()


@lru_cache(maxsize=1024)
def read_host(host: str) -> AwsHost:
    """What a request's host name (without a port) addresses."""
    host = host.lower()
    if not host.endswith(".amazonaws.com"):
        return NOT_AWS
    if host.endswith(".vpce.amazonaws.com"):
        return _endpoint_host(host)
    name = host.removesuffix(".amazonaws.com")
    if match := _S3.fullmatch(name):
        region = match["region"] or ""
        regional = f"s3.{region}.amazonaws.com" if region else "s3.amazonaws.com"
        return AwsHost("s3", region or DEFAULT_REGION, match["bucket"] or "", "", regional, bool(region))
    labels, _, last = name.rpartition(".")
    region = last if _REGION.fullmatch(last) else ""
    return AwsHost(
        _service_name(labels if region else name), region or DEFAULT_REGION, "", "", host, bool(region)
    )


def _endpoint_host(host: str) -> AwsHost:
    match = _ENDPOINT.fullmatch(host)
    if match is None:
        return NOT_AWS
    service, region = _service_name(match["service"]), match["region"]
    # S3's names carry a word more: bucket.vpce-…, or <bucket>.bucket.vpce-… for a virtual-hosted one.
    bucket = (match["prefix"] or "").removesuffix("bucket").removesuffix(".") if service == "s3" else ""
    regional = f"{match['service']}.{region}.amazonaws.com"
    return AwsHost(service, region, bucket, match["endpoint"], regional, named_region=True)


def _service_name(labels: str) -> str:
    if labels in _RENAMED:
        return _RENAMED[labels]
    first, _, last = labels.rpartition(".")
    if not first:
        return last
    # 123456789012.dkr.ecr is one registry of ECR's; runtime.sagemaker is botocore's sagemaker-runtime.
    return f"{last}-{first.rpartition('.')[2]}"
