"""``python -m lab_env.views.gallery``: draw ``diagrams/`` from the scenario's states, or check that it is fresh.

Each picture shows what a chapter leaves behind or an option builds, by its own boto3 calls in a mock cloud, with the
way of a training job's packet to S3 over it. ``options.html`` puts the question's options side by side. Nothing in it
is drawn by hand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from ipaddress import ip_address
from pathlib import Path

import boto3

from lab_env import scenario
from lab_env.cloud.mock import MockCloud
from lab_env.compliance import TrainingSite
from lab_env.dataplane.seam import DataPlane
from lab_env.names import Names
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.network.flow import ServiceSource, Source
from lab_env.options import OPTIONS, Clients
from lab_env.scenario import chapter08
from lab_env.views.option_board import GIGABYTES, HEADS, Card, card_of
from lab_env.views.standing import with_job
from lab_env.views.topology import Picture, diagram

FOLDER = Path(__file__).resolve().parents[2] / "diagrams"
_S3 = f"{scenario.TRAINING_BUCKET}.s3.{scenario.REGION}.amazonaws.com"
_AGAIN = "python -m lab_env.views.gallery"
_SIDE_BY_SIDE = "The four options, side by side"
_LEGEND = (
    "Each built by boto3 calls from the end of chapter 01; a training job's packet is sent to S3. NET-1: no route for "
    "public addresses but an endpoint's. NET-2: S3 is reached, and only through an endpoint. NET-3: S3 sees a private "
    f"address, and no hop leaves AWS. NET-4: nothing there reaches the internet. USD: a month with {GIGABYTES:,} GB, "
    "at list prices of spring 2026."
)
_STYLE = (
    ":root{color-scheme:light dark}body{font-family:sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "figure{margin:2rem 0}img{max-width:100%;height:auto}figcaption{max-width:45rem;line-height:1.5}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem}"
    "article{border:1px solid #8888;border-radius:6px;padding:0 1rem 1rem}h2{font-size:1.1rem}"
    "dt{font-weight:600}dd{margin:0 0 .4rem}"
)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One picture of the gallery.

    Attributes:
        name: its file, without the ending.
        title: its heading.
        chapter: the chapter whose end it shows.
        in_vpc: whether the training job has a ``VpcConfig``.
        form: the form of an option that it shows instead (`lab_env.options.Option.key`).
        more: what the chapter builds beyond the end that it shows, where nothing of it is left to others.
    """

    name: str
    title: str
    chapter: int
    in_vpc: bool = True
    form: str = ""
    more: Callable[[Clients], None] | None = None


EXHIBITS = (
    Exhibit("01_private_vpc", "Chapter 01: a private VPC, and no way to S3", 1),
    Exhibit(
        "01_no_vpc_config", "Chapter 01: the same job without VpcConfig runs outside the VPC", 1, in_vpc=False
    ),
    Exhibit("02_internet_gateway", "Chapter 02: an internet gateway, and the job still fails", 2, form="a"),
    Exhibit(
        "03_nat_where_jobs_run", "Chapter 03: a NAT gateway where the jobs run fails", 3, form="b-private"
    ),
    Exhibit(
        "03_nat_in_public_subnet",
        "Chapter 03: a NAT gateway in a public subnet: the job trains, and the internet is open",
        3,
        form="b-public",
    ),
    Exhibit(
        "04_private_interface",
        "Chapter 04: Direct Connect joins the data centre, not S3",
        4,
        form="c-private",
    ),
    Exhibit("04_hairpin", "Chapter 04: there and back again by the data centre", 4, form="c-hairpin"),
    Exhibit("05_endpoint", "Chapter 05: a gateway endpoint, one new route, and the job trains", 5, form="d"),
    Exhibit("06_locked", "Chapter 06: the same way, and policies that keep all others out", 6),
    Exhibit(
        "08_both_kinds",
        "Chapter 08: a gateway endpoint for the jobs, interface endpoints for people and the data centre",
        6,
        more=chapter08.build_both_kinds,
    ),
)


