"""What a job reaches by one form of an option, built in a process of its own: the learner's cloud stays as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

from lab_env import scenario
from lab_env.errors import LabError
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.options import OPTIONS, Option, nat_beside_a_gateway
from lab_env.views.option_board import built
from lab_env.views.standing import with_job

FORMS = {
    **{option.key: option for option in OPTIONS},
    "b-beside": Option(
        "b-beside", "B", "NAT gateway in the private subnet, an internet gateway", nat_beside_a_gateway
    ),
}
_S3 = f"{scenario.TRAINING_BUCKET}.s3.{scenario.REGION}.amazonaws.com"
_SECONDS = 120


@cache
def way_of(form: str) -> tuple[bool, str]:
    """Whether a job in subnet A reaches S3 by that form, and why.

    Args:
        form: a key of `FORMS`.

    Raises:
        LabError: that process failed.
    """
    command = (sys.executable, "-m", "lab_env.course.other_clouds", form)
    done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise LabError(f"the form {form!r} could not be built.", do=" ".join(said))
    reached, reason = json.loads(done.stdout)
    return bool(reached), str(reason)


def _way(option: Option) -> tuple[bool, str]:
    network, site = built(option)
    found = trace(with_job(network, site), Flow(InterfaceSource("eni-job-0"), _S3))
    return found.reached, found.reason


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_way(FORMS[sys.argv[1]])))
