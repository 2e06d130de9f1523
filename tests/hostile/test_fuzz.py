"""Whatever is read, reading ends soon, in a value or in an error of the lab's that says where."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from lab_env.cli import main
from lab_env.cli.flows import destination, probe, source
from lab_env.dicom.reading import read, sample
from lab_env.errors import InvalidInput, LabError
from lab_env.network import trace
from lab_env.policy import Policy, evaluate
from lab_env.policy.cases import read_case
from lab_env.snapshot.files import read_path, to_files, write_path
from lab_env.training.storage import BadManifest, IllegalKey, _place, read_manifest
from tests.network.builder import with_direct_connect, with_endpoint, with_interface_endpoint, with_nat
from tests.network.strategies import random_flow, random_network
from tests.snapshot.test_service_files_fuzz import changed, places

# ``PRIVATE_PATH_EXAMPLES=5000`` looks longer.
QUICK = settings(
    max_examples=int(os.environ.get("PRIVATE_PATH_EXAMPLES", "100")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
ODD = st.sampled_from(
    [..., None, True, 7, -1, 1.5, 10**40, "", "x", "\x00", "0.0.0.0/0", "::/0", "10.0.0.0/99", "tgw-1", "x" * 5_000,
     [], [None], [7], [[]], {}, {"x": 1}, {"VpcId": None}]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
DEEP = "[" * 200_000
BOMBS = {
    "deep lists": DEEP,
    "deep objects": '{"Vpcs":' * 50_000,
    "a long number": '{"Vpcs": ' + "9" * 100_000 + "}",
    "half a surrogate": '{"Vpcs": "\\ud800"}',
    "not a number": '{"Vpcs": NaN}',
    "bytes that are no text": b"\xff\xfe\x00\xd8",
    "nothing": "",
}


def bytes_of(bomb):
    return bomb if isinstance(bomb, bytes) else bomb.encode()


# --- networks ---------------------------------------------------------------------------------------------------------


@cache
def documents():
    networks = [with_nat(with_direct_connect(public=True)), with_interface_endpoint(with_endpoint()),
                random_network(Random(3))]  # fmt: skip
    return [to_files(network) for network in networks]


@cache
def spots():
    return [
        (number, name, path)
        for number, files in enumerate(documents())
        for name, document in files.items()
        for path in places(document)
    ]


def read_written(files):
    with TemporaryDirectory() as folder:
        for name, document in files.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(document), encoding="utf-8")
        return read_path(folder)


@QUICK
@given(st.data())
def test_one_wrong_value_anywhere_in_a_network(data):
    """Read, and asked: an answer, or an error of the lab's."""
    number, name, path = data.draw(st.sampled_from(spots()))
    files = documents()[number]
    with suppress(LabError):
        network = read_written(files | {name: changed(files[name], path, data.draw(ODD))})
        rng = Random(data.draw(st.integers(0, 1_000)))
        for _ in range(4 if any(item.kind == "interface" for item in network.interfaces) else 0):
            with suppress(LabError):
                trace(network, random_flow(rng, network))


@pytest.mark.parametrize("bomb", BOMBS)
def test_files_that_are_no_answers(tmp_path, bomb):
    """A file of the snapshot that no JSON reader takes is named."""
    tmp_path.joinpath("vpcs.json").write_bytes(bytes_of(BOMBS[bomb]))
    with pytest.raises(InvalidInput, match=r"vpcs\.json"):
        read_path(tmp_path)


@QUICK
@given(st.text(max_size=60) | JSON)
def test_the_two_ends_of_a_flow(value):
    """What people write behind --from and --to, and in a line of --probes."""
    network = with_nat()
    for ask in (lambda: source(value, network), lambda: destination(value)):
        if isinstance(value, str):
            with suppress(LabError):
                ask()
    for line in ({"source": value, "destination": "8.8.8.8"}, {"source": "10.20.1.14", "destination": value},
                 {"source": "internet", "destination": "1.1.1.1", "protocol": value, "port": value}):  # fmt: skip
        with suppress(LabError):
            trace(network, probe(line, network, "line 1"))


# --- policies ---------------------------------------------------------------------------------------------------------

