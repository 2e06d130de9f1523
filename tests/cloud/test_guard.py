"""The guard: nothing but loopback is reached. An audit hook cannot be taken off, hence the subprocesses."""

import subprocess
import sys
import textwrap

import pytest

from lab_env.cloud.guard import is_local


def run(body):
    script = "import socket\nfrom lab_env.cloud import guard\nguard.arm()\n" + textwrap.dedent(body)
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 443), timeout=1)",
        "socket.create_connection(('exfil.example', 443), timeout=1)",
        "socket.socket().connect(('192.0.2.1', 443))",
        "socket.socket().connect_ex(('192.0.2.1', 443))",
        "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 443))",
        "socket.socket(socket.AF_INET6).connect(('::ffff:192.0.2.1', 443))",
        "socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 53))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 53))",
        "socket.socket().connect(('exfil.example', 443))",
        "socket.socket().connect_ex(('exfil.example', 443))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('exfil.example', 53))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', 0, ('exfil.example', 53))",
        "import ssl; ssl.SSLContext().wrap_socket(socket.socket()).connect(('exfil.example', 443))",
        "socket.getaddrinfo('exfil.example', 443)",
        "socket.getaddrinfo(b'exfil.example', 443)",
        "socket.gethostbyname('exfil.example')",
        "socket.gethostbyname_ex('exfil.example')",
        "socket.gethostbyaddr('exfil.example')",
        "socket.gethostbyaddr('192.0.2.1')",
        "socket.gethostbyaddr('2001:db8::1')",
        "socket.getnameinfo(('192.0.2.1', 443), 0)",
        "socket.getnameinfo(('2001:db8::1', 443, 0, 0), socket.NI_NAMEREQD)",
        "socket.getnameinfo(('exfil.example', 443), socket.NI_NUMERICHOST)",
        "import _socket; _socket.getnameinfo(('192.0.2.1', 443), 0)",
        "socket.getaddrinfo('127.evil.example', 443)",
        "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')",
        "import urllib.request; urllib.request.urlopen('https://exfil.example/')",
        "import http.client; http.client.HTTPSConnection('192.0.2.1', timeout=1).request('GET', '/')",
        "import asyncio; asyncio.run(asyncio.open_connection('192.0.2.1', 443))",
        "from concurrent.futures import *; ThreadPoolExecutor().submit(socket.gethostbyname, 'exfil.example').result()",
    ],
)
def test_what_would_leave_is_refused(attempt):
    done = run(attempt)
    assert done.returncode == 1
    assert "would have left this machine" in done.stderr
    assert "Lab.start()" in done.stderr


LOOPBACK = """
import threading, os, tempfile
server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
for host in ("127.0.0.1", "localhost"):
    socket.create_connection((host, port), timeout=5).close()
socket.getaddrinfo("192.0.2.1", 443)
socket.getaddrinfo(None, 0)
assert socket.getnameinfo(("192.0.2.1", 443), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV) == ("192.0.2.1", "443")
socket.getnameinfo(("127.0.0.1", 443), socket.NI_NUMERICSERV)
try:
    socket.gethostbyaddr("127.0.0.1")
except socket.herror:
    pass
assert socket.getfqdn("192.0.2.1") == "192.0.2.1"
peer = socket.socket(type=socket.SOCK_DGRAM)
peer.sendto(b"x", ("127.0.0.1", 9))
peer.sendto(b"x", 0, ("127.0.0.1", 9))
if hasattr(socket, "AF_UNIX"):
    path = os.path.join(tempfile.mkdtemp(), "s")
    unix = socket.socket(socket.AF_UNIX); unix.bind(path); unix.listen()
    socket.socket(socket.AF_UNIX).connect(path)
if hasattr(socket, "AF_NETLINK"):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).connect((0, 0))
for wrong in (1, (), (1, 2), None):
    try:
        socket.socket().connect(wrong)
    except TypeError:
        pass
left, right = socket.socketpair()
left.sendmsg([b"x"])
import asyncio
asyncio.run(asyncio.sleep(0))
print("all well")
"""


def test_loopback_is_left_alone():
    done = run(LOOPBACK)
    assert (done.returncode, done.stdout) == (0, "all well\n"), done.stderr


def test_lifting_it_lasts_for_the_block_and_this_thread_alone():
    done = run(
        """
        import threading
        from lab_env.errors import ConnectionRefused

        def refused():
            try:
                socket.socket(type=socket.SOCK_DGRAM).connect(("192.0.2.1", 9))
            except ConnectionRefused:
                return True
            except OSError:
                return False
            return False

        seen = [refused()]
        with guard.lifted():
            seen.append(refused())
            thread = threading.Thread(target=lambda: seen.append(refused()))
            thread.start()
            thread.join()
        seen.append(refused())
        print(seen)
        """
    )
    assert done.stdout == "[True, False, True, True]\n", done.stderr


def test_it_is_an_error_of_the_labs_and_an_os_error():
    done = run(
        """
        from lab_env.errors import LabError
        try:
            socket.create_connection(("192.0.2.1", 443), timeout=1)
        except OSError as error:
            print(isinstance(error, LabError), type(error).__name__)
        """
    )
    assert done.stdout == "True ConnectionRefused\n", done.stderr


def test_arming_twice_hooks_once():
    done = run(
        """
        import sys
        added = []
        sys.addaudithook(lambda event, args: added.append(event) if event == "sys.addaudithook" else None)
        guard.arm()
        guard.arm()
        print(len(added))
        """
    )
    assert done.stdout == "0\n", done.stderr


def test_importing_the_package_arms_it():
    script = "import lab_env, socket; socket.create_connection(('192.0.2.1', 443), timeout=1)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert "would have left this machine" in done.stderr


@pytest.mark.parametrize(
    ("host", "local"),
    [
        (None, True),
        ("", True),
        ("localhost", True),
        (b"localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::1%lo", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("127.evil.example", False),
        ("localhost.evil.example", False),
        ("192.0.2.1", False),
        ("2001:db8::1", False),
        ("::ffff:192.0.2.1", False),
        ("exfil.example", False),
    ],
)
def test_what_counts_as_this_machine(host, local):
    assert is_local(host) is local
