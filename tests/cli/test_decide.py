"""``decide``: a file of cases in, one decision a line out."""

from __future__ import annotations

import json

import pytest

from lab_env.cli import main

SESSION = "arn:aws:sts::111122223333:assumed-role/Train/job"
READ = {"principal": SESSION, "action": "s3:GetObject", "resource": "arn:aws:s3:::phi/x"}
ALLOW = {
    "Version": "2012-10-17",
    "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
}
GRANTED = {"id": "granted", "request": READ, "identity_policies": [ALLOW]}
SILENT = {"id": "silent", "request": READ}


@pytest.fixture
def decide(tmp_path, capsys):
    """Exit code, output and errors of the command for these lines."""

    def run(*lines, words=("--json",)):
        path = tmp_path / "cases.jsonl"
        path.write_text(
            "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8"
        )
        code = main(["decide", "--cases", str(path), *words])
        told = capsys.readouterr()
        return code, told.out.splitlines(), told.err.splitlines()

    return run


def test_each_case_is_answered_on_a_line_of_its_own(decide):
    code, out, errors = decide(GRANTED, "", SILENT)
    assert (code, errors) == (0, [])
    assert [json.loads(line) for line in out] == [
        {
            "id": "granted",
            "decision": "Allowed",
            "decided_by": "identity",
            "statements": ["Read"],
            "why": "s3:GetObject is allowed by Read in an identity-based policy.",
        },
        {
            "id": "silent",
            "decision": "ImplicitlyDenied",
            "decided_by": "identity",
            "statements": [],
            "why": "s3:GetObject is denied: no identity-based policy allows it.",
        },
    ]


def test_text_for_people(decide):
    _, out, _ = decide(GRANTED, words=())
    assert out == ["granted: Allowed. s3:GetObject is allowed by Read in an identity-based policy."]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2"),
        ({"request": {"principal": SESSION}}, "'action'"),
        ({"request": READ, "identity_polices": []}, "identity_policies"),
        ({"request": READ | {"principal": "me"}}, "principal"),
        ({"request": READ, "identity_policies": [{"Statement": {"Efect": "Allow"}}]}, "Effect"),
        ("[]", "JSON object"),
    ],
)
def test_a_line_that_cannot_be_decided_is_named_and_the_others_are_decided(decide, line, told):
    code, out, errors = decide(GRANTED, line, SILENT)
    assert code == 2
    assert len(out) == 2
    assert len(errors) == 1
    assert "line 2" in errors[0]
    assert told in errors[0]


def test_a_file_that_is_not_there(capsys):
    assert main(["decide", "--cases", "no-such-file.jsonl"]) == 2
    assert "no-such-file.jsonl" in capsys.readouterr().err
