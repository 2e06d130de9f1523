"""What an account's services answer, as files that `read_services` reads again.

Each call that an audit makes is kept as the AWS CLI would have printed it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from lab_env.errors import writing
from lab_env.network import Network
from lab_env.snapshot.asking import Describe
from lab_env.snapshot.files import write_path
from lab_env.snapshot.layout import GLOBAL, NEVER_SET, SERVICES, place
from lab_env.snapshot.services import Apis, read_state

# The CLI turns the pages by itself, and prints none of these.
_PAGING = frozenset(
    {"ContinuationToken", "IsTruncated", "Marker", "NextMarker", "NextToken", "ResponseMetadata", "Truncated"}
)


def export_services(apis: Apis, account: str, network: Network) -> dict[str, str]:
    """The text of each file by its relative path; empty for what was never set, as the CLI leaves it.

    Args:
        apis: the way to ask a service in a Region.
        account: the account's id.
        network: its network.
    """
    kept: dict[str, dict[str, Any]] = {}

    def keeping(service: str, region: str) -> Describe:
        describe = apis(service, region)
        folder = _folder(account, service, region)

        def ask(operation: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
            resource, name = place(operation, parameters)
            file = "/".join(part for part in (folder, resource, f"{name}.json") if part)
            try:
                answer = describe(operation, parameters)
            except ClientError as error:
                if error.response["Error"]["Code"] == NEVER_SET.get(operation):
                    kept[file] = {}
                raise
            _join(kept.setdefault(file, {}), _printed(answer))
            return answer

        return ask

    read_state(keeping, account, network)
    return {
        file: json.dumps(document, indent=4) + "\n" if document else "" for file, document in kept.items()
    }


def _folder(account: str, service: str, region: str) -> str:
    if service in GLOBAL:
        return f"accounts/{account}/{service}"
    return f"accounts/{account}/{region}/{service}" if service in SERVICES else f"accounts/{account}/{region}"


def write_account(apis: Apis, account: str, network: Network, folder: str | Path) -> None:
    """Write an account's network and services under a folder, for ``read_path`` and `read_services`.

    Args:
        apis: the way to ask a service in a Region.
        account: the account's id.
        network: its network.
        folder: where to; made when absent.
    """
    write_path(network, folder)
    write_services(export_services(apis, account, network), folder)


def write_services(files: Mapping[str, str], folder: str | Path) -> None:
    """Write what `export_services` gives under a folder, which is made when absent."""
    for name, text in files.items():
        file = Path(folder, name)
        with writing(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def _printed(answer: Mapping[str, Any]) -> dict[str, Any]:
    plain = json.loads(json.dumps(dict(answer), default=str))
    return {key: _decoded(value) for key, value in plain.items() if key not in _PAGING}


def _decoded(value: Any) -> Any:
    """IAM's documents as objects: the CLI undoes their encoding for a URL."""
    if isinstance(value, dict):
        return {key: _decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if isinstance(value, str) and value.startswith("%7B"):
        return json.loads(unquote(value))
    return value


def _join(kept: dict[str, Any], page: Mapping[str, Any]) -> None:
    """Add a page to what was kept: its lists go on."""
    for key, value in page.items():
        if isinstance(value, list) and kept.get(key):
            kept[key] = kept[key] + [item for item in value if item not in kept[key]]
        else:
            kept[key] = value
