"""Exported state on disk ↔ `Network`: one JSON file, or a folder of them, each as the AWS CLI prints it.

A file is known by its top-level keys (``Vpcs``, ``Subnets`` …; an answer of ``describe-vpc-attribute`` by
``EnableDnsSupport`` or ``EnableDnsHostnames``), whatever its name; an answer of ``get-managed-prefix-list-entries`` by
``Entries``, and its list by the ``pl-…`` in its path. Folders named after an account (12 digits) or a Region say whose
answers they hold. Answers of other services lie beside them (``s3/…``, ``iam/…``): `service_files` reads those.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

from lab_env.errors import InvalidInput, writing
from lab_env.network.model import Internet, Network
from lab_env.snapshot import ec2_write
from lab_env.snapshot.ec2 import KEYS, Source, network_from_sources
from lab_env.snapshot.ec2_transit import PER_TABLE
from lab_env.snapshot.layout import SERVICES
from lab_env.snapshot.record import Located, Record

_REGION = re.compile(r"[a-z]{2,5}(-[a-z]+)+-\d")
_ACCOUNT = re.compile(r"\d{12}")
_LIST = re.compile(r"pl-[0-9a-z]+")
_TRANSIT_TABLE = re.compile(r"tgw-rtb-[0-9a-z]+")
_TELLING = {
    "Subnets": ("AvailabilityZone", "SubnetArn"),
    "NetworkInterfaces": ("AvailabilityZone",),
    "VpcEndpoints": ("ServiceName",),
    "PrefixLists": ("PrefixListName",),
}
_ATTRIBUTES = ("EnableDnsSupport", "EnableDnsHostnames")


@dataclass(slots=True)
class _Pile:
    """What the files of one account and Region say, as they are read."""

    answers: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    attributes: dict[str, dict[str, bool]] = field(default_factory=dict)
    entries: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def add(self, document: Mapping[str, Any], file: str) -> bool:
        """Take what a file says; whether it said anything that belongs to a network."""
        if "NextToken" in document:
            raise InvalidInput(
                "the answer was cut short: it ends with a NextToken.",
                where=file,
                do="Export it again without --max-items and --no-paginate.",
            )
        known = [key for key in document if key in KEYS]
        for key in known:
            self.answers.setdefault(key, []).extend(_items(document, key, file))
        attributes = [key for key in _ATTRIBUTES if key in document]
        for key in attributes:
            record = Record(Located(document, file), "describe-vpc-attribute")
            said = self.attributes.setdefault(record.text("VpcId"), {})
            said[key] = record.record(key).flag("Value")
        if "Entries" in document:
            self.entries.setdefault(_list_id(file), []).extend(_items(document, "Entries", file))
        of_table = [key for key in PER_TABLE if key in document]
        for key in of_table:
            item = {"TransitGatewayRouteTableId": _table_id(file, key), **document}
            self.answers.setdefault(PER_TABLE[key], []).append(Located(item, file))
        return bool(known or attributes or of_table or "Entries" in document)


def read_path(path: str | Path, *, region: str = "", internet: Internet | None = None) -> Network:
    """The network that a JSON file, or a folder of them, describes.

    Args:
        path: the file or folder.
        region: the Region of files that no folder names one for; by default told from availability zones and names.
        internet: the rest of the world; by default `load_internet`.

    Raises:
        InvalidInput: nothing there, no JSON, no answer that belongs to a network, or an answer not as AWS gives it;
            names the file, and the place and key in it.
    """
    with _uncollected():
        return _read(Path(path), str(path), region, internet)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector: it would walk the growing answers over and over, half of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _read(root: Path, path: str, region: str, internet: Internet | None) -> Network:
    if not root.exists():
        raise InvalidInput("there is no such file or folder.", where=path)
    piles: dict[tuple[str, str], _Pile] = {}
    for file in _files(root):
        name = file.relative_to(root).as_posix() if root.is_dir() else file.name
        place = (_part(name, _ACCOUNT), _part(name, _REGION) or region)
        pile = piles.setdefault(place, _Pile())
        if not pile.add(_document(file, name), name) and not root.is_dir():
            raise InvalidInput("it holds no answer of a describe call of EC2.", where=name, do=_WANTED)
    found = [(place, pile) for place, pile in sorted(piles.items()) if pile.answers]
    if not found:
        raise InvalidInput("no file there holds an answer of a describe call of EC2.", where=path, do=_WANTED)
    sources = [
        Source(where or _told(pile.answers, path), pile.answers, pile.attributes, pile.entries, account)
        for (account, where), pile in found
    ]
    return network_from_sources(sources, internet=internet)


_WANTED = "Save what aws ec2 describe-vpcs, describe-subnets and so on print, one file each."


def to_files(network: Network) -> dict[str, Any]:
    """A network as JSON documents by relative path, one folder a Region, such that `read_path` reads it again.

    The rest of the world (``network.internet``) and what stands on premises are not among them.
    """
    documents: dict[str, Any] = {}
    for region in _regions(network):
        part = _only(network, region)
        documents |= {f"{region}/{key}.json": {key: items} for key, items in ec2_write.answers(part).items()}
        for vpc in part.vpcs:
            for attribute, answer in ec2_write.vpc_attributes(vpc).items():
                documents[f"{region}/{attribute}-{vpc.id}.json"] = answer
    return documents


def write_path(network: Network, folder: str | Path) -> None:
    """Write `to_files` under a folder, which is made when absent."""
    for name, document in to_files(network).items():
        file = Path(folder, name)
        with writing(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    yield from sorted(file for file in root.rglob("*.json") if not _elsewhere(file.relative_to(root)))


def _elsewhere(name: PurePath) -> bool:
    return bool(SERVICES & set(name.parent.parts))


def _document(file: Path, name: str) -> Mapping[str, Any]:
    try:
        # PowerShell's ">" writes UTF-16; json tells the encodings of Unicode apart by itself.
        content = file.read_bytes()
        document = json.loads(content)
        if b"\\ud" in content.lower():
            # An escape that is half of a character could be read, and never printed.
            json.dumps(document, ensure_ascii=False).encode()
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"this is no JSON file ({error}).", where=name) from None
    if not isinstance(document, dict):
        raise InvalidInput(f"expected an object at the top, found {type(document).__name__}.", where=name)
    return document


def _items(document: Mapping[str, Any], key: str, file: str) -> list[Mapping[str, Any]]:
    items = document[key]
    if not isinstance(items, list):
        raise InvalidInput(f"expected a list, found {json.dumps(items)[:60]}.", where=f"{file}: {key}")
    return [Located(item, file) if isinstance(item, dict) else item for item in items]


def _part(name: str, pattern: re.Pattern[str]) -> str:
    return next((part for part in PurePath(name).parent.parts if pattern.fullmatch(part)), "")


def _list_id(file: str) -> str:
    return _named(file, _LIST, f"{file}: Entries", "these are the entries of a prefix list", "list (pl-…)")


def _table_id(file: str, key: str) -> str:
    what = "these are routes of a transit gateway route table"
    return _named(file, _TRANSIT_TABLE, f"{file}: {key}", what, "table (tgw-rtb-…)")


def _named(file: str, pattern: re.Pattern[str], where: str, what: str, whose: str) -> str:
    found = pattern.search(file)
    if found is None:
        raise InvalidInput(
            f"{what}, and nothing says of which.",
            where=where,
            do=f"Put the id of the {whose} into the name of the file.",
        )
    return found.group()


def _told(answers: Mapping[str, Iterable[Any]], path: str) -> str:
    """The Region that zones, ARNs and names in the answers tell, when all tell the same."""
    said = (
        item.get(name)
        for key, names in _TELLING.items()
        for item in answers.get(key, ())
        if isinstance(item, Mapping)
        for name in names
    )
    regions = {found.group() for text in said if isinstance(text, str) and (found := _REGION.search(text))}
    if len(regions) == 1:
        return regions.pop()
    raise InvalidInput(
        f"they are of several Regions ({', '.join(sorted(regions))})."
        if regions
        else "nothing says of which Region it is.",
        where=path,
        do="Put the files into a folder named after their Region, such as us-east-1.",
    )


def _regions(network: Network) -> list[str]:
    told = {*(vpc.region for vpc in network.vpcs), *(item.region for item in network.prefix_lists)}
    told |= {item.region for item in network.transit_gateways}
    return sorted({network.region, *told} - {""})


def _only(network: Network, region: str) -> Network:
    """The part of a network that describe calls in one Region answer."""
    home = {vpc.id: vpc.region for vpc in network.vpcs}
    homes = {item.id: item.region for item in network.transit_gateways}

    def here(*vpcs: str) -> bool:
        return region in ({home.get(vpc, network.region) for vpc in vpcs} or {network.region})

    return replace(
        network,
        region=region,
        vpcs=tuple(item for item in network.vpcs if item.region == region),
        subnets=tuple(item for item in network.subnets if here(item.vpc)),
        route_tables=tuple(item for item in network.route_tables if here(item.vpc)),
        interfaces=tuple(item for item in network.interfaces if here(item.vpc)),
        security_groups=tuple(item for item in network.security_groups if here(item.vpc)),
        network_acls=tuple(item for item in network.network_acls if here(item.vpc)),
        internet_gateways=tuple(item for item in network.internet_gateways if here(*item.vpcs)),
        nat_gateways=tuple(item for item in network.nat_gateways if here(item.vpc)),
        vpn_gateways=tuple(item for item in network.vpn_gateways if here(*item.vpcs)),
        peerings=tuple(item for item in network.peerings if here(item.requester, item.accepter)),
        transit_gateways=tuple(item for item in network.transit_gateways if item.region == region),
        transit_gateway_attachments=tuple(
            item for item in network.transit_gateway_attachments if homes.get(item.gateway) == region
        ),
        transit_gateway_tables=tuple(
            item for item in network.transit_gateway_tables if homes.get(item.gateway) == region
        ),
        endpoints=tuple(item for item in network.endpoints if here(item.vpc)),
        prefix_lists=tuple(item for item in network.prefix_lists if item.region == region),
        # Every Region answers for Direct Connect gateways; once is enough.
        virtual_interfaces=network.virtual_interfaces if region == network.region else (),
        direct_connect_gateways=network.direct_connect_gateways if region == network.region else (),
        direct_connect_associations=network.direct_connect_associations if region == network.region else (),
    )
