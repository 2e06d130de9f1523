"""A trace as a few short lines, so that a test can state the whole journey."""

from __future__ import annotations

from lab_env.network import Trace


def told(trace: Trace) -> list[str]:
    """Each hop but those of DNS as ``resource verdict CODE``, the answer's behind ``< ``."""
    forward = [_line(hop) for hop in trace.forward if hop.kind != "dns"]
    return forward + [f"< {_line(hop)}" for hop in trace.back]


def ended(trace: Trace) -> tuple[str, str, str | None, str | None, bool, bool]:
    """Outcome, exit, source address seen, endpoint, public internet, third party."""
    seen = None if trace.source_seen is None else str(trace.source_seen)
    return trace.outcome, trace.exit, seen, trace.endpoint, trace.public_internet, trace.third_party


def _line(hop) -> str:
    return f"{hop.resource} {hop.verdict} {hop.code}".strip()
