"""``serve``: the mock cloud on a local port, for the AWS CLI and other tools."""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import Any

PORT = 5055
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION")


def add_to(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "serve",
        help="the mock cloud on a local port, for the AWS CLI and other tools",
        description="Serve the mock cloud on a port of 127.0.0.1 until interrupted. What it holds is gone then.",
    )
    parser.add_argument(
        "--port", type=int, default=PORT, metavar="N", help=f"the port (default {PORT}; 0: any)"
    )
    parser.add_argument(
        "--chapter", type=int, metavar="N", help="with what the chapters before this one build"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from moto.core.models import botocore_stubber

    from lab_env.dataplane.local_endpoint import LocalEndpoint
    from lab_env.lab import Lab

    # A shell's background command ignores Ctrl-C, and a supervisor ends with SIGTERM: both mean the same here.
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, signal.default_int_handler)
    with ExitStack() as ends, suppress(KeyboardInterrupt):
        ends.callback(Lab.start(options.chapter).stop)
        endpoint = LocalEndpoint(botocore_stubber.process_request, options.port)
        ends.callback(endpoint.close)
        credentials = {name: os.environ[name] for name in CREDENTIALS}
        say = _json if options.json else _text
        print(say(endpoint.url, credentials), flush=True)
        while True:
            # The system may hand a signal to any thread, and wakes this one from its sleep only for its own.
            time.sleep(0.2)
    return 0


def _json(url: str, credentials: Mapping[str, str]) -> str:
    return json.dumps({"endpoint": url, "environment": dict(credentials)})


def _text(url: str, credentials: Mapping[str, str]) -> str:
    return "\n".join(
        [
            f"The mock cloud answers at {url}; Ctrl-C ends it.",
            "",
            "In another terminal, as the operator:",
            *(f"  export {name}={value}" for name, value in credentials.items()),
            f"  aws --endpoint-url {url} sts get-caller-identity",
            f"  aws --endpoint-url {url} ec2 describe-vpcs",
        ]
    )
