"""Which AWS service and Region a host name under ``amazonaws.com`` belongs to.

*AWS service endpoints* (AWS General Reference), *Amazon S3 endpoints*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab_env.errors import NotModelled

SUFFIX = ".amazonaws.com"
GLOBAL_REGION = "us-east-1"

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_S3_DASH = re.compile(r"s3-(?P<website>website-)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)")
# The one service whose customers' addresses must not be mistaken for its API's: AWS lists the API under AMAZON.
_RANGE_OF = {"ec2": "amazon"}
# What AWS calls a service in its endpoint services' names, where that is not its DNS labels turned round.
_ENDPOINT_SERVICE = {
    "streams.dynamodb": "dynamodb-streams",
    "ddb": "dynamodb",
    "codeartifact": "codeartifact.api",
    "d.codeartifact": "codeartifact.repositories",
    "s3-accesspoint": "s3",
    "s3-control": "s3",
    "s3-website": "s3",
}
_LOUD = {
    "dualstack": "dual-stack endpoint names",
    "s3-accelerate": "S3 Transfer Acceleration",
    "s3-global": "S3 Multi-Region Access Points",
    "elb": "Elastic Load Balancing names",
    "compute": "EC2's public DNS names",
    "compute-1": "EC2's public DNS names",
    "rds": "RDS instance names",
}
# These stand with a customer's own label before them: any number of labels is one service.
_WITH_CUSTOMER_LABEL = (
    "s3",
    "s3-accesspoint",
    "s3-control",
    "s3-website",
    "dkr.ecr",
    "ddb",
    "d.codeartifact",
)


@dataclass(frozen=True, slots=True)
class AwsName:
    """An AWS service's host name, taken apart.

    Attributes:
        service: the service as ``ip-ranges.json`` lists it (``s3``), or its DNS label when it has no list of its own.
        region: the Region it is served from.
        endpoint_service: the name of its endpoint service without ``com.amazonaws.<region>.`` (``sagemaker.api``).
        regional: whether the name holds its Region in today's form: only such names get private DNS (AWS PrivateLink
            for Amazon S3: no legacy global, dash-Region and website names).
    """

    service: str
    region: str
    endpoint_service: str
    regional: bool = True


def parse(name: str) -> AwsName | None:
    """The AWS service behind a host name; ``None`` for names outside ``amazonaws.com``.

    Raises:
        NotModelled: dual-stack, FIPS, s3express, accelerated and load balancer names, and AWS's China partition.
    """
    if name.endswith(".amazonaws.com.cn"):
        raise NotModelled("AWS's China partition.", where=name)
    if not name.endswith(SUFFIX):
        return None
    labels = name[: -len(SUFFIX)].split(".")
    _refuse(name, labels)
    if _REGION.fullmatch(labels[-1]):
        return _service(".".join(labels[:-1]), labels[-1], regional=True)
    dashed = _S3_DASH.fullmatch(labels[-1])
    if dashed:
        return AwsName("s3", dashed["region"], "s3", regional=False)
    # With no Region: the legacy global names of S3 and STS, and the global services, all served from one Region.
    return _service(".".join(labels), GLOBAL_REGION, regional=False)


def _refuse(name: str, labels: list[str]) -> None:
    for label in labels:
        if label in _LOUD:
            raise NotModelled(f"{_LOUD[label]}.", where=name)
        if label.startswith("s3express"):
            raise NotModelled("S3 directory buckets (s3express).", where=name)
        if label == "fips" or label.endswith("-fips") or label.startswith("fips-"):
            raise NotModelled("FIPS endpoint names.", where=name)


def _service(labels: str, region: str, *, regional: bool) -> AwsName:
    for known in _WITH_CUSTOMER_LABEL:
        if labels == known or labels.endswith("." + known):
            labels = known
    turned = _ENDPOINT_SERVICE.get(labels, ".".join(reversed(labels.split("."))))
    first = turned.split(".", 1)[0]
    website = labels == "s3-website"
    return AwsName(_RANGE_OF.get(first, first), region, turned, regional=regional and not website)
