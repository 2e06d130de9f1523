"""The training container's contract, kept on this machine: the ``/opt/ml`` layout and the ``SM_*`` variables.

Follows *How Amazon SageMaker AI Provides Training Information* and the SageMaker training toolkit (script mode): the
program that ``sagemaker_program`` names, from ``sagemaker_submit_directory``, gets the other hyperparameters as its
arguments.

Run as a program, this module is the container: ``python -m lab_env.training.container SCRIPT ARGUMENT …``. It puts the
lab's network in front of the script's AWS calls and of its sockets, and then runs the script as it would run by itself.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import tarfile
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

from lab_env.training.fastfile import FastFiles
from lab_env.training.paths import ROOT, Paths

PROGRAM, SUBMIT_DIRECTORY = "sagemaker_program", "sagemaker_submit_directory"
PORT_VARIABLE, TOKEN_VARIABLE = "PRIVATE_PATH_PORT", "PRIVATE_PATH_TOKEN"
ROOT_VARIABLE, STREAMS_VARIABLE = "PRIVATE_PATH_ROOT", "PRIVATE_PATH_STREAMS"
# What urllib and ssl, and what requests, look for their trusted certificates by.
TRUST_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


class Layout:
    """Where ``/opt/ml`` stands on this machine.

    Args:
        root: the folder that plays ``/opt/ml``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.code, self.model, self.output = root / "code", root / "model", root / "output"
        self.data = root / "input" / "data"
        self.config = root / "input" / "config"
        self.failure = self.output / "failure"
        self.trusted = root / "certificates.pem"

    def make(self) -> None:
        """Create the folders."""
        for folder in (self.code, self.model, self.output / "data", self.data, self.config):
            folder.mkdir(parents=True, exist_ok=True)

    def channel(self, name: str) -> Path:
        """The folder of an input channel."""
        return self.data / name

    def local(self, path: str) -> Path:
        """The place on this machine of a path under ``/opt/ml``."""
        return self.root / PurePosixPath(path).relative_to(ROOT)

    def said(self, file: Path) -> str:
        """What the container left in a file for the service to read, such as ``/opt/ml/output/failure``."""
        return file.read_text(errors="replace").strip() if file.is_file() else ""

    def write_config(self, folder: Path, **texts: Any) -> None:
        """Write what SageMaker tells a container of its job: ``<name>.json`` for each."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in texts.items():
            (folder / f"{name}.json").write_text(json.dumps(value, indent=2))


def environment(
    layout: Layout, channels: Mapping[str, str], hyperparameters: Mapping[str, str], extra: Mapping[str, str]
) -> dict[str, str]:
    """The variables that a script-mode container sees.

    Args:
        layout: where ``/opt/ml`` stands.
        channels: the folder of each input channel.
        hyperparameters: the job's hyperparameters, without the toolkit's own (``sagemaker_…``).
        extra: the job's ``Environment``.
    """
    variables = {f"SM_CHANNEL_{name.upper().replace('-', '_')}": folder for name, folder in channels.items()}
    return {
        **variables,
        "SM_CHANNELS": json.dumps(sorted(channels)),
        "SM_MODEL_DIR": str(layout.model),
        "SM_OUTPUT_DATA_DIR": str(layout.output / "data"),
        "SM_OUTPUT_DIR": str(layout.output),
        "SM_INPUT_DIR": str(layout.root / "input"),
        "SM_INPUT_CONFIG_DIR": str(layout.config),
        "SM_HPS": json.dumps(
            {name: _decoded(text) for name, text in hyperparameters.items()}, sort_keys=True
        ),
        **{f"SM_HP_{name.upper().replace('-', '_')}": plain(text) for name, text in hyperparameters.items()},
        "SM_NUM_GPUS": "0",
        "SM_CURRENT_HOST": "algo-1",
        "SM_HOSTS": json.dumps(["algo-1"]),
        **extra,
    }


def aws_free(variables: Mapping[str, str]) -> dict[str, str]:
    """An environment without anything of the learner's AWS set-up, of another job's or of a proxy."""
    ours = ("AWS_", "SM_", "PRIVATE_PATH_", "BOTO_")
    kept = {
        n: v
        for n, v in variables.items()
        if not n.upper().startswith(ours) and not n.upper().endswith("_PROXY")
    }
    return {
        **kept,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # The Region's own S3 name, as everywhere in the lab, not the legacy global one.
        "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "regional",
    }


def arguments(hyperparameters: Mapping[str, str]) -> list[str]:
    """Hyperparameters as the script's arguments, in order of their names."""
    return [part for name in sorted(hyperparameters) for part in (f"--{name}", plain(hyperparameters[name]))]


def plain(text: str) -> str:
    """A hyperparameter without its quotes: SageMaker's SDK writes them as JSON texts, people write them plainly."""
    value = _decoded(text)
    return value if isinstance(value, str) else text


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def unpack(archive: Path, into: Path) -> None:
    """Unpack ``sourcedir.tar.gz``; members that would land outside are refused (``tarfile``'s data filter)."""
    with tarfile.open(archive) as source:
        source.extractall(into, filter="data")


def join_network(port: str, token: str) -> None:
    """Let this process's AWS calls and sockets follow the job's network.

    Args:
        port: the loopback server's TCP port; empty under network isolation, where there is no network to follow.
        token: says where the job stands.
    """
    from lab_env.dataplane.job_network import LabNetwork, NoNetwork
    from lab_env.dataplane.on_import import on_import
    from lab_env.dataplane.sockets import follow

    def follow_calls() -> None:
        from lab_env.dataplane import remote

        if port:
            remote.install(int(port), token)
        else:
            remote.isolate()

    # botocore takes longer to import than many a script takes to run.
    on_import("botocore.handlers", follow_calls)
    follow(LabNetwork(int(port), token) if port else NoNetwork())


def enter() -> None:
    """Make this process the container: its files under ``/opt/ml``, its network the job's."""
    table = os.environ.pop(STREAMS_VARIABLE, "")
    Paths(os.environ.pop(ROOT_VARIABLE), FastFiles(table) if table else None).follow()
    join_network(os.environ.pop(PORT_VARIABLE, ""), os.environ.pop(TOKEN_VARIABLE, ""))


def _from_script(
    script: str, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print a traceback from the script's first line on, as ``python train.py`` does; what ran the script is not it."""
    while trace and trace.tb_frame.f_code.co_filename != script:
        trace = trace.tb_next
    traceback.print_exception(kind, error, trace)


def main() -> None:
    """Run the script named on the command line, with the lab's network in front of it."""
    script, sys.argv = sys.argv[1], sys.argv[1:]
    enter()
    sys.path.insert(0, str(Path(script).parent))
    sys.excepthook = partial(_from_script, script)
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
