"""``python -m lab_env.views.gallery``: draw ``diagrams/`` from the scenario's states, or check that it is fresh.

Each picture shows what a chapter leaves behind, built by its own boto3 calls in a mock cloud, with the way of a
training job's packet to S3 over it. Nothing in it is drawn by hand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from ipaddress import ip_address
from pathlib import Path

import boto3

from lab_env import scenario
from lab_env.cloud.mock import MockCloud
from lab_env.names import Names
from lab_env.network import Flow, InterfaceSource, Network, trace
from lab_env.network.flow import ServiceSource, Source
from lab_env.network.model import NetworkInterface
from lab_env.snapshot.ec2 import read_ec2
from lab_env.views.topology import Picture, diagram

FOLDER = Path(__file__).resolve().parents[2] / "diagrams"
_S3 = f"{scenario.TRAINING_BUCKET}.s3.{scenario.REGION}.amazonaws.com"
_JOB = "meridian-readmission"
_AGAIN = "python -m lab_env.views.gallery"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One picture of the gallery.

    Attributes:
        name: its file, without the ending.
        title: its heading.
        chapter: the chapter whose end it shows.
        in_vpc: whether the training job has a ``VpcConfig``.
    """

    name: str
    title: str
    chapter: int
    in_vpc: bool = True


EXHIBITS = (
    Exhibit("01_private_vpc", "Chapter 01: a private VPC, and no way to S3", 1),
    Exhibit(
        "01_no_vpc_config", "Chapter 01: the same job without VpcConfig runs outside the VPC", 1, in_vpc=False
    ),
    Exhibit("05_endpoint", "Chapter 05: a gateway endpoint, one new route, and the job trains", 5),
)


def draw(exhibit: Exhibit) -> Picture:
    """One picture, from a fresh cloud in which the chapters' calls were made."""
    cloud = MockCloud.start()
    try:
        for step in (*scenario.history(exhibit.chapter), exhibit.chapter):
            scenario.STEPS[step](boto3.client)
        network = read_ec2(lambda operation, params: cloud.describe("ec2", operation, params), cloud.region)
        names = Names(lambda operation, params: cloud.describe("ec2", operation, params))
        place = (names.vpc, names.subnet_a, names.training_security_group)
    finally:
        cloud.stop()
    shown, source = _job(network, *place) if exhibit.in_vpc else (network, _outside())
    return diagram(shown, trace(shown, Flow(source, _S3)), title=exhibit.title)


def _job(network: Network, vpc: str, subnet: str, group: str) -> tuple[Network, Source]:
    """The network while a training job runs: its two interfaces, as SageMaker makes them."""
    told = f"[Do not delete] ENI for SageMaker training job {_JOB}"
    for number in range(2):
        # AWS keeps the first four addresses of a subnet.
        address = network.subnet[subnet].cidrs[0][4 + number]
        held = NetworkInterface(f"eni-job-{number}", vpc, subnet, (address,), (group,), description=told)
        network = network.with_interface(held)
    return network, InterfaceSource("eni-job-0")


def _outside() -> Source:
    return ServiceSource("sagemaker", ip_address("52.94.133.131"))


def gallery() -> Mapping[str, str]:
    """Every file of the gallery: its name and its text."""
    pictures = [(exhibit, draw(exhibit)) for exhibit in EXHIBITS]
    files = {f"{exhibit.name}.svg": picture.svg for exhibit, picture in pictures}
    return {**files, "README.md": _readme(pictures), "index.html": _page(pictures)}


def _readme(pictures: Sequence[tuple[Exhibit, Picture]]) -> str:
    parts = [
        "# Gallery",
        f"Drawn by `{_AGAIN}` from the states that the chapters' own calls leave behind; not to be edited by hand.",
    ]
    for exhibit, picture in pictures:
        parts += [f"## {exhibit.title}", f"![{exhibit.title}]({exhibit.name}.svg)", picture.alt]
    return "\n\n".join(parts) + "\n"


def _page(pictures: Sequence[tuple[Exhibit, Picture]]) -> str:
    figures = "\n".join(_figure(exhibit, picture.alt) for exhibit, picture in pictures)
    style = (
        ":root{color-scheme:light dark}body{font-family:sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        "figure{margin:2rem 0}img{max-width:100%;height:auto}figcaption{max-width:45rem;line-height:1.5}"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Private Path: gallery</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{style}</style>\n</head>\n'
        f"<body>\n<h1>Gallery</h1>\n{figures}\n</body>\n</html>\n"
    )


def _figure(exhibit: Exhibit, alt: str) -> str:
    title = escape(exhibit.title)
    image = f'<img src="{exhibit.name}.svg" alt="{title}" aria-describedby="{exhibit.name}">'
    caption = f'<figcaption id="{exhibit.name}">{escape(alt)}</figcaption>'
    return f"<figure>\n<h2>{title}</h2>\n{image}\n{caption}\n</figure>"


def stale(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Names of the files of a folder that are missing, differ from what would be drawn now, or do not belong there."""
    there = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.*"))}
    return sorted(name for name in files.keys() | there.keys() if files.get(name) != there.get(name))


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the gallery, or with ``--check`` only compare; 1 when something is stale."""
    parser = argparse.ArgumentParser(prog=_AGAIN, description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the gallery is")
    options = parser.parse_args(arguments)
    if options.check:
        old = stale(options.folder, gallery())
        print(f"stale: {', '.join(old)}; run {_AGAIN}" if old else "the gallery is fresh")
        return 1 if old else 0
    options.folder.mkdir(exist_ok=True)
    for name, text in gallery().items():
        (options.folder / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"{options.folder.name}/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
