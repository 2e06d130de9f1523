"""Which operation a request to a REST service is: its method and path, by the service's own model in botocore."""

from __future__ import annotations

import re
from functools import cache

from botocore.exceptions import UnknownServiceError

from lab_env.cloud.models import service_model

_LABEL = re.compile(r"\\\{(\w+)(\\\+)?\\\}")
# botocore's name for a service, where it is not the first part of its host's.
_NAMES = {"elasticfilesystem": "efs", "email": "sesv2", "execute-api": "apigatewaymanagementapi"}

# Known without reading their models, which are large.
_XML = frozenset({"ec2", "iam", "s3", "sts"})


def rest_operation(service: str, method: str, path: str) -> str:
    """The operation's name; empty where the service is none of REST's, or has no such path.

    Args:
        service: as `lab_env.cloud.hosts` reads it.
        method: the HTTP method.
        path: the URL's path.
    """
    return next(
        (name for name, own, pattern in _patterns(service) if own == method and pattern.fullmatch(path)), ""
    )


def speaks_json(service: str) -> bool:
    """Whether a service's errors are JSON although no header says so (``rest-json``)."""
    if service in _XML:
        return False
    try:
        return str(service_model(_NAMES.get(service, service)).metadata["protocol"]) == "rest-json"
    except UnknownServiceError:
        return False


@cache
def _patterns(service: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    try:
        model = service_model(_NAMES.get(service, service))
    except UnknownServiceError:
        return ()
    if not model.metadata["protocol"].startswith("rest"):
        return ()
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        found.append((name, http["method"], http["requestUri"].partition("?")[0]))
    # What is spelled out goes before what is a label.
    found.sort(key=lambda item: item[2].count("{"))
    return tuple((name, method, _pattern(uri)) for name, method, uri in found)


def _pattern(uri: str) -> re.Pattern[str]:
    return re.compile(_LABEL.sub(lambda label: ".+" if label[2] else "[^/]+", re.escape(uri)) + "/?")
