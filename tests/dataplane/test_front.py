"""The far end of jobs' connections, met with bare sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Timer

import pytest

from lab_env.dataplane.certificates import Authority
from lab_env.dataplane.front import Call, Front
from lab_env.dataplane.sink import Sink

asked: list[tuple[str, str, str, bytes]] = []


def aws(token: str, method: str, url: str, _: object, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """AWS, which loses the way to one host."""
    asked.append((token, method, url, body))
    return (599, {}, b"") if "sts" in url else (200, {"ETag": "x"}, b"answer")


@pytest.fixture
def front() -> Iterator[Front]:
    asked.clear()
    made = Front(Authority(), Sink(), aws)
    yield made
    made.close()


def dial(front: Front, **changes: object) -> socket.socket:
    """A connection as a job's process makes it: told of first, then made."""
    facts = {
        "token": "job",
        "sender": "a job",
        "time": datetime(2026, 1, 5, 9, tzinfo=UTC),
        "host": "exfil.example",
        "address": "203.0.113.66",
        "port": 80,
        "aws": False,
        **changes,
    }
    client = socket.socket()
    client.settimeout(10)
    client.bind(("127.0.0.1", 0))
    front.expect(client.getsockname()[1], Call(**facts))  # type: ignore[arg-type]
    client.connect(("127.0.0.1", front.port))
    return client


def answer_to(client: socket.socket, request: bytes) -> bytes:
    """All that comes back until the far end hangs up."""
    client.sendall(request)
    client.shutdown(socket.SHUT_WR)
    with client, client.makefile("rb") as stream:
        return stream.read()


def test_a_connection_that_nobody_announced_gets_nothing(front: Front) -> None:
    client = socket.create_connection(("127.0.0.1", front.port), timeout=10)
    with client:
        assert client.recv(1) == b""
    assert not front.sink


def test_what_a_job_sent_is_kept_before_the_job_is_over(front: Front) -> None:
    client = dial(front)
    client.sendall(b"SSH-2.0-thief\r\n")
    end = Timer(0.2, client.close)
    end.start()
    front.settle("job")
    assert [item.beginning for item in front.sink] == [b"SSH-2.0-thief\r\n"]
    end.join()


def test_a_connection_announced_and_never_made_is_not_waited_for_long(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab_env.dataplane.front.SETTLE_SECONDS", 0.05)
    call = Call(
        "killed", "a job", datetime(2026, 1, 5, tzinfo=UTC), "exfil.example", "203.0.113.66", 80, aws=False
    )
    front.expect(1, call)
    front.settle("killed")
    front.settle("killed")


@pytest.mark.parametrize(
    "request_",
    [
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    ],
    ids=["cut off", "no number"],
)
def test_a_request_without_an_end_is_dropped_without_a_word(
    front: Front, capfd: pytest.CaptureFixture[str], request_: bytes
) -> None:
    assert answer_to(dial(front), request_) == b""
    front.settle("job")
    assert not front.sink
    assert capfd.readouterr().err == ""


S3 = {"host": "bucket.s3.us-east-1.amazonaws.com", "address": "3.5.0.9", "aws": True}


@pytest.mark.parametrize(
    ("call", "host", "status", "url"),
    [
        (S3, S3["host"], b"200", "http://bucket.s3.us-east-1.amazonaws.com/key"),
        (S3, "s3.us-east-1.amazonaws.com:80", b"200", "http://s3.us-east-1.amazonaws.com:80/key"),
        (S3, "s3.eu-west-1.amazonaws.com", b"421", None),
        (S3, "exfil.example", b"421", None),
        (
            S3 | {"host": "3.5.0.9"},
            "sts.us-east-1.amazonaws.com",
            b"",
            "http://sts.us-east-1.amazonaws.com/key",
        ),
    ],
    ids=["its name", "another of its names", "another Region", "an outside host", "lost on the way"],
)
def test_a_service_of_aws_answers_for_its_own_names(
    front: Front, call: dict[str, object], host: str, status: bytes, url: str | None
) -> None:
    request = f"PUT /key HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\n\r\nhi".encode()
    answer = answer_to(dial(front, **call), request)
    assert answer[9:12] == status
    assert asked == ([("job", "PUT", url, b"hi")] if url else [])
    assert not front.sink
