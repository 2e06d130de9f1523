"""The gallery in ``diagrams/`` shows what the chapters build, and is fresh."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from lab_env.options import OPTIONS
from lab_env.views import gallery


@pytest.fixture(scope="module")
def files():
    return gallery.gallery()


def test_the_committed_gallery_is_fresh(files):
    assert gallery.stale(gallery.FOLDER, files) == [], f"run {gallery._AGAIN}"


def test_no_package_hides_the_diagrams_library():
    assert not (gallery.FOLDER / "__init__.py").exists()


def test_each_exhibit_is_a_picture_with_its_title(files):
    for exhibit in gallery.EXHIBITS:
        root = ET.fromstring(files[f"{exhibit.name}.svg"])
        assert root.findtext("{http://www.w3.org/2000/svg}title") == exhibit.title


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("01_private_vpc", "✗ no route to"),
        ("01_no_vpc_config", "The path, in blue: SageMaker's own VPC, then Amazon S3."),
        ("02_internet_gateway", "Dropped: 10.20.1.4 has no public IPv4 address"),
        ("03_nat_where_jobs_run", "a blackhole route drops what it matches"),
        ("03_nat_in_public_subnet", "meridian-igw, then Amazon S3."),
        ("04_private_interface", "✗ no route to"),
        ("04_hairpin", "then meridian-vgw, then meridian-datacentre, then Amazon S3."),
        ("05_endpoint", "meridian-readmission, then meridian-private, then meridian-s3, then Amazon S3."),
        ("08_both_kinds", "meridian-readmission, then meridian-private, then meridian-s3, then Amazon S3."),
        ("08_both_kinds", "meridian-s3-interface (10.20.2.4 "),
    ],
)
def test_the_pictures_tell_the_chapters(files, name, words):
    assert words in files[f"{name}.svg"]


def test_both_indexes_describe_every_picture(files):
    page = ET.fromstring(files["index.html"].partition("\n")[2].replace('"utf-8">', '"utf-8"/>').replace(
        '"width=device-width">', '"width=device-width"/>').replace('">\n<figcaption', '"/>\n<figcaption'))  # fmt: skip
    described = {image.get("src"): image.get("aria-describedby") for image in page.iter("img")}
    captions = {caption.get("id"): caption.text for caption in page.iter("figcaption")}
    assert list(described) == [f"{exhibit.name}.svg" for exhibit in gallery.EXHIBITS]
    assert all(captions[caption] for caption in described.values())
    linked = re.findall(r"!\[(.+)\]\((.+)\)\n\n(.+)", files["README.md"])
    assert [(title, name) for title, name, _ in linked] == [
        (e.title, f"{e.name}.svg") for e in gallery.EXHIBITS
    ]
    assert all(alt in captions.values() for *_, alt in linked)


def test_the_options_stand_side_by_side(files):
    """Once as a page, once as a table, with the same facts and the pictures of the gallery."""
    board = [exhibit for exhibit in gallery.EXHIBITS if exhibit.form]
    assert [exhibit.form for exhibit in board] == [option.key for option in OPTIONS]
    page = files["options.html"]
    assert re.findall(r'<img src="(.+?)"', page) == [f"{exhibit.name}.svg" for exhibit in board]
    rows = re.findall(r"^\| !\[(.+?)\]\((.+?)\) \| (.+) \|$", files["README.md"], re.MULTILINE)
    assert [name for _, name, _ in rows] == [f"{exhibit.name}.svg" for exhibit in board]
    for alt, _, facts in rows:
        title, *rest = facts.split(" | ")
        assert alt == title
        assert f"<h2>{title}</h2>" in page
        assert all(f"<dd>{fact}</dd>" in page for fact in rest)


def test_the_command_draws_and_checks(tmp_path, capsys, files, monkeypatch):
    monkeypatch.setattr(gallery, "gallery", lambda: files)
    folder = tmp_path / "gallery"
    assert gallery.main(["--folder", str(folder)]) == 0
    assert gallery.main(["--check", "--folder", str(folder)]) == 0
    (folder / "05_endpoint.svg").write_text("old")
    (folder / "09_forgotten.svg").write_text("old")
    (folder / "index.html").unlink()
    capsys.readouterr()
    assert gallery.main(["--check", "--folder", str(folder)]) == 1
    told = "stale: 05_endpoint.svg, 09_forgotten.svg, index.html; run python -m lab_env.views.gallery\n"
    assert capsys.readouterr().out == told
