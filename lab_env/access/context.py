"""From the way a call took, and from the call itself, to the condition keys that AWS sets for it.

*AWS global condition context keys*; *Actions, resources, and condition keys for Amazon S3*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from urllib.parse import parse_qsl

from lab_env.access.request import AccessRequest
from lab_env.network.flow import Exit, InternetSource, OnPremisesSource, ServiceSource, Trace
from lab_env.policy.catalogue import condition_key
from lab_env.snapshot.state import ServiceState

# The services whose calls carry the endpoint's VPC by ARN and its owner (the keys' own pages list them).
_NAMES_OWNER = frozenset({"s3", "kms", "ecr", "iam"})
_OF_ENDPOINT = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp", "aws:SourceVpcArn", "aws:VpceAccount")
# S3's keys that are named otherwise than the header or parameter they come from.
_HEADERS = {
    "if-match": "s3:if-match",
    "if-none-match": "s3:if-none-match",
    "x-amz-object-lock-mode": "s3:object-lock-mode",
    "x-amz-object-lock-legal-hold": "s3:object-lock-legal-hold",
    "x-amz-object-lock-retain-until-date": "s3:object-lock-retain-until-date",
    "user-agent": "aws:UserAgent",
    "referer": "aws:referer",
}
_LISTING = {"prefix": "s3:prefix", "delimiter": "s3:delimiter", "max-keys": "s3:max-keys"}
_LISTS = frozenset({"ListObjects", "ListObjectsV2", "ListObjectVersions", "ListBucket", "ListBucketVersions"})
_SIGNED_AT = re.compile(r"\d{8}T\d{6}Z")

Keys = dict[str, object]


def network_keys(way: Trace, service: str, state: ServiceState) -> tuple[Keys, dict[str, str]]:
    """The keys that the way settles, and why the others are absent.

    Args:
        way: a trace that reached AWS.
        service: the action's prefix.
        state: tells the VPC of each endpoint.
    """
    if way.endpoint is None:
        reason = f"the call came {_by(way)}"
        return {"aws:SourceIp": str(way.source_seen)}, dict.fromkeys(_OF_ENDPOINT, reason)
    found: Keys = {"aws:SourceVpce": way.endpoint, "aws:VpcSourceIp": str(way.source_seen)}
    absent = {"aws:SourceIp": f"the call came through {way.endpoint}, where the private address counts"}
    arn = state.endpoint_vpcs.get(way.endpoint, "")
    if arn:
        found["aws:SourceVpc"] = arn.rpartition("/")[2]
        if service in _NAMES_OWNER:
            found |= {"aws:SourceVpcArn": arn, "aws:VpceAccount": arn.split(":")[4]}
    return found, absent


def _by(way: Trace) -> str:
    """The way in words: ``through nat-…``."""
    gateways = [hop.resource for hop in way.forward if hop.kind in ("nat-gateway", "internet-gateway")]
    source = way.flow.source
    if gateways:
        return f"through {gateways[0]}"
    if isinstance(source, InternetSource):
        return "from the internet"
    if isinstance(source, ServiceSource):
        return f"from {source.service}'s own network"
    if isinstance(source, OnPremisesSource):
        return f"from {source.site}"
    return "through no VPC endpoint" if way.exit is Exit.NONE else f"by {way.exit.value}"


def via_service(service: str) -> dict[str, str]:
    """Why the keys of the network are absent from a call that a service makes on the caller's behalf."""
    reason = f"{service} makes this call itself, from AWS's own network"
    return dict.fromkeys((*_OF_ENDPOINT, "aws:SourceIp"), reason)


def call_keys(request: AccessRequest) -> Keys:
    """The keys that the call itself settles, whatever it is asked for."""
    found: Keys = {"aws:SecureTransport": request.secure, "aws:RequestedRegion": request.region}
    if request.time is not None:
        found["aws:CurrentTime"] = request.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found["aws:EpochTime"] = int(request.time.timestamp())
    for header, key in _HEADERS.items():
        if header in request.headers and (key.startswith("aws:") or request.service == "s3"):
            found[key] = request.headers[header]
    return found


def organization_keys(caller: str, owner: str, state: ServiceState) -> Keys:
    """The organizations of caller and resource, where their accounts are in one."""
    found: Keys = {}
    if caller in state.organizations:
        found["aws:PrincipalOrgID"] = state.organizations[caller]
    if owner in state.organizations:
        found["aws:ResourceOrgID"] = state.organizations[owner]
    return found


def s3_keys(request: AccessRequest) -> Keys:
    """S3's own keys: from headers, query and signature."""
    found: Keys = {}
    for header, value in request.headers.items():
        if header.startswith("x-amz-") and _known(f"s3:{header}"):
            found[f"s3:{header}"] = value
    if request.name in _LISTS:
        found |= {key: request.query[name] for name, key in _LISTING.items() if name in request.query}
    if "versionId" in request.query:
        found["s3:VersionId"] = request.query["versionId"]
    if tags := request.headers.get("x-amz-tagging"):
        found |= _tag_keys(parse_qsl(tags, keep_blank_values=True))
    return found | dict(_signature(request))


@cache
def _known(key: str) -> bool:
    return condition_key(key) is not None


def _tag_keys(tags: list[tuple[str, str]]) -> Keys:
    named: Keys = {f"s3:RequestObjectTag/{name}": value for name, value in tags}
    return named | {"s3:RequestObjectTagKeys": [name for name, _ in tags]}


def _signature(request: AccessRequest) -> Iterator[tuple[str, object]]:
    """How it is signed (*Amazon S3 Signature Version 4 authentication specific policy keys*)."""
    query = request.query
    if "X-Amz-Algorithm" in query:
        yield from (("s3:authType", "REST-QUERY-STRING"), ("s3:signatureversion", query["X-Amz-Algorithm"]))
        age = _age(query.get("X-Amz-Date", ""), request.time)
        if age is not None:
            yield "s3:signatureAge", age
    elif request.principal != "anonymous":
        yield from (("s3:authType", "REST-HEADER"), ("s3:signatureversion", "AWS4-HMAC-SHA256"))


def _age(signed: str, now: datetime | None) -> int | None:
    if now is None or not _SIGNED_AT.fullmatch(signed):
        return None
    at = datetime.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return int((now - at).total_seconds() * 1000)


def merged(*parts: Mapping[str, object]) -> Keys:
    """The keys of all parts; later ones count."""
    found: Keys = {}
    for part in parts:
        found |= part
    return found
