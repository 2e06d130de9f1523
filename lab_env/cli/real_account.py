"""A real account, read-only: asked for by its profile's name, at a terminal, by somebody who says so twice."""

from __future__ import annotations

import os
import sys
from textwrap import wrap

from lab_env.errors import InvalidInput
from lab_env.snapshot.account import READS, Account

# What Jupyter gives every kernel, and with it every program that a cell starts; terminals do not have it.
_KERNEL = "JPY_PARENT_PID"


def read_profile(name: str, region: str = "") -> Account:
    """The account behind a profile of the AWS CLI's, after the person at the terminal agreed.

    Args:
        name: the profile's name.
        region: the Region whose network is read; by default the profile's.

    Raises:
        InvalidInput: nobody agreed, there is no such profile, it names no Region, or AWS refused a call.
    """
    _agree(name)
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    from lab_env.cloud.guard import lifted
    from lab_env.snapshot.account import read_account, reading

    try:
        # Nowhere else is a connection to the outside let through.
        with lifted():
            session = boto3.Session(profile_name=name)
            where = region or session.region_name
            if not where:
                raise InvalidInput("it names no Region.", where=f"profile {name}", do="Give --region.")
            return read_account(reading(session), where)
    except (BotoCoreError, ClientError) as error:
        raise InvalidInput(
            f"the account cannot be read: {error}",
            where=f"profile {name}",
            do="audit --calls --json prints a policy that allows every call that is made, and nothing else.",
        ) from error


def question(name: str) -> str:
    """What is told, and asked, before a real account is read.

    Args:
        name: the profile's name.
    """
    calls = sum(map(len, READS.values()))
    told = (
        f"This reads the real AWS account behind the profile {name!r}, with {calls} kinds of calls whose names begin "
        f"with Describe, Get or List, of {', '.join(READS)}. Objects are not read. Nothing is changed, and nothing "
        "leaves this machine but these calls and those that sign the profile in. Type the profile's name to go on: "
    )
    return "\n".join(wrap(told, 100)) + " "


def _agree(name: str) -> None:
    """Tell what will be done, and wait for the profile's name.

    Raises:
        InvalidInput: no person sits there, or the answer is another.
    """
    # A cell's "!command" is given a terminal of its own, at which nobody can type.
    if _KERNEL in os.environ or not sys.stdin.isatty():
        raise InvalidInput(
            "a real account is read only when a person at a terminal agrees.",
            where=f"profile {name}",
            do="Run this command in a terminal of your own.",
        )
    print(question(name), end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != name:
        raise InvalidInput("that is not its name; nothing was read.", where=f"profile {name}")