STATEMENT = {"Sid": "a", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
             "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*",
             "Condition": {"StringEquals": {"aws:SourceVpce": ["vpce-1"]},
                           "Bool": {"aws:SecureTransport": "true"}}}  # fmt: skip
DOCUMENT = {"Version": "2012-10-17", "Statement": [STATEMENT]}
CASE = {"id": "1", "request": {"principal": "arn:aws:iam::123456789012:role/a", "action": "s3:GetObject",
                               "resource": "arn:aws:s3:::b/k", "context": {"aws:SourceVpce": "vpce-1"}},
        "identity_policies": [DOCUMENT], "resource_policy": DOCUMENT, "endpoint_policies": [DOCUMENT]}  # fmt: skip


@QUICK
@given(
    JSON
    | st.text(max_size=200)
    | st.builds(changed, st.just(DOCUMENT), st.sampled_from(list(places(DOCUMENT))), ODD)
)
@example(DEEP)
@example('{"Statement":' * 50_000)
def test_policies(value):
    with suppress(LabError):
        Policy.parse(value)


@QUICK
@given(st.builds(changed, st.just(CASE), st.sampled_from(list(places(CASE))), ODD | JSON) | JSON)
def test_cases(value):
    with suppress(LabError):
        case = read_case(value)
        evaluate(case.request, case.policies)


# --- files of a learner's ---------------------------------------------------------------------------------------------


@cache
def image():
    file = BytesIO()
    sample("CT_small.dcm").save_as(file, enforce_file_format=True)
    return file.getvalue()


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 255)), max_size=12),
    st.integers(0, 40_000) | st.none(),
)
@example([], 132)
def test_damaged_images(changes, cut):
    """Bytes changed and cut: a data set, or InvalidInput."""
    content = bytearray(image())
    for place, byte in changes:
        content[place % len(content)] = byte
    with suppress(InvalidInput):
        read(bytes(content[:cut]))


def test_the_image_itself_is_read():
    """Else the test above would hold of anything."""
    assert read(image()).PatientID == dcmread(BytesIO(image())).PatientID


@QUICK
@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
@example(DEEP.encode())
@example(b'[{"prefix": 7}]')
@example(b"[]")
def test_manifests(content):
    """A channel's manifest: a prefix and names, or the words that a job fails with."""
    with suppress(BadManifest):
        prefix, names = read_manifest(content, "s3://bucket/manifest")
        assert isinstance(prefix, str)
        assert all(isinstance(name, str) for name in names)


@QUICK
@given(st.text(st.sampled_from("./\\ab\x00:~"), max_size=12))
@example("/etc/passwd")
@example("a/../../x")
@example("..")
def test_no_object_lands_outside_its_folder(name):
    """Whatever a manifest or a key says."""
    folder = Path("/opt/ml/input/data/x")
    with suppress(IllegalKey):
        landed = Path(os.path.normpath(_place(folder, name, "s3://b/k")))
        assert landed == folder or folder in landed.parents


# --- the command line -------------------------------------------------------------------------------------------------


ON_SNAPSHOT = ["trace", "--from", "internet", "--to", "1.1.1.1", "--snapshot"]
READERS = {
    "decide": ["decide", "--cases"],
    "audit": ["audit", "--snapshot"],
    "trace": ON_SNAPSHOT,
    "probes": ["trace", "--probes"],
}
# An empty file holds no case and no probe: there is nothing to answer, and nothing wrong.
COMMANDS = [
    (name, bomb)
    for name in READERS
    for bomb in BOMBS
    if (name, bomb) not in {("decide", "nothing"), ("probes", "nothing")}
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snapshot")
    write_path(with_nat(), folder)
    return str(folder)


@pytest.mark.parametrize(("name", "bomb"), COMMANDS)
def test_the_command_line(tmp_path, snapshot, capsys, name, bomb):
    """Exit code 2 and one line on stderr, whatever the file holds."""
    file = tmp_path / "input.json"
    file.write_bytes(bytes_of(BOMBS[bomb]))
    more = ["--snapshot", snapshot] if name == "probes" else []
    assert main([*READERS[name], str(file), *more]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert len(told) < 1_000
