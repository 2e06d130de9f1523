"""The lab's certificates hold under the strictest checks that Python has, for their own names and no others."""

from __future__ import annotations

import socket
import ssl
from threading import Thread

import pytest

from lab_env.dataplane.certificates import Authority

NAMES = ("exfil.example", "203.0.113.66")
AUTHORITY = Authority()


def shake_hands(trusted: Authority, name: str) -> None:
    """A TLS handshake of a client that asks for ``name`` with a server that holds `NAMES`."""
    near, far = socket.socketpair()

    def serve() -> None:
        try:
            AUTHORITY.context(NAMES).wrap_socket(far, server_side=True).close()
        except OSError:
            far.close()

    server = Thread(target=serve)
    server.start()
    context = ssl.create_default_context(cadata=trusted.pem)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        with near, context.wrap_socket(near, server_hostname=name):
            pass
    finally:
        near.close()
        server.join()


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_trusts_the_lab_believes_the_name(name: str) -> None:
    shake_hands(AUTHORITY, name)


@pytest.mark.parametrize(
    ("trusted", "name"),
    [(AUTHORITY, "s3.us-east-1.amazonaws.com"), (AUTHORITY, "203.0.113.67"), (Authority(), "exfil.example")],
    ids=["another name", "another address", "another authority"],
)
def test_nobody_else_is_believed(trusted: Authority, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(trusted, name)


def test_a_certificate_is_made_once() -> None:
    assert AUTHORITY.context(NAMES) is AUTHORITY.context(NAMES)
