"""A small exported state: a private subnet with a gateway endpoint, beside a public one with an internet gateway."""

from __future__ import annotations

import pytest

from lab_env.snapshot.files import write_path
from tests.network.builder import changed, interface, table, with_endpoint, with_nat


def exported():
    """The network of the export."""
    return changed(
        with_nat(with_endpoint()),
        route_tables=table("rtb-a", "10.20.0.0/16 local", "pl-s3 vpce-s3", subnets=("subnet-a",)),
        interfaces=(
            interface("eni-job", "subnet-a", "10.20.1.14", attached_to="i-job"),
            interface(
                "eni-web", "subnet-p", "10.20.100.7", "sg-open", public="54.144.0.7", attached_to="i-web"
            ),
        ),
    )


@pytest.fixture
def snapshot(tmp_path):
    """The folder that holds it."""
    write_path(exported(), tmp_path / "export")
    return tmp_path / "export"


@pytest.fixture
def command(capsys):
    """Run the command line in this process: its exit code, what it printed, and what it complained of."""
    from lab_env.cli import main

    def run(*words):
        try:
            code = main([str(word) for word in words])
        except SystemExit as stopped:
            code = stopped.code
        out, err = capsys.readouterr()
        return code, out, err

    return run
