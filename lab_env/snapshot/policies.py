"""Policy documents as the APIs answer them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import unquote

from lab_env.policy import STORED_BY_AWS, Kind, Policy


def stored_policy(document: str | Mapping[str, object], kind: Kind, source: str) -> Policy:
    """A policy that AWS holds.

    Args:
        document: the document: an object, JSON text, or, as IAM's API sends it, JSON text encoded for a URL.
        kind: what it is attached to.
        source: its name in explanations.

    Raises:
        MalformedPolicy: it has a fault with which AWS would never have stored it.
    """
    if isinstance(document, str) and document.lstrip().startswith("%7B"):
        document = json.loads(unquote(document))
    return Policy.parse(document, kind=kind, source=source, tolerate=STORED_BY_AWS)
