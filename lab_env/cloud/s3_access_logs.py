"""No access logs of moto's own making.

moto writes a line of invented facts into the target bucket at each request, at once; the lab delivers the log that AWS
would (`lab_env.evidence`).
"""

from __future__ import annotations

from moto.s3.models import S3Backend

from lab_env.cloud.patches import Patches


def fill(patches: Patches) -> None:
    """Let moto keep a bucket's logging configuration and write nothing."""
    patches.set(S3Backend, "log_incoming_request", lambda *_: None)
