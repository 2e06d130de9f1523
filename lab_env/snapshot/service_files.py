"""Exported state on disk → `ServiceState`: the answers about buckets, keys, roles and users.

They lie in a folder of their service: ``s3/<bucket>/get-bucket-policy.json``, ``kms/<key>/get-key-policy.json``,
``iam/<role>/get-role.json`` (or all of IAM in ``iam/get-account-authorization-details.json``); above it, folders named
after an account and a Region may say whose they are. What EC2 and Direct Connect answer is `lab_env.snapshot.files`' to
read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import TypeVar

from lab_env.errors import InvalidInput
from lab_env.network import Network
from lab_env.snapshot.asking import Describe
from lab_env.snapshot.iam_details import AuthorizationDetails
from lab_env.snapshot.layout import GLOBAL, SERVICES
from lab_env.snapshot.partial import Unknown
from lab_env.snapshot.replay import AnswerFile, Replay
from lab_env.snapshot.services import read_state
from lab_env.snapshot.state import ServiceState

_REGION = re.compile(r"[a-z]{2,5}(-[a-z]+)+-\d")
_ACCOUNT = re.compile(r"\d{12}")
_OWNER = re.compile(r"arn:[a-z-]+:(?:iam|kms):[a-z0-9-]*:(\d{12}):")
_DETAILS = "get-account-authorization-details"
# What tells whose account it is, when no folder does: an answer that holds the ARN of what it is about.
_TELLING = {"get-role": "Role", "get-user": "User", "describe-key": "KeyMetadata"}

Item = TypeVar("Item")


def read_services(path: str | Path, network: Network) -> ServiceState:
    """The principals, buckets, keys and policies that a folder of exported answers tells of.

    Args:
        path: the folder, or one JSON file, which tells of endpoint policies and flow logs alone.
        network: what `files.read_path` read from the same path.

    Raises:
        InvalidInput: there is no such path, a file is no JSON object, or a policy is malformed.
    """
    root = Path(path)
    if not root.exists():
        raise InvalidInput("there is no such file or folder.", where=str(path))
    files = list(_files(root))
    accounts = sorted({file.account for file in files})
    states = [
        _account([file for file in files if file.account == account], account, network)
        for account in accounts or [""]
    ]
    # What a trail records is asked by its name: without the list of trails, there may be others.
    services = {
        file.service for file in files if file.service != "cloudtrail" or file.name == "describe-trails"
    }
    return ServiceState(
        identities=_whole(services, "iam", (state.identities for state in states)),
        buckets=_whole(services, "s3", (state.buckets for state in states)),
        keys=_whole(services, "kms", (state.keys for state in states)),
        endpoints=states[0].endpoints,
        endpoint_vpcs=states[0].endpoint_vpcs,
        scps=_joined(state.scps for state in states),
        rcps=_joined(state.rcps for state in states),
        organizations=_joined(state.organizations for state in states),
        flow_logs=_whole(services, "ec2", (state.flow_logs for state in states)),
        trails=_whole(services, "cloudtrail", (state.trails for state in states)),
        jobs=_whole(services, "sagemaker", (state.jobs for state in states)),
    )


def _whole(services: set[str], service: str, parts: Iterable[Mapping[str, Item]]) -> Mapping[str, Item]:
    """What all accounts have; unknown when nothing of the service was exported."""
    if service not in services:
        return Unknown(service)
    return _joined(parts)


def _joined(parts: Iterable[Mapping[str, Item]]) -> Mapping[str, Item]:
    return MappingProxyType(dict(chain.from_iterable(part.items() for part in parts)))


def _account(files: list[AnswerFile], account: str, network: Network) -> ServiceState:
    owner = account or _told(files)

    def apis(service: str, region: str) -> Describe:
        own = [
            file for file in files if file.service == service and (service in GLOBAL or file.region == region)
        ]
        replay = Replay(service, own, owner, region)
        details = next((file for file in own if file.name == _DETAILS), None)
        return replay if details is None else AuthorizationDetails(details.record(), replay)

    regions = {file.region for file in files if file.service not in GLOBAL}
    return read_state(apis, owner, network, regions)


def _files(root: Path) -> Iterator[AnswerFile]:
    for file in sorted(root.rglob("*.json")) if root.is_dir() else [root]:
        shown = file.relative_to(root) if root.is_dir() else PurePath(file.name)
        folders = shown.parent.parts
        start = next((number for number, part in enumerate(folders) if part in SERVICES), None)
        found = AnswerFile(
            account=_part(shown, _ACCOUNT, start),
            region=_part(shown, _REGION, start),
            service="ec2" if start is None else folders[start],
            resource="" if start is None else "/".join(folders[start + 1 :]),
            name=shown.as_posix() if start is None else file.stem,
            path=file,
            shown=shown.as_posix(),
        )
        # EC2's answers are known by their keys; of those, only flow logs are no part of the network.
        if start is not None or found.mentions("FlowLogs"):
            yield found


def _part(name: PurePath, pattern: re.Pattern[str], end: int | None) -> str:
    return next((part for part in name.parent.parts[:end] if pattern.fullmatch(part)), "")


def _told(files: Iterable[AnswerFile]) -> str:
    """The account that the ARNs in the answers name, when all name the same."""
    arns = chain.from_iterable(map(_arns, files))
    owners = {found[1] for arn in arns if (found := _OWNER.match(arn))}
    return owners.pop() if len(owners) == 1 else ""


def _arns(file: AnswerFile) -> Iterator[str]:
    if file.name == _DETAILS:
        yield from (item.text("Arn", "") for item in file.record().records("RoleDetailList"))
    elif file.name in _TELLING:
        yield file.record().record(_TELLING[file.name]).text("Arn", "")
