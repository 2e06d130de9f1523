"""``serve`` under load and abuse: many clients at once, broken requests, idle connections; and nothing gets out."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

CLIENTS, CALLS = 16, 6


class Decoy:
    """A server that nobody should come to; it counts who does."""

    def __init__(self):
        self.visitors = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with suppress(OSError):
            while True:
                visit, _ = self._socket.accept()
                visit.settimeout(1)
                with suppress(OSError):
                    self.visitors.append(visit.recv(100))
                visit.close()

    def close(self):
        self._socket.close()


@contextmanager
def served(decoy):
    """A cloud, started where every variable and the profile lead to the decoy."""
    url = f"http://127.0.0.1:{decoy.port}"
    led = {"AWS_ENDPOINT_URL": url, "HTTP_PROXY": url, "HTTPS_PROXY": url, "http_proxy": url, "https_proxy": url,
           "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_PROFILE": "real",
           "AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_EC2_METADATA_SERVICE_ENDPOINT": url}  # fmt: skip
    command = [sys.executable, "-m", "lab_env", "serve", "--port", "0", "--json", "--chapter", "5"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | led,
    )
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def decoy():
    made = Decoy()
    yield made
    made.close()


@pytest.fixture(scope="module")
def cloud(decoy):
    with served(decoy) as (_, told):
        yield told


def client(told, service, **more):
    keys = told["environment"]
    given = {
        "aws_access_key_id": keys["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": keys["AWS_SECRET_ACCESS_KEY"],
        "aws_session_token": keys["AWS_SESSION_TOKEN"],
    }
    once = Config(retries={"total_max_attempts": 1}, read_timeout=60)
    session = boto3.Session(**given | more)
    return session.client(service, region_name="us-east-1", endpoint_url=told["endpoint"], config=once)


def raw(told, request, *, seconds=5):
    """What the server says to these bytes, and nothing when it hangs up."""
    where = urlsplit(told["endpoint"])
    with socket.create_connection((where.hostname, where.port), timeout=seconds) as wire:
        with suppress(OSError):
            wire.sendall(request)
            wire.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            return wire.recv(10_000)
    return b""


def well(told):
    return client(told, "sts").get_caller_identity()["Account"] == "123456789012"


def test_many_clients_at_once(cloud):
    """Each writes, reads back its own, and makes its own VPC; no answer is another's."""

    def work(number):
        s3, ec2 = client(cloud, "s3"), client(cloud, "ec2")
        bucket = f"load-{number}"
        s3.create_bucket(Bucket=bucket)
        for turn in range(CALLS):
            body = f"{number}-{turn}".encode() * 1_000
            s3.put_object(Bucket=bucket, Key=str(turn), Body=body)
            assert s3.get_object(Bucket=bucket, Key=str(turn))["Body"].read() == body
        made = ec2.create_vpc(CidrBlock=f"10.{100 + number}.0.0/16")["Vpc"]
        assert made["CidrBlock"] == f"10.{100 + number}.0.0/16"
        return made["VpcId"]

    with ThreadPoolExecutor(CLIENTS) as pool:
        made = list(pool.map(work, range(CLIENTS)))
    assert len(set(made)) == CLIENTS
    there = {vpc["VpcId"] for vpc in client(cloud, "ec2").describe_vpcs()["Vpcs"]}
    assert set(made) <= there


ABUSE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "half a request": b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nx",
    "a negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "a length that is no number": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
    "bad chunks": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a long line": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
    "no such method": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "out of the folder": b"GET /../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    "a null in the path": b"GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n",
    "no such action": b"POST / HTTP/1.1\r\nHost: ec2.us-east-1.amazonaws.com\r\nContent-Length: 13\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nAction=Nosuch",
    "another's host": b"GET / HTTP/1.1\r\nHost: exfil.example\r\n\r\n",
    "a broken signature": b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: AWS4-HMAC-SHA256 Credential=\r\n\r\n",
    "a broken body": b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: SageMaker.ListTrainingJobs\r\n"
    b"Content-Length: 1\r\n\r\n{",
}


@pytest.mark.parametrize("what", ABUSE)
def test_a_broken_request_harms_nobody_else(cloud, what):
    """It is answered or hung up on, tells nothing of this machine, and the next client is served."""
    said = raw(cloud, ABUSE[what])
    assert b"Traceback" not in said
    assert b"root:" not in said
    assert os.fsencode(Path.cwd()) not in said
    assert well(cloud)


def test_idle_connections_hold_up_nobody(cloud):
    """A hundred clients that connect and say nothing, or a letter."""
    where = urlsplit(cloud["endpoint"])
    with ExitStack() as stack:
        for number in range(100):
            wire = stack.enter_context(socket.create_connection((where.hostname, where.port), timeout=5))
            if number % 2:
                wire.sendall(b"P")
        began = time.monotonic()
        assert well(cloud)
        assert time.monotonic() - began < 10


# In a process without the lab's guard, which would refuse the attempt itself. Connecting a datagram socket sends
# nothing: it only asks the routing table by which address this machine would send.
KNOCK = """
import socket, sys
probe = socket.socket(type=socket.SOCK_DGRAM)
try:
    probe.connect(("192.0.2.1", 9))
    own = probe.getsockname()[0]
except OSError:
    own = "127.0.0.2"
for address in (own, "127.0.0.1"):
    with socket.socket() as wire:
        wire.settimeout(5)
        print(wire.connect_ex((address, int(sys.argv[1]))))
"""


def test_it_listens_on_loopback_alone(cloud):
    """Not by the address by which others reach this machine, nor by loopback's others."""
    where = urlsplit(cloud["endpoint"])
    command = [sys.executable, "-c", KNOCK, str(where.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    refused, taken = map(int, done.stdout.split())
    assert (where.hostname, taken) == ("127.0.0.1", 0)
    assert refused != 0


def test_the_keys_are_made_up(cloud):
    """Nothing of the environment's credentials is in what it prints, and a stranger's keys are nobody's."""
    assert "REAL" not in json.dumps(cloud)
    assert "real" not in json.dumps(cloud)
    stranger = client(cloud, "s3", aws_access_key_id="AKIAREALREALREALREAL", aws_session_token=None)
    with suppress(ClientError):
        stranger.list_buckets()
    assert well(cloud)


def test_nobody_came_to_the_decoy(cloud, decoy):
    """Last in this file: whatever the tests above asked, the variables and the proxies led nowhere."""
    assert well(cloud)
    assert decoy.visitors == []
    with socket.create_connection(("127.0.0.1", decoy.port)) as wire:
        wire.sendall(b"the decoy counts")
    deadline = time.monotonic() + 5
    while not decoy.visitors and time.monotonic() < deadline:
        time.sleep(0.01)
    assert decoy.visitors == [b"the decoy counts"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM to send")
def test_it_ends_while_clients_are_connected(decoy):
    """With idle connections and a request half sent it ends at once, without a word of complaint."""
    with served(decoy) as (process, told), ExitStack() as stack:
        where = urlsplit(told["endpoint"])
        for _ in range(10):
            wire = stack.enter_context(socket.create_connection((where.hostname, where.port)))
            wire.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nx")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=15)
        assert (process.returncode, out, err) == (0, "", "")
