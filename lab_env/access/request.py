"""What is asked: one API call by one principal, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from lab_env.policy import Policy
from lab_env.snapshot.state import BucketEncryption

# The prefix of an action and the host's name differ for these.
_HOSTS = {"sagemaker": "api.sagemaker", "cloudwatch": "monitoring", "ecr": "api.ecr"}
_GLOBAL = frozenset({"iam"})


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """One API call, real or supposed.

    Attributes:
        principal: ARN of the caller: a user, a role, a role's session, an account's root; a service principal; or
            ``anonymous``.
        operation: ``service:Operation``, as the API names it (``s3:ListObjectsV2``); the name of an IAM action
            (``s3:ListBucket``) does as well.
        bucket: for S3, the bucket.
        key: for S3, the object's key.
        resource: ARN. When given, ``operation`` is taken as an IAM action on it and on nothing else: nothing that
            the call would need besides (KMS, ``iam:PassRole``) is asked.
        secure: whether it is sent by HTTPS.
        headers: what matters of its HTTP headers; names in lower case (``x-amz-server-side-encryption``).
        query: what matters of its query string (``prefix``, ``versionId``).
        params: the parameters of other services' calls (``{"RoleArn": …}``).
        region: the Region asked.
        encryption: how the object is or will be encrypted, where that is known; else by the bucket's default and, for
            writing, by ``headers``.
        source: how the object that is copied is encrypted, where that is known.
        session: the session policies of the caller's credentials.
        time: when, for ``aws:CurrentTime``; without it the key is absent.
        context: condition keys beside those that the path and the call settle; ``None`` takes a key away.
    """

    principal: str
    operation: str
    bucket: str = ""
    key: str = ""
    resource: str = ""
    secure: bool = True
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    region: str = "us-east-1"
    encryption: BucketEncryption | None = None
    source: BucketEncryption | None = None
    session: tuple[Policy, ...] = ()
    time: datetime | None = None
    context: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def service(self) -> str:
        """The service's prefix: ``s3``."""
        return self.operation.partition(":")[0]

    @property
    def name(self) -> str:
        """The operation without its service: ``ListObjectsV2``."""
        return self.operation.partition(":")[2]

    @property
    def host(self) -> str:
        """The host name that a client sends it to."""
        service = _HOSTS.get(self.service, self.service)
        if service in _GLOBAL:
            return f"{service}.amazonaws.com"
        name = f"{service}.{self.region}.amazonaws.com"
        return f"{self.bucket}.{name}" if self.bucket else name

    @property
    def port(self) -> int:
        """The TCP port that a client sends it to."""
        return 443 if self.secure else 80
