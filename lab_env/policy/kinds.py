"""What a policy is attached to; each kind has rules of its own."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """What a policy is attached to; each kind has rules of its own."""

    IDENTITY = "identity policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SCP = "service control policy"
    RCP = "resource control policy"
    RESOURCE = "resource policy"
    KEY = "key policy"
    TRUST = "trust policy"
    ENDPOINT = "VPC endpoint policy"

    @property
    def names_principals(self) -> bool:
        """Whether its statements say whom they concern."""
        return self not in _WITHOUT_PRINCIPALS


_WITHOUT_PRINCIPALS = (Kind.IDENTITY, Kind.BOUNDARY, Kind.SESSION, Kind.SCP)
