"""CloudTrail's events: what AWS notes of each call that reached it.

*CloudTrail record contents*, *CloudTrail userIdentity element*, *Logging network activity events* (AWS CloudTrail User
Guide), *Amazon S3 CloudTrail events* (Amazon S3 User Guide). A call that timed out on its way is in no trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from lab_env.cloud.call import ApiCall
from lab_env.policy.principals import Caller, CallerKind

VERSION = "1.11"
DATA, MANAGEMENT, NETWORK = "Data", "Management", "NetworkActivity"
# Calls on objects, and a few on buckets, are data events; everything else manages something.
_LISTS = frozenset({"ListObjects", "ListObjectsV2", "ListObjectVersions", "HeadBucket"})
_ON_BUCKETS = _LISTS | {"DeleteObjects"}
_NAMES = {"ListObjectsV2": "ListObjects"}
_SOURCES = {
    "logs": "logs.amazonaws.com",
    "monitoring": "monitoring.amazonaws.com",
    "ecr": "ecr.amazonaws.com",
}
# What CloudTrail calls read-only beside what its name says.
_OPENS = frozenset(
    {*_LISTS, "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "AssumeRole"}
)
DENIED_BY_ENDPOINT = "VpceAccessDenied"
ENDPOINT_MESSAGE = "The request was denied due to a VPC endpoint policy"


@dataclass(frozen=True, slots=True)
class ApiEvent:
    """One call that reached AWS, as CloudTrail knows it.

    Attributes:
        call: the call.
        time: when (UTC).
        principal: ARN of the caller; ``anonymous``.
        address: the address that AWS saw.
        category: ``Management``, ``Data`` or ``NetworkActivity``.
        recipient: the account whose trails are told.
        owner: the account that owns the resource.
        endpoint: the VPC endpoint it came through; empty: none.
        endpoint_owner: whose endpoint that is.
        error: AWS's error code; empty when there was none.
        message: AWS's error message.
        params: its parameters, as far as they are known.
        agent: its ``User-Agent``.
        sent: bytes of its body.
        received: bytes of the answer's body.
        secure: whether it came by HTTPS.
        request_id: of the answer, the same in S3's access log; empty: one is made.
    """

    call: ApiCall
    time: datetime
    principal: str
    address: str
    category: str
    recipient: str
    owner: str
    endpoint: str = ""
    endpoint_owner: str = ""
    error: str = ""
    message: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    agent: str = ""
    sent: int = 0
    received: int = 0
    secure: bool = True
    request_id: str = ""

    @property
    def read_only(self) -> bool:
        """Whether the operation changes nothing."""
        return self.call.operation in _OPENS or not self.call.mutates

    @property
    def source(self) -> str:
        """``s3.amazonaws.com``."""
        return _SOURCES.get(self.call.service, f"{self.call.service}.amazonaws.com")

    @property
    def name(self) -> str:
        """``GetObject``."""
        return _NAMES.get(self.call.operation, self.call.operation)

    @property
    def kind(self) -> str:
        """``eventType``."""
        return "AwsVpceEvent" if self.category == NETWORK else "AwsApiCall"

    def fields(self) -> dict[str, str]:
        """What a trail's selectors look at (`Trail.records`)."""
        found = {
            "eventCategory": self.category,
            "eventName": self.name,
            "eventSource": self.source,
            "eventType": self.kind,
            "readOnly": "true" if self.read_only else "false",
            "errorCode": self.error,
            "vpcEndpointId": self.endpoint,
            "userIdentity.arn": self.principal,
        }
        if self.category == DATA:
            # Of a listing, the bucket with the slash that selectors end with.
            found["resources.type"] = "AWS::S3::Object"
            found["resources.ARN"] = f"arn:aws:s3:::{self.call.bucket}/{self.call.key}"
        return found

    def record(self) -> dict[str, Any]:
        """The event as CloudTrail writes it."""
        written: dict[str, Any] = {
            "eventVersion": VERSION,
            "userIdentity": identity(self.principal, self.call.access_key, self.recipient),
            "eventTime": f"{self.time:%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": self.source,
            "eventName": self.name,
            "awsRegion": self.call.region or "us-east-1",
            "sourceIPAddress": self.address,
            "userAgent": f"[{self.agent}]",
        }
        if self.error:
            written |= {"errorCode": self.error, "errorMessage": self.message}
        written |= {"requestParameters": self._parameters(), "responseElements": None}
        if self.category == DATA:
            written["additionalEventData"] = self._additional()
        written |= {
            "requestID": self.request_id or self._id("request")[:16].upper(),
            "eventID": uuid_of(self._id(f"event {self.recipient} {self.category}")),
            "readOnly": self.read_only,
        }
        if resources := self._resources():
            written["resources"] = resources
        written |= {
            "eventType": self.kind,
            "managementEvent": self.category == MANAGEMENT,
            "recipientAccountId": self.recipient,
            "eventCategory": self.category,
        }
        return written | self._way()

    def _way(self) -> dict[str, Any]:
        shared = Caller.parse(self.principal).account != self.owner and self.category == DATA
        found: dict[str, Any] = {"sharedEventID": uuid_of(self._id("shared"))} if shared else {}
        if self.endpoint:
            found |= {"vpcEndpointId": self.endpoint, "vpcEndpointAccountId": self.endpoint_owner}
        if self.secure:
            found["tlsDetails"] = {"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": self.call.host}
        return found

    def _parameters(self) -> dict[str, Any] | None:
        if self.call.service != "s3":
            return dict(self.params) or None
        named = {"bucketName": self.call.bucket, "Host": self.call.host, "key": self.call.key}
        return {name: value for name, value in (named | dict(self.params)).items() if value}

    def _additional(self) -> dict[str, Any]:
        signed = {"SignatureVersion": "SigV4", "AuthenticationMethod": "AuthHeader"}
        bytes_of = {"bytesTransferredIn": self.sent, "bytesTransferredOut": self.received}
        return (signed if self.call.access_key else {}) | bytes_of

    def _resources(self) -> list[dict[str, str]]:
        bucket = self.call.bucket
        if not bucket:
            return []
        found = [{"accountId": self.owner, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}]
        if self.call.key:
            found.insert(0, {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{self.call.key}"})
        return found

    def _id(self, what: str) -> str:
        known = (what, self.time.isoformat(), self.call.access_key, self.call.operation, self.call.path)
        return sha256("\n".join(known).encode()).hexdigest()


def category(call: ApiCall) -> str:
    """Whether CloudTrail counts a call among management or data events."""
    of_data = call.service == "s3" and (call.key or call.operation in _ON_BUCKETS)
    return DATA if of_data else MANAGEMENT


def uuid_of(digest: str) -> str:
    """Hexadecimal digits in the form of a UUID."""
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def identity(principal: str, access_key: str, recipient: str) -> dict[str, Any]:
    """The ``userIdentity`` element, as the recipient's trail shows it.

    Args:
        principal: ARN of the caller, or ``anonymous``.
        access_key: id of the key that signed.
        recipient: the account whose trail it is: of strangers it learns the account alone.
    """
    caller = Caller.parse(principal)
    if caller.kind is CallerKind.ANONYMOUS:
        return {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}
    if caller.kind is CallerKind.SERVICE:
        return {"type": "AWSService", "invokedBy": principal}
    unique = _unique_id(caller)
    if caller.account != recipient:
        return {"type": "AWSAccount", "principalId": unique, "accountId": caller.account}
    known = {"principalId": unique, "arn": principal, "accountId": caller.account, "accessKeyId": access_key}
    if caller.kind is CallerKind.ROOT:
        return {"type": "Root", **known}
    if caller.kind is CallerKind.USER:
        return {"type": "IAMUser", **known, "userName": caller.name}
    return {"type": "AssumedRole", **known, "sessionContext": _session(caller, unique)}


def _unique_id(caller: Caller) -> str:
    """``principalId``: the same for all calls of one principal."""
    if caller.kind is CallerKind.ROOT:
        return caller.account
    number = sha256(caller.principal_arn.encode()).hexdigest()[:17].upper()
    if caller.kind is CallerKind.USER:
        return f"AIDA{number}"
    return ":".join((f"AROA{number}", *caller.arn.split("/")[2:]))


def _session(caller: Caller, unique: str) -> dict[str, Any]:
    issuer = {
        "type": "Role",
        "principalId": unique.partition(":")[0],
        "arn": caller.principal_arn,
        "accountId": caller.account,
        "userName": caller.name,
    }
    return {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}}


def trail_key(prefix: str, account: str, region: str, time: datetime, digest: str) -> str:
    """The key of a log file (*Finding your CloudTrail log files*).

    Args:
        prefix: the trail's ``S3KeyPrefix``; empty: none.
        account: whose events they are.
        region: where they happened.
        time: when the file was made (UTC).
        digest: sixteen characters that tell files apart.
    """
    folder = f"{prefix}/" if prefix else ""
    place = f"AWSLogs/{account}/CloudTrail/{region}/{time:%Y/%m/%d}"
    return f"{folder}{place}/{account}_CloudTrail_{region}_{time:%Y%m%dT%H%MZ}_{digest}.json.gz"
