"""What the learner reads of what would have been stolen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lab_env.dataplane.sink import Received, Sink


def received(second: int = 0, sender: str = "training job a", **changes: object) -> Received:
    facts = {
        "host": "exfil.example",
        "port": 443,
        "scheme": "https",
        "method": "POST",
        "path": "/collect",
        "size": 13,
        "beginning": b"id,age\n1,63\n",
        **changes,
    }
    return Received(datetime(2026, 1, 5, 9, 0, second, tzinfo=UTC), sender, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {},
            "POST https://exfil.example/collect  13 bytes  from training job a\n    id,age\n    1,63",
        ),
        (
            {"port": 8443, "beginning": b"1\n2\n3\n4\n", "size": 54_321},
            "POST https://exfil.example:8443/collect  54,321 bytes  from training job a\n    1\n    2\n    3\n    …",
        ),
        (
            {"scheme": "tcp", "method": "", "path": "", "port": 4444, "beginning": b"\x00\xff" + b"x" * 200},
            "tcp://exfil.example:4444  13 bytes  from training job a\n    \x00\\xff" + "x" * 95 + "…",
        ),
        (
            {"scheme": "http", "port": 80, "method": "GET", "size": 0, "beginning": b""},
            "GET http://exfil.example/collect  0 bytes  from training job a",
        ),
    ],
    ids=["short", "long", "no HTTP", "nothing sent"],
)
def test_one_record_reads(changes: dict[str, object], text: str) -> None:
    assert str(received(**changes)) == text


def test_an_empty_sink_says_so() -> None:
    assert repr(Sink()) == "No host outside AWS received anything."


def test_a_sink_lists_what_came_by_the_labs_time() -> None:
    sink = Sink()
    sink.add(received(2, path="/later"))
    assert repr(sink).startswith("Hosts outside AWS received 1 request, 13 bytes:\n1  POST")
    sink.add(received(1, path="/sooner"))
    sink.add(received(1, "training job 0", path="/first"))
    assert [item.path for item in sink] == ["/first", "/sooner", "/later"]
    assert sink[0].path == "/first"
    assert [item.path for item in sink[1:]] == ["/sooner", "/later"]
    assert len(sink) == 3
    assert repr(sink).splitlines()[0] == "Hosts outside AWS received 3 requests, 39 bytes:"
    assert "\n3  POST https://exfil.example/later" in repr(sink)
