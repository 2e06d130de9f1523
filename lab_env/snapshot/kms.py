"""KMS's answers → `Key`.

*DescribeKey*, *GetKeyPolicy*, *GetKeyRotationStatus*, *ListAliases* of the AWS KMS API reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lab_env.policy import Kind, Policy
from lab_env.snapshot.asking import Describe, ask, pages
from lab_env.snapshot.partial import read_fields
from lab_env.snapshot.policies import stored_policy
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
    answer = ask(describe, "DescribeKey", _NONE, KeyId=name)
    if answer is None:
        return None
    item = answer["KeyMetadata"]
    key = str(item["KeyId"])
    aliases = partial(_aliases, describe, key)

    def managed() -> bool:
        return item.get("KeyManager", "CUSTOMER") == "CUSTOMER" and not any(
            alias.startswith(_AWS_ALIAS) for alias in (name.rpartition(":")[2], *aliases())
        )

    return read_fields(
        Key,
        arn=str(item["Arn"]),
        policy=lambda: _policy(describe, key) if managed() else None,
        enabled=lambda: item.get("KeyState", "Enabled") == "Enabled",
        rotates=partial(_rotates, describe, key),
        customer_managed=managed,
        aliases=aliases,
    )


def key_arns(describe: Describe) -> Iterator[str]:
    """The ARNs of an account's keys in one Region."""
    for item in pages(describe, "ListKeys", "Keys"):
        yield str(item["KeyArn"])


def _policy(describe: Describe, key: str) -> Policy | None:
    answer = ask(describe, "GetKeyPolicy", _NONE, KeyId=key, PolicyName="default")
    return None if answer is None else stored_policy(answer["Policy"], Kind.KEY, key)


def _rotates(describe: Describe, key: str) -> bool:
    # Asymmetric keys, and keys in custom key stores, cannot rotate by themselves: the call is an error for them.
    answer = ask(describe, "GetKeyRotationStatus", (*_NONE, "UnsupportedOperationException"), KeyId=key)
    return answer is not None and bool(answer.get("KeyRotationEnabled"))


def _aliases(describe: Describe, key: str) -> tuple[str, ...]:
    return tuple(
        sorted(str(item["AliasName"]) for item in pages(describe, "ListAliases", "Aliases", KeyId=key))
    )
