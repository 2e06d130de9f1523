"""``trace``: the answer as text and as JSON, the ways to write its two ends, and one clear line for what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lab_env.cli.flows import destination, source
from lab_env.errors import InvalidInput, NotFound
from lab_env.network import InterfaceSource, InternetSource
from lab_env.network.model import Vpc
from lab_env.snapshot.files import write_path
from tests.cli.conftest import exported
from tests.network.builder import changed, interface

S3 = "meridian-phi-training.s3.us-east-1.amazonaws.com"


def test_text(command, snapshot):
    """The same text as a learner sees, and 0 when it is reached."""
    code, out, err = command("trace", "--snapshot", snapshot, "--from", "eni-job", "--to", f"{S3}:443")
    assert (code, err) == (0, "")
    assert "vpce-s3" in out
    assert out.splitlines()[-1].startswith("✓ Reached through")


def test_json(command, snapshot):
    """The keys that programs may count on."""
    code, out, _ = command("trace", "--snapshot", snapshot, "--from", "eni-job", "--to", S3, "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["outcome"], answer["exit"], answer["endpoint"]) == (
        "reached",
        "gateway-endpoint",
        "vpce-s3",
    )
    assert answer["reason"]
    assert [hop["kind"] for hop in answer["hops"]] == [
        "dns",
        "security-group",
        "network-acl",
        "route-table",
        "gateway-endpoint",
    ]
    assert set(answer["hops"][0]) >= {"resource", "kind", "verdict", "rule", "why"}
    assert answer["source_seen"] == "10.20.1.14"


def test_dropped(command, snapshot):
    """1 when it is dropped; the reason and the explanation code are there."""
    code, out, _ = command(
        "trace", "--snapshot", snapshot, "--from", "eni-job", "--to", "198.51.100.10", "--json"
    )
    answer = json.loads(out)
    assert code == 1
    assert (answer["outcome"], answer["exit"], answer["endpoint"]) == ("dropped", "none", None)
    assert answer["blockers"][0]["code"] == "NO_ROUTE_TO_DESTINATION"
    assert answer["reason"] == answer["blockers"][0]["why"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("internet", InternetSource),
        ("203.0.113.5", InternetSource),
        ("eni-job", InterfaceSource("eni-job")),
        ("i-web", InterfaceSource("eni-web")),
        ("10.20.1.14", "eni-job 10.20.1.14"),
        ("54.144.0.7", "eni-web 10.20.100.7"),
    ],
)
def test_sources(text, expected):
    """An interface, an instance, a private address, a public one of ours or of somebody else, or the internet."""
    found = source(text, exported())
    if isinstance(expected, str):
        assert f"{found.interface} {found.address}" == expected
    elif expected is InternetSource:
        assert isinstance(found, InternetSource)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("eni-none", NotFound, "eni-none: no such network interface"),
        ("i-none", NotFound, "i-none: no network interface of such an instance"),
        ("10.20.9.9", NotFound, "10.20.9.9: no network interface in the snapshot holds"),
        ("somewhere", InvalidInput, "--from somewhere: expected eni-"),
    ],
)
def test_sources_that_are_not_there(text, error, words):
    """Named as they were written."""
    with pytest.raises(error, match=words):
        source(text, exported())


def test_an_address_in_two_vpcs():
    """Overlapping VPCs: the interface has to be named."""
    other = replace(exported().vpcs[0], id="vpc-2")
    assert isinstance(other, Vpc)
    twin = interface("eni-twin", "subnet-z", "10.20.1.14", vpc="vpc-2")
    network = changed(exported(), vpcs=other, interfaces=twin)
    with pytest.raises(InvalidInput, match=r"eni-job in vpc-1, eni-twin in vpc-2.*Name one"):
        source("10.20.1.14", network)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.test", ("example.test", "tcp", 443)),
        ("example.test:8443", ("example.test", "tcp", 8443)),
        ("example.test:443/tcp", ("example.test", "tcp", 443)),
        ("10.0.0.4", ("10.0.0.4", "tcp", 443)),
        ("10.0.0.4:22/tcp", ("10.0.0.4", "tcp", 22)),
        ("10.0.0.4:53/udp", ("10.0.0.4", "udp", 53)),
        ("10.0.0.4/icmp", ("10.0.0.4", "icmp", 0)),
        ("2600:1f18::5", ("2600:1f18::5", "tcp", 443)),
        ("[2600:1f18::5]:22", ("2600:1f18::5", "tcp", 22)),
        ("2600:1f18::5/icmp", ("2600:1f18::5", "icmp", 0)),
    ],
)
def test_destinations(text, expected):
    """Host, protocol and port in every form that is written down."""
    assert destination(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected HOST"),
        ("a b", "expected HOST"),
        ("host:", "expected HOST"),
        ("host:443:443", "expected HOST"),
        ("host:0", "port '0' is not from 1 to 65535"),
        ("host:65536", "port '65536' is not from 1 to 65535"),
        ("host:22/sctp", "protocol 'sctp' is none of tcp, udp, icmp"),
        ("10.0.0.0/16", "protocol '16' is none of"),
    ],
)
def test_destinations_that_make_no_sense(text, words):
    """The text as it was written, and what would do."""
    with pytest.raises(InvalidInput, match=words):
        destination(text)


BAD = {
    "nothing to trace": (["trace", "--snapshot", "{export}"], "give either --from and --to, or --probes"),
    "half a flow": (
        ["trace", "--snapshot", "{export}", "--from", "eni-job"],
        "--from and --to belong together",
    ),
    "both": (
        ["trace", "--snapshot", "{export}", "--probes", "x", "--from", "eni-job", "--to", "10.0.0.1"],
        "give either --from and --to, or --probes",
    ),
    "no snapshot": (
        ["trace", "--from", "a", "--to", "b"],
        "the following arguments are required: --snapshot",
    ),
    "a path that is not there": (
        ["trace", "--snapshot", "nowhere", "--from", "eni-job", "--to", "10.0.0.1"],
        "nowhere: there is no such file or folder",
    ),
    "a source that is not there": (
        ["trace", "--snapshot", "{export}", "--from", "eni-x", "--to", "10.0.0.1"],
        "eni-x: no such network interface is in the snapshot",
    ),
    "a name of the world at large": (
        ["trace", "--snapshot", "{export}", "--from", "eni-job", "--to", "example.com:443"],
        "example.com: the lab asks no DNS server for it. Give its address instead.",
    ),
    "probes that are not there": (
        ["trace", "--snapshot", "{export}", "--probes", "nowhere.jsonl"],
        "nowhere.jsonl: it cannot be read",
    ),
    "no command": ([], "the following arguments are required: COMMAND"),
    "another command": (["tracer"], "invalid choice"),
}


@pytest.mark.parametrize(("words", "complaint"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_exit_code_2(command, snapshot, words, complaint):
    """Nothing on stdout, one line on stderr."""
    code, out, err = command(*(word.format(export=snapshot) for word in words))
    assert (code, out) == (2, "")
    assert complaint in err
    assert err.count("\n") == 1


def test_a_snapshot_that_lacks_what_the_trace_needs(command, snapshot):
    """Named, with the call that gives it; a trace that does not need it still works."""
    (snapshot / "us-east-1" / "NetworkAcls.json").unlink()
    code, out, err = command("trace", "--snapshot", snapshot, "--from", "eni-job", "--to", S3)
    assert (code, out) == (2, "")
    assert "NetworkAcls" in err or "network ACL" in err
    assert "describe-network-acls" in err
    neighbours = command("trace", "--snapshot", snapshot, "--from", "eni-web", "--to", "10.20.100.7")
    assert neighbours[0] == 0


LINES = [
    {"id": 1, "source": "10.20.1.14", "destination": "198.51.100.10", "protocol": "tcp", "port": 22},
    {"id": 2, "source": "internet", "destination": "54.144.0.7", "protocol": "icmp", "port": None},
    {"id": 3, "source": "10.20.100.7", "destination": "198.51.100.10"},
]


def probes(folder, text):
    file = folder / "probes.jsonl"
    file.write_text(text, encoding="utf-8")
    return file


def test_probes(command, snapshot, tmp_path):
    """Each line comes back with its answer, in order; blank lines are passed over."""
    text = "\n\n".join(map(json.dumps, LINES)) + "\n"
    code, out, err = command("trace", "--snapshot", snapshot, "--probes", probes(tmp_path, text))
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [answer["outcome"] for answer in answers] == ["dropped", "reached", "reached"]
    for line, answer in zip(LINES, answers, strict=True):
        assert line.items() <= answer.items()
        assert answer["hops"]


def test_probes_that_cannot_be_answered(command, snapshot, tmp_path):
    """They say why, the others are answered all the same, and the exit code tells."""
    lines = [*LINES, {"source": "10.20.9.9", "destination": "10.20.1.14"}, {"source": "internet"}]
    code, out, err = command(
        "trace", "--snapshot", snapshot, "--probes", probes(tmp_path, "\n".join(map(json.dumps, lines)))
    )
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 2
    assert err == "private-path: 2 of 5 probes could not be answered.\n"
    assert [answer["outcome"] for answer in answers] == ["dropped", "reached", "reached", None, None]
    assert answers[3]["error"] == "10.20.9.9: no network interface in the snapshot holds this address."
    assert answers[4]["error"] == "probes.jsonl:5: 'destination' is missing, or is no string."


@pytest.mark.parametrize(
    ("text", "words"), [('{"source": ', "probes.jsonl:1: this is no JSON"), ("[]", "expected an object")]
)
def test_probes_that_are_no_json(command, snapshot, tmp_path, text, words):
    """File and line."""
    code, out, err = command("trace", "--snapshot", snapshot, "--probes", probes(tmp_path, text))
    assert (code, out) == (2, "")
    assert words in err


def test_a_region_may_be_given(command, tmp_path):
    """Files that no folder places."""
    write_path(exported(), tmp_path / "export")
    (tmp_path / "export" / "us-east-1").rename(tmp_path / "flat")
    code, _, _ = command(
        "trace", "--snapshot", tmp_path / "flat", "--region", "us-east-1", "--from", "i-job", "--to", S3
    )
    assert code == 0


def test_all_pairs(command, snapshot):
    """Every pair of the snapshot's interfaces, as text and as data."""
    code, out, err = command("trace", "--snapshot", snapshot, "--all-pairs", "443")
    assert (code, err) == (0, "")
    assert out.startswith("tcp 443: ")
    code, out, _ = command("trace", "--snapshot", snapshot, "--all-pairs", "icmp", "--json")
    found = json.loads(out)
    interfaces = [name for kind in found["kinds"] for name in kind]
    assert (code, found["protocol"], found["unknown"]) == (0, "icmp", 0)
    assert found["reached"] + found["dropped"] == len(interfaces) * (len(interfaces) - 1) > 0
    assert all(set(answer) == {"from", "to", "same_subnet", "reached"} for answer in found["answers"])


@pytest.mark.parametrize("asked", ["https", "443/sctp", "0", "70000"])
def test_all_pairs_of_what_is_no_service(command, snapshot, asked):
    code, out, err = command("trace", "--snapshot", snapshot, "--all-pairs", asked)
    assert (code, out) == (2, "")
    assert f"--all-pairs {asked}: " in err


def test_one_question_at_a_time(command, snapshot):
    code, _, err = command("trace", "--snapshot", snapshot, "--all-pairs", "443", "--to", S3)
    assert code == 2
    assert "give either --from and --to, or --probes, or --all-pairs." in err
