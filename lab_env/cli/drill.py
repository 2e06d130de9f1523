"""``drill``: a broken cloud on a local port, to be repaired with the AWS CLI, and graded here."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lab_env.cli.serve import CREDENTIALS

if TYPE_CHECKING:
    from lab_env.course.drills.drill import Drill
    from lab_env.dataplane.places import Keys
    from lab_env.lab import Lab

# What is called in a notebook is typed here.
TYPED = {"drill.check()": "'check'", "drill.hint()": "'hint'", "drill.give_up()": "'give up'"}
COMMANDS = "check · hint · root · give up · quit"


def add_to(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "drill",
        help="a broken cloud on a local port, to repair with the AWS CLI",
        description="Break a cloud, tell the symptom, and serve the cloud on a port of 127.0.0.1. Repair it from "
        f"another terminal; type here: {COMMANDS}. Exits with 0 when it is repaired, 1 when it is not.",
    )
    parser.add_argument("--seed", type=int, required=True, metavar="S", help="which drill")
    parser.add_argument("--level", type=int, default=1, metavar="N", help="1 to 5 (default 1)")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="the port (default 0: any)")
    parser.add_argument("--json", action="store_true", help="one JSON document a line")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Break a cloud, serve it, and do what is typed until it is repaired or given up."""
    from moto.core.models import botocore_stubber

    from lab_env.dataplane.local_endpoint import LocalEndpoint
    from lab_env.lab import Lab
    from lab_env.lab.drilling import CHAPTER

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    lab = Lab.start(CHAPTER)
    try:
        drill = lab.drill(seed=options.seed, level=options.level)
        endpoint = LocalEndpoint(botocore_stubber.process_request, options.port)
        say = _say_json if options.json else _say_text
        say("drill", **_beginning(drill, endpoint.url))
        return _converse(lab, drill, sys.stdin, say)
    except KeyboardInterrupt:
        return 1
    finally:
        lab.stop()


def _beginning(drill: Drill, url: str) -> dict[str, Any]:
    environment = {name: os.environ[name] for name in CREDENTIALS}
    return {"text": str(drill), "endpoint": url, "environment": environment, "job": drill.job}


def _converse(lab: Lab, drill: Drill, lines: Iterable[str], say: Any) -> int:
    """Answer each line that is typed; the exit code in the end."""
    from lab_env.course.exercise import Status

    for line in lines:
        match line.split():
            case ["check"]:
                grade = drill.check()
                say("check", text=str(grade), status=str(grade.status), points=grade.effort.points)
                if grade.status is Status.DONE:
                    return 0
            case ["hint"]:
                say("hint", text=str(drill.hint()))
            case ["root"]:
                say("root", **_root(lab.root().keys))
            case ["give", "up"]:
                say("answer", text=str(drill.give_up()))
                return 1
            case ["quit"]:
                return 1
            case _:
                say("help", text=f"Type one of: {COMMANDS}")
    return 1


def _root(keys: Keys) -> dict[str, Any]:
    environment = {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
    told = "The root user's keys, out of the safe (unset AWS_SESSION_TOKEN):"
    return {"text": told, "environment": environment}


def _say_json(kind: str, **facts: Any) -> None:
    print(json.dumps({"kind": kind, **facts}, ensure_ascii=False), flush=True)


def _say_text(kind: str, *, text: str, environment: Mapping[str, str] | None = None, **facts: Any) -> None:
    for call, typed in TYPED.items():
        text = text.replace(call, typed)
    lines = [text]
    if kind == "drill":
        lines += ["", f"The cloud answers at {facts['endpoint']}. In another terminal, as the operator:"]
    lines += [f"  export {name}={value}" for name, value in (environment or {}).items()]
    if kind == "drill":
        lines += [f"  aws --endpoint-url {facts['endpoint']} ec2 describe-route-tables", "", COMMANDS]
    print("\n".join(lines), flush=True)
