"""What the same data costs by each way to S3: each way built in a mock cloud of its own, traced and priced.

No sum is written here: `lab_env.costs` counts what stands and what passes in each network.
"""

from __future__ import annotations

import json
import subprocess
import sys

from lab_env import scenario
from lab_env.costs import HOURS, month
from lab_env.errors import InvalidInput, LabError
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.options import Option, interface_endpoint, nat_in_public_subnet
from lab_env.views.option_board import built
from lab_env.views.standing import with_job
from lab_env.views.table import Table

WAYS = (
    Option("gateway", "D", "gateway endpoint", scenario.build_endpoint),
    Option("interface", "D", "interface endpoint, two zones", interface_endpoint),
    Option("nat", "B", "NAT gateway in a public subnet", nat_in_public_subnet),
)
COLUMNS = ("way to S3", "by the hour, USD", "by the gigabyte, USD", "the month, USD")
_S3 = f"{scenario.TRAINING_BUCKET}.s3.{scenario.REGION}.amazonaws.com"
_SECONDS = 120


def bill_of_ways(gigabytes: int) -> Table:
    """A month's bill for each way to S3, built now in a process of its own.

    Args:
        gigabytes: training data read in the month, in GB.

    Raises:
        InvalidInput: a negative amount.
        LabError: that process failed.
    """
    if gigabytes < 0:
        raise InvalidInput(f"{gigabytes} GB cannot be read.", do="Give the month's gigabytes, 0 or more.")
    command = (sys.executable, "-m", "lab_env.views.bill_of_ways", str(gigabytes))
    done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise LabError("the ways could not be built.", do=" ".join(said))
    rows = tuple(map(tuple, json.loads(done.stdout)))
    caption = (
        f"A month of {HOURS} hours in which jobs read {gigabytes:,} GB, at list prices of {scenario.REGION}"
    )
    return Table(COLUMNS, rows, caption)


def survey(gigabytes: int) -> list[tuple[str, ...]]:
    """The rows, made in this process, in which no mock cloud may be open."""
    return [row_of(way, gigabytes) for way in WAYS]


def row_of(way: Option, gigabytes: int) -> tuple[str, ...]:
    """Build one way on chapter 01's private VPC, send a job's packet to S3 along it, and price the month.

    Args:
        way: what is built.
        gigabytes: training data read in the month, in GB.
    """
    network, site = built(way)
    job = with_job(network, site)
    found = trace(job, Flow(InterfaceSource("eni-job-0"), _S3))
    bill = month(network, found, gigabytes)
    sums = [sum(line.usd for line in bill.lines if line.price.unit == unit) for unit in ("hour", "GB")]
    told = [f"{float(usd):,.2f}" for usd in (*sums, bill.usd)]
    return (way.title if found.reached else f"{way.title}: does not reach S3", *told)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(survey(int(sys.argv[1]))))
