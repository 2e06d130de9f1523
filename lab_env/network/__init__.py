"""What a packet does: pure functions from a `Network` and a `Flow` to a `Trace`. See MODEL.md."""

from lab_env.errors import IncompleteSnapshot, NotModelled
from lab_env.network.dns import resolve
from lab_env.network.flow import (
    DnsAnswer,
    Exit,
    Flow,
    Hop,
    InterfaceSource,
    InternetSource,
    OnPremisesSource,
    Outcome,
    ServiceSource,
    Source,
    Trace,
    Verdict,
)
from lab_env.network.model import Network
from lab_env.network.trace import trace

__all__ = [
    "DnsAnswer",
    "Exit",
    "Flow",
    "Hop",
    "IncompleteSnapshot",
    "InterfaceSource",
    "InternetSource",
    "Network",
    "NotModelled",
    "OnPremisesSource",
    "Outcome",
    "ServiceSource",
    "Source",
    "Trace",
    "Verdict",
    "resolve",
    "trace",
]
