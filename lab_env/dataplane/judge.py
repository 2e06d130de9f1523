"""May the call go on? Each call that arrives is decided here: by whom, by which way, for what.

Decisions on S3 calls are kept, by everything that they depend on, until something that decides may have changed.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from urllib.parse import unquote

from botocore.awsrequest import AWSPreparedRequest

from lab_env.access import AccessDecision, AccessRequest, decide
from lab_env.access.keys import KeyNotFound
from lab_env.access.steps import BucketNotFound
from lab_env.cloud.call import ApiCall
from lab_env.cloud.mock import MockCloud
from lab_env.cloud.refusals import AwsError
from lab_env.cloud.rest_operations import rest_operation
from lab_env.dataplane.bucket_settings import refused_by_settings
from lab_env.dataplane.deletions import Named, named_in
from lab_env.dataplane.denials import denied, unknown_key, unsigned
from lab_env.dataplane.parameters import headers_of, parameters_of, query_of
from lab_env.dataplane.places import Place
from lab_env.dataplane.principals import ANONYMOUS, Signer, signer_of
from lab_env.dataplane.service_state import ServiceReader
from lab_env.dataplane.trail_buckets import refused_by_log_bucket
from lab_env.errors import NotModelled
from lab_env.network import Trace
from lab_env.policy import Decision
from lab_env.snapshot.state import BucketEncryption

# A workshop day's different calls; beyond that they are decided again.
LONGEST = 5_000
# These take no signature (AWS STS API Reference).
UNSIGNED = frozenset({"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"})
_READS = frozenset({"GetObject", "HeadObject"})
# Changing an object changes nothing that decides on others.
_OF_OBJECTS = frozenset({"DeleteObjects"})
_OF_TIME = frozenset({"aws:currenttime", "aws:epochtime", "s3:signatureage"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a call at AWS's door.

    Attributes:
        signer: who sent it; ``None`` when its key is nobody's.
        request: the call as policies see it; ``None`` when it was never asked.
        decision: ``None`` when there was nothing to decide (no such bucket, another Region's endpoint).
        error: what AWS answers instead of going on.
        kept: objects that stay, of those that one call would delete, and why.
    """

    signer: Signer | None
    request: AccessRequest | None = None
    decision: AccessDecision | None = None
    error: AwsError | None = None
    kept: Mapping[Named, AwsError] = field(default_factory=lambda: MappingProxyType({}))


UNJUDGED = Judgement(None)
"""Of a call that did not arrive."""


