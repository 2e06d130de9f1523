"""The program as people start it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def run(*words):
    """Run it where the terminal's own encoding is ASCII, as it may be on Windows or in a bare container."""
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "lab_env", *words]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, env=environment)


def test_help_lists_the_commands():
    done = run("--help")
    assert done.returncode == 0
    assert all(name in done.stdout.decode() for name in ("start", "doctor", "trace"))


def test_a_process_gives_the_same_answer(snapshot):
    """Exit code, text in UTF-8 whatever the terminal's own encoding, and nothing on stderr."""
    done = run("trace", "--snapshot", str(snapshot), "--from", "i-job", "--to", "198.51.100.10")
    assert done.returncode == 1
    assert "✗" in done.stdout.decode("utf-8")
    assert done.stderr == b""


@pytest.mark.parametrize("words", [("trace",), ("start", "--chapter", "x"), ("no-such-command",)])
def test_bad_words(words):
    done = run(*words)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
