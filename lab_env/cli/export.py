"""``export``: what was learned, taken home: the state as a CloudFormation template."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lab_env.compliance.inferred import firm_in
from lab_env.errors import InvalidInput
from lab_env.snapshot.files import read_path
from lab_env.snapshot.service_files import read_services
from lab_env.snapshot.template import Template, template_of


def add_to(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "export",
        help="a CloudFormation template of the course's solved state, or of exported state",
        description="Write a CloudFormation template that makes a state again: the course's solved one, or exported "
        "state, a folder of JSON files, each as the AWS CLI prints an answer. Bucket names become parameters. What no "
        "template is written of is refused by name, with exit code 2.",
    )
    parser.add_argument("format", choices=["cloudformation"], help="what to write")
    parser.add_argument(
        "--snapshot", metavar="PATH", help="the folder or JSON file; by default the course's end"
    )
    parser.add_argument("--region", default="", help="Region of files that no folder names one for")
    parser.add_argument("--account", default="", help="the account, where the state is of several")
    parser.add_argument(
        "--role", action="append", default=[], metavar="NAME", help="only roles of this name; may be repeated"
    )
    parser.add_argument("--output", metavar="FILE", help="where to write; by default standard output")
    parser.add_argument(
        "--json", action="store_true", help="print the parameters with the values that stood, as one document"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the template, and tell what its parameters stood for."""
    template = _exported(options) if options.snapshot else _solved()
    if options.output:
        try:
            template.write(options.output)
        except OSError as error:
            raise InvalidInput(
                f"cannot be written: {error.strerror or error}.", where=options.output
            ) from None
        print(f"{options.output}: {template}", file=sys.stderr)
    if options.json:
        # As create-stack --parameters takes them.
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in template.given.items()]
        print(json.dumps(given, indent=2))
    elif not options.output:
        print(template.json(), end="")
    return 0


def _exported(options: argparse.Namespace) -> Template:
    network = read_path(options.snapshot, region=options.region)
    services = read_services(options.snapshot, network)
    firm = firm_in(network, services, account=options.account)
    if firm is None:
        raise InvalidInput(
            "nothing says whose account it is.", where=str(Path(options.snapshot)), do="Give --account."
        )
    return template_of(network, services, firm.account, roles=options.role)


def _solved() -> Template:
    """The end of chapter 06, with the logs of chapter 07."""
    import boto3

    from lab_env.lab import Lab
    from lab_env.scenario import chapter07

    lab = Lab.start(chapter=7)
    try:
        chapter07.record(boto3.client)
        return lab.export_cloudformation()
    finally:
        lab.stop()