class Judge:
    """Decides calls of the mock cloud.

    Args:
        cloud: where keys and objects are looked up.
        services: the policies.
    """

    def __init__(self, cloud: MockCloud, services: ServiceReader) -> None:
        self._cloud, self._services = cloud, services
        self._signers: dict[str, Signer] = {}
        self._known: dict[Hashable, AccessDecision] = {}

    def signer(self, access_key: str) -> Signer | None:
        """The owner of an access key (`signer_of`, remembered)."""
        found = self._signers.get(access_key) or signer_of(access_key)
        if found is not None:
            self._signers[access_key] = found
        return found

    def forget(self) -> None:
        """Decide anew from now on: the network has changed."""
        self._services.forget("ec2")
        self._known.clear()

    def changed(self, call: ApiCall) -> None:
        """A call has passed that may have changed what decides."""
        if call.service == "s3" and (call.key or call.operation in _OF_OBJECTS):
            return
        # A stack holds resources of any service.
        self._services.forget("" if call.service == "cloudformation" else call.service)
        self._known.clear()
        if call.service in ("iam", "cloudformation"):
            self._signers.clear()

    def judge(
        self, request: AWSPreparedRequest, call: ApiCall, place: Place, way: Trace, now: datetime
    ) -> Judgement:
        """Whether a call that arrived may go on.

        Args:
            request: the HTTP request.
            call: the same, as `ApiCall.of` reads it.
            place: where it came from.
            way: how.
            now: when.
        """
        if not call.operation:
            what = (
                f"the lab does not know which operation of {call.service} this is: {call.method} {call.path}."
            )
            raise NotModelled(what, do="Its policies cannot decide.")
        json = "X-Amz-Target" in request.headers
        signer = self.signer(call.access_key)
        if signer is None:
            return Judgement(None, error=unknown_key(call, json=json))
        if signer.arn == ANONYMOUS and call.service != "s3" and call.operation not in UNSIGNED:
            return Judgement(signer, error=unsigned(call, json=json))
        asked = self._asked(request, call, signer, now)
        if call.service == "s3" and not self._judges(call):
            return Judgement(signer, asked)
        if call.operation in _OF_OBJECTS:
            return self._of_many(request, asked, call, place, way, signer)
        try:
            decision = self._decide(asked, call, place, way)
        except BucketNotFound:
            return Judgement(signer, asked)
        except KeyNotFound as error:
            # KMS says by itself that it has no such key; S3 says it in KMS's name.
            found = AwsError("KMS.NotFoundException", f"Key '{error.where}' does not exist", 400)
            return Judgement(signer, asked, error=None if call.service == "kms" else found)
        if not decision.allowed:
            refused: AwsError | None = denied(call, decision, json=json)
        elif call.service == "s3":
            refused = refused_by_settings(request, asked, decision, self._services.state())
        elif call.service == "cloudtrail":
            refused = refused_by_log_bucket(asked, self._services.state())
        else:
            refused = None
        return Judgement(signer, asked, decision, refused)

    def _of_many(
        self,
        request: AWSPreparedRequest,
        asked: AccessRequest,
        call: ApiCall,
        place: Place,
        way: Trace,
        signer: Signer,
    ) -> Judgement:
        """Each object that a call would delete, decided by itself; the decision is the first denial's, if any."""
        kept: dict[Named, AwsError] = {}
        shown: AccessDecision | None = None
        for key, version in named_in(request):
            query = {"versionId": version} if version else {}
            one = replace(asked, operation="s3:DeleteObject", key=key, query=query)
            own = replace(call, operation="DeleteObject", key=key, query=f"versionId={version}")
            decision = self._decide(one, own, place, way)
            if not decision.allowed:
                kept[key, version] = denied(own, decision, json=False)
            if shown is None or (shown.allowed and not decision.allowed):
                shown = decision
        return Judgement(signer, asked, shown, kept=kept)

    def of_missing_key(self, judged: Judgement, call: ApiCall, place: Place, way: Trace) -> Judgement:
        """What a reader of an object that is not there gets: who may not list the bucket is not told that.

        *GetObject*, *HeadObject* (Amazon S3 API Reference): 404 with ``s3:ListBucket``, 403 without.
        """
        asked = judged.request
        if asked is None or call.operation not in _READS or not self._judges(call):
            return judged
        listing = replace(asked, operation="s3:ListBucket", key="", query={})
        decision = self._decide(listing, replace(call, operation="ListBucket", key="", query=""), place, way)
        if decision.allowed:
            return judged
        return replace(judged, decision=decision, error=denied(call, decision, json=False))

    def _judges(self, call: ApiCall) -> bool:
        """Whether S3 comes to a decision: not on a bucket that is not there, or that another Region's endpoint has."""
        from lab_env.cloud.s3 import bucket_region, check

        if not call.bucket or call.operation == "CreateBucket":
            return True
        try:
            check(call)
        except AwsError:
            return False
        return bucket_region(call.bucket) is not None

    def _asked(
        self, request: AWSPreparedRequest, call: ApiCall, signer: Signer, now: datetime
    ) -> AccessRequest:
        of_s3 = call.service == "s3"
        return AccessRequest(
            signer.arn,
            f"{call.service}:{call.operation}",
            call.bucket,
            call.key,
            secure=request.url.startswith("https:"),
            headers=headers_of(request),
            query=query_of(call),
            params={} if of_s3 else parameters_of(request),
            region=call.region,
            encryption=_stored(call) if of_s3 else None,
            source=_copied(request) if of_s3 else None,
            session=signer.session,
            time=now,
            context={"aws:userid": signer.user_id} if signer.user_id else {},
        )

    def _decide(self, asked: AccessRequest, call: ApiCall, place: Place, way: Trace) -> AccessDecision:
        if call.service != "s3":
            return decide(way, asked, self._services.state())
        key = (
            (place.source, call.host, call.access_key, call.operation, call.bucket, call.key, call.query),
            (asked.secure, asked.encryption, asked.source, *asked.headers.items()),
        )
        found = self._known.get(key)
        if found is None:
            found = decide(way, asked, self._services.state())
            if len(self._known) >= LONGEST:
                self._known.clear()
            if not any(_asks_time(decision) for decision in found.decisions):
                self._known[key] = found
        return found


def named(call: ApiCall) -> ApiCall:
    """The call with its operation, where only the service's model tells it."""
    if call.operation or call.service == "s3":
        return call
    return replace(call, operation=rest_operation(call.service, call.method, call.path))


def _asks_time(decision: Decision) -> bool:
    """Whether a later moment may be decided otherwise."""
    return any(
        condition.key.lower() in _OF_TIME
        for policy in decision.policies.every
        for statement in policy.statements
        for condition in statement.conditions
    )


def _stored(call: ApiCall) -> BucketEncryption | None:
    """How the object that is read is encrypted; ``None`` where nothing is read, or nothing is there."""
    if not call.key or call.method not in {"GET", "HEAD"}:
        return None
    version = dict(part.partition("=")[::2] for part in call.query.split("&")).get("versionId", "")
    return _of_object(call.bucket, call.key, version)


def _copied(request: AWSPreparedRequest) -> BucketEncryption | None:
    """How the object that is copied is encrypted."""
    header = request.headers.get("x-amz-copy-source")
    if not header:
        return None
    text = header.decode() if isinstance(header, bytes) else header
    path, _, version = text.partition("?versionId=")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    return _of_object(bucket, key, version)


def _of_object(bucket: str, key: str, version: str) -> BucketEncryption:
    from lab_env.cloud.s3_objects import object_encryption

    found = object_encryption(bucket, key, version)
    # An object that is not there is no reason to ask KMS.
    return BucketEncryption(*found) if found is not None else BucketEncryption("")
