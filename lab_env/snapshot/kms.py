"""KMS's answers → `Key`.

*DescribeKey*, *GetKeyPolicy*, *GetKeyRotationStatus*, *ListAliases* of the AWS KMS API reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial

from lab_env.errors import IncompleteSnapshot
from lab_env.policy import Kind, Policy
from lab_env.snapshot.asking import Describe, ask, pages
from lab_env.snapshot.partial import read_fields
from lab_env.snapshot.policies import stored_policy
from lab_env.snapshot.record import Record
from lab_env.snapshot.state import Key

_NONE = ("NotFoundException",)
# Reserved: no customer can give an alias that begins so.
_AWS_ALIAS = "alias/aws/"


def read_key(describe: Describe, name: str) -> Key | None:
    """A key; ``None`` when there is none such.

    Args:
        describe: asks KMS of the key's account in its Region.
        name: its id, its ARN, ``alias/…`` or the ARN of an alias.

    Raises:
        MalformedPolicy: KMS would never have stored its policy.
    """

    @cache
    def answer() -> Record | None:
        return ask(describe, "DescribeKey", _NONE, KeyId=name)

    def item() -> Record:
        return (answer() or Record({}, "DescribeKey")).record("KeyMetadata")

    arn, key = name, name.rpartition("/")[2]
    with suppress(IncompleteSnapshot):
        if answer() is None:
            return None
        arn, key = item().arn("Arn"), item().text("KeyId")
    aliases = partial(_aliases, describe, key)

    def managed() -> bool:
        return item().text("KeyManager", "CUSTOMER") == "CUSTOMER" and not any(
            alias.startswith(_AWS_ALIAS) for alias in (name.rpartition(":")[2], *aliases())
        )

    return read_fields(
        Key,
        arn=arn,
        policy=lambda: _policy(describe, key, managed),
        enabled=lambda: item().text("KeyState", "Enabled") == "Enabled",
        rotates=partial(_rotates, describe, key),
        customer_managed=managed,
        aliases=aliases,
    )


def key_arns(describe: Describe) -> Iterator[str]:
    """The ARNs of an account's keys in one Region."""
    for item in pages(describe, "ListKeys", "Keys"):
        yield item.arn("KeyArn")


def _policy(describe: Describe, key: str, managed: Callable[[], bool]) -> Policy | None:
    with suppress(IncompleteSnapshot):
        if not managed():
            return None
    answer = ask(describe, "GetKeyPolicy", _NONE, KeyId=key, PolicyName="default")
    return None if answer is None else stored_policy(answer.document("Policy"), Kind.KEY, key)


def _rotates(describe: Describe, key: str) -> bool:
    # Asymmetric keys, and keys in custom key stores, cannot rotate by themselves: the call is an error for them.
    answer = ask(describe, "GetKeyRotationStatus", (*_NONE, "UnsupportedOperationException"), KeyId=key)
    return answer is not None and answer.flag("KeyRotationEnabled", default=False)


def _aliases(describe: Describe, key: str) -> tuple[str, ...]:
    # An exported list may be of every key's aliases.
    found = pages(describe, "ListAliases", "Aliases", KeyId=key)
    return tuple(sorted(item.text("AliasName") for item in found if item.text("TargetKeyId", key) == key))