def draw(exhibit: Exhibit) -> Picture:
    """One picture, from a fresh cloud in which the chapters' calls were made."""
    cloud = MockCloud.start()
    try:
        for step in (*scenario.history(exhibit.chapter), exhibit.chapter):
            scenario.STEPS[step](boto3.client)
        if exhibit.more is not None:
            exhibit.more(boto3.client)
        network = DataPlane(cloud).network()
        names = Names(lambda operation, params: cloud.describe("ec2", operation, params))
        site = TrainingSite(names.subnet_a, (names.training_security_group,))
    finally:
        cloud.stop()
    job: Source = InterfaceSource("eni-job-0")
    shown, source = (with_job(network, site), job) if exhibit.in_vpc else (network, _outside())
    return diagram(shown, trace(shown, Flow(source, _S3)), title=exhibit.title)


def _outside() -> Source:
    return ServiceSource("sagemaker", ip_address("52.94.133.131"))


def gallery() -> Mapping[str, str]:
    """Every file of the gallery: its name and its text."""
    forms = {option.key: option for option in OPTIONS}
    cards = {item.name: card_of(forms[item.form], title=item.title) for item in EXHIBITS if item.form}
    shown = {name: Picture(card.svg, card.alt) for name, card in cards.items()}
    pictures = [(exhibit, shown.get(exhibit.name) or draw(exhibit)) for exhibit in EXHIBITS]
    files = {f"{exhibit.name}.svg": picture.svg for exhibit, picture in pictures}
    pages = {
        "README.md": _readme(pictures, cards),
        "index.html": _page(pictures),
        "options.html": _options(cards),
    }
    return {**files, **pages}


def _readme(pictures: Sequence[tuple[Exhibit, Picture]], cards: Mapping[str, Card]) -> str:
    parts = [
        "# Gallery",
        f"Drawn by `{_AGAIN}` from the states that the chapters' own calls leave behind; not to be edited by hand.",
        f"## {_SIDE_BY_SIDE}",
        _markdown_table(cards),
        f"{_LEGEND} [As a page of its own](options.html).",
    ]
    for exhibit, picture in pictures:
        parts += [f"## {exhibit.title}", f"![{exhibit.title}]({exhibit.name}.svg)", picture.alt]
    return "\n\n".join(parts) + "\n"


def _markdown_table(cards: Mapping[str, Card]) -> str:
    heads = ["", *HEADS]
    rows = [[f"![{card.name}]({name}.svg)", *card.cells] for name, card in cards.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows))


def _options(cards: Mapping[str, Card]) -> str:
    body = "\n".join(_card(name, card) for name, card in cards.items())
    back = '<p><a href="index.html">The gallery</a></p>'
    return _html(_SIDE_BY_SIDE, f'<p>{escape(_LEGEND)}</p>\n<div class="cards">\n{body}\n</div>\n{back}')


def _card(name: str, card: Card) -> str:
    title, *rest = (escape(text) for text in card.cells)
    facts = "".join(
        f"<dt>{head}</dt><dd>{text}</dd>" for head, text in zip(map(escape, HEADS[1:]), rest, strict=True)
    )
    image = f'<a href="{name}.svg"><img src="{name}.svg" alt="{escape(card.alt)}"></a>'
    return f"<article>\n<h2>{title}</h2>\n<dl>{facts}</dl>\n{image}\n</article>"


def _page(pictures: Sequence[tuple[Exhibit, Picture]]) -> str:
    figures = "\n".join(_figure(exhibit, picture.alt) for exhibit, picture in pictures)
    return _html("Gallery", f'<p><a href="options.html">{_SIDE_BY_SIDE}</a></p>\n{figures}')


def _html(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Private Path: {title.lower()}</title>\n"
        f'<meta name="viewport" content="width=device-width">\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
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
