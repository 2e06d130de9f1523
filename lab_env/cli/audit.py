"""``audit``: the compliance report on exported state, or on a real account that is only read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from lab_env.cli.real_account import read_profile
from lab_env.compliance import Report, TrainingSite, audit
from lab_env.compliance.inferred import firm_in, sites_in
from lab_env.errors import InvalidInput
from lab_env.network import Network
from lab_env.snapshot.files import read_path
from lab_env.snapshot.service_files import read_services
from lab_env.snapshot.state import ServiceState


def add_to(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "audit",
        help="judge exported state, or a real account, by the compliance controls",
        description="Judge exported state by the compliance controls: a folder of JSON files, each as the AWS CLI "
        "prints an answer; or a real account, by calls that only read. What is not told is taken from the state: the "
        "jobs' subnets, groups, roles and buckets. Exits with 0 when every control holds or has nothing to judge, 1 "
        "when one does not hold or cannot be told, 2 for bad input.",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--snapshot", metavar="PATH", help="the folder or JSON file")
    source.add_argument(
        "--profile",
        metavar="NAME",
        help="a real account, read-only, by a profile of the AWS CLI's; asks first",
    )
    source.add_argument(
        "--calls",
        action="store_true",
        help="only list the calls that --profile makes; with --json, an IAM policy of just what they need",
    )
    parser.add_argument(
        "--region",
        default="",
        help="Region of files that no folder names one for, or of a real account's network",
    )
    add_choices(parser)
    parser.set_defaults(run=run)


_SEVERAL = {
    "--control": "only controls whose id begins so, such as NET or IAM-2",
    "--subnet": "a subnet where training jobs run",
    "--security-group": "a security group that the jobs there get",
    "--bucket": "a bucket with training data",
    "--model-bucket": "a bucket that jobs write models to",
    "--role": "ARN of a role as which jobs run",
    "--reads": "a prefix of the data that jobs have to read",
    "--permitted-region": "a Region where the data may be",
}


def add_choices(parser: argparse.ArgumentParser) -> None:
    """The arguments that any audit takes: what to ask, of what, and how to tell it."""
    for name, told in _SEVERAL.items():
        parser.add_argument(
            name, action="append", default=[], metavar="NAME", help=f"{told}; may be repeated"
        )
    by_law = "only what serves this law, by requirement: HIPAA, GDPR or SOX"
    parser.add_argument("--framework", default="", metavar="LAW", help=by_law)
    parser.add_argument("--account", default="", help="the account to audit, where the state is of several")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--html", metavar="FILE", help="write the report as one HTML file as well")


def run(options: argparse.Namespace) -> int:
    """Read the state, judge it, tell it."""
    if options.calls:
        return _tell_calls(options)
    if options.profile:
        account = read_profile(options.profile, options.region)
        return tell(judge(account.network, account.services, options), options)
    network = read_path(options.snapshot, region=options.region)
    return tell(judge(network, read_services(options.snapshot, network), options), options)


def _tell_calls(options: argparse.Namespace) -> int:
    """What a real account would be asked; nobody is asked anything."""
    from lab_env.access.reading import reading_policy
    from lab_env.snapshot.account import READS
    from lab_env.snapshot.template.document import laid_out

    if options.json:
        print(laid_out(reading_policy()))
    else:
        for service, calls in READS.items():
            print(*wrap(f"{service}: {', '.join(sorted(calls))}", 100, subsequent_indent="    "), sep="\n")
    return 0


def judge(network: Network, services: ServiceState, options: argparse.Namespace) -> Report:
    """The report on a state, by the arguments of `add_choices`.

    Raises:
        InvalidInput: an argument cannot be used, or nobody knows whose state it is or where jobs run.
        NotFound: there is no such subnet or security group.
    """
    firm = firm_in(
        network,
        services,
        account=options.account,
        regions=options.permitted_region,
        data_buckets=options.bucket,
        model_buckets=options.model_bucket,
        roles=options.role,
        reads=options.reads,
    )
    sites = _sites(network, services, options)
    return audit(
        network, sites, options.control or "", services=services, firm=firm, framework=options.framework
    )


def tell(report: Report, options: argparse.Namespace) -> int:
    """Print the report, and write it where it is wanted: the exit code."""
    if options.html:
        _write(report, Path(options.html))
    print(report.json() if options.json else report)
    return 0 if report.holds else 1


def _sites(network: Network, services: ServiceState, options: argparse.Namespace) -> Sequence[TrainingSite]:
    if bool(options.subnet) != bool(options.security_group):
        raise InvalidInput("--subnet and --security-group belong together.", where="audit")
    if options.subnet:
        groups = tuple(options.security_group)
        return [TrainingSite(subnet, groups) for subnet in dict.fromkeys(options.subnet)]
    found = sites_in(network, services)
    if not found:
        raise InvalidInput(
            "the state does not tell where training jobs run.",
            where=options.snapshot or f"profile {options.profile}",
            do="Give --subnet and --security-group.",
        )
    return found


def _write(report: Report, path: Path) -> None:
    try:
        report.html(path)
    except OSError as error:
        raise InvalidInput(f"cannot be written: {error.strerror or error}.", where=str(path)) from None
