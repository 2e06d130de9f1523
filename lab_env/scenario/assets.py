"""The files that training jobs are given, as the project ships them."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from gzip import GzipFile
from importlib.resources import files


def asset(name: str) -> str:
    """The text of a file under ``assets/``.

    Args:
        name: its path there, e.g. ``readmission/train.py``.
    """
    return files("lab_env").joinpath("assets", name).read_text(encoding="utf-8")


def code_archive(sources: Mapping[str, str]) -> bytes:
    """``sourcedir.tar.gz`` as SageMaker's script mode wants it; the same bytes each time.

    Args:
        sources: text of each file, by its name in the archive.
    """
    packed = io.BytesIO()
    with (
        GzipFile(fileobj=packed, mode="wb", mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w") as archive,
    ):
        for name, source in sources.items():
            facts = tarfile.TarInfo(name)
            facts.size = len(source.encode())
            archive.addfile(facts, io.BytesIO(source.encode()))
    return packed.getvalue()
