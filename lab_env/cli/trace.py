"""``trace``: what becomes of a packet in exported state."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab_env.cli.flows import as_json, checked, destination, probe, service, source
from lab_env.errors import InvalidInput, LabError
from lab_env.network import Flow, Network, trace
from lab_env.snapshot.files import read_path


def add_to(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "trace",
        help="trace a packet through exported state",
        description="Trace a packet through exported state: one JSON file or a folder of them, each as the AWS CLI "
        "prints a describe call. Exits with 0 when it is reached, 1 when it is dropped.",
    )
    parser.add_argument("--snapshot", required=True, metavar="PATH", help="the JSON file or folder")
    parser.add_argument("--region", default="", help="Region of files that no folder names one for")
    parser.add_argument("--from", dest="source", metavar="SOURCE", help="eni-…, i-…, an address, or internet")
    parser.add_argument(
        "--to",
        dest="destination",
        metavar="DESTINATION",
        help="HOST[:PORT[/tcp]], ADDRESS:22/tcp or ADDRESS/icmp",
    )
    parser.add_argument(
        "--probes",
        metavar="FILE",
        help="many at once: JSON lines with source, destination, protocol and port, each repeated with its answer",
    )
    parser.add_argument(
        "--all-pairs",
        metavar="SERVICE",
        help="every pair of interfaces at once, for 443, 22/tcp, 53/udp or icmp; exits with 0",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer one flow, or a file of them."""
    if sum(map(bool, (options.probes, options.all_pairs, options.source or options.destination))) != 1:
        raise InvalidInput("give either --from and --to, or --probes, or --all-pairs.", where="trace")
    if options.all_pairs:
        return _all_pairs(options)
    if options.probes:
        return _many(options)
    if not (options.source and options.destination):
        raise InvalidInput("--from and --to belong together.", where="trace")
    network = read_path(options.snapshot, region=options.region)
    name, protocol, port = destination(options.destination)
    flow = checked(Flow(source(options.source, network), name, protocol, port), network)
    found = trace(network, flow)
    if options.json:
        print(json.dumps(as_json(found), indent=2, ensure_ascii=False))
    else:
        from lab_env.views.trace_view import TraceView

        print(TraceView(found, network))
    return 0 if found.reached else 1


def _all_pairs(options: argparse.Namespace) -> int:
    """Decide every pair; what is not known is told in the answer."""
    from lab_env.network.reachability import reachability
    from lab_env.views.reachability_table import reachability_table

    port, _, protocol = options.all_pairs.partition("/")
    asked = ("icmp", None) if options.all_pairs == "icmp" else (protocol or "tcp", port)
    name, number = service(asked[0], asked[1], f"--all-pairs {options.all_pairs}")
    found = reachability(read_path(options.snapshot, region=options.region), name, number)
    if not options.json:
        print(reachability_table(found))
        return 0
    works, fails, unknown = found.count()
    answers = [
        {
            "from": one,
            "to": other,
            "same_subnet": near,
            "reached": None if isinstance(answer, LabError) else answer,
        }
        for (one, other, near), answer in found.answers.items()
    ]
    told = {
        "protocol": found.protocol,
        "port": found.port,
        "reached": works,
        "dropped": fails,
        "unknown": unknown,
    }
    print(json.dumps(told | {"kinds": found.kinds, "answers": answers}, indent=2))
    return 0


def _many(options: argparse.Namespace) -> int:
    """Answer every line; those that cannot be answered say why, and make the exit code 2."""
    lines = list(_lines(Path(options.probes)))
    network = read_path(options.snapshot, region=options.region)
    unanswered = 0
    for where, line in lines:
        answer = _answer(line, network, where)
        unanswered += answer["outcome"] is None
        print(json.dumps(line | answer, ensure_ascii=False))
    if unanswered:
        print(f"private-path: {unanswered} of {len(lines)} probes could not be answered.", file=sys.stderr)
    return 2 if unanswered else 0


def _answer(line: dict[str, Any], network: Network, where: str) -> dict[str, Any]:
    try:
        return as_json(trace(network, probe(line, network, where)))
    except LabError as error:
        return {"outcome": None, "error": str(error)}


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"it cannot be read ({error}).", where=str(path)) from None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            found = json.loads(line)
            # An escape that is half of a character could be read, and never printed.
            json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"this is no JSON ({error}).", where=where) from None
        if not isinstance(found, dict):
            raise InvalidInput("expected an object.", where=where)
        yield where, found
