"""A transfer's progress: one line, whatever the threads' order, and a bar only where somebody looks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from lab_env.views.transfer import TransferProgress

MB = 1_000_000


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ((), "0.0 of 12.5 MB sent"),
        ((8 * MB,), "8.0 of 12.5 MB sent"),
        ((8 * MB, 4_500_000), "12.5 of 12.5 MB sent"),
        ((8 * MB, -8 * MB, 8 * MB), "8.0 of 12.5 MB sent"),
    ],
    ids=["nothing yet", "a part", "all", "a part that began anew"],
)
def test_the_line(counts, line):
    progress = TransferProgress(12_500_000)
    for count in counts:
        progress(count)
    assert (str(progress), repr(progress)) == (line, line)


def test_no_byte_is_lost_between_threads():
    progress = TransferProgress(40_000 * 1000, "read")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(progress, [1000] * 40_000))
    assert str(progress) == "40.0 of 40.0 MB read"


def test_the_bar_follows_and_goes(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    progress = TransferProgress(10, shown=True)
    (bar,) = shown
    progress(4)
    assert (bar.value, bar.max) == (4, 10)
    assert bar.comm is not None
    progress(6)
    assert bar.comm is None, "closed when all is sent"


def test_without_a_front_end_there_is_no_bar(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *_: pytest.fail("nobody looks"))
    TransferProgress(10)(10)
