"""The process environment while the lab runs: its own keys and Region, and nothing of the learner's AWS set-up."""

from __future__ import annotations

import os

# Keys of the operator who stands behind a plain boto3 client. They open nothing anywhere.
OPERATOR_ACCESS_KEY = "AKIAMERIDIANOPERATOR"
OPERATOR_SECRET_KEY = "the-lab-checks-no-signature"  # noqa: S105

_SET = {
    "AWS_ACCESS_KEY_ID": OPERATOR_ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": OPERATOR_SECRET_KEY,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    # Otherwise us-east-1's S3 is the legacy global name, which a VPC endpoint's private DNS does not cover.
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "regional",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "BOTO_CONFIG": os.devnull,
    # Reading moto's list of machine images takes 0.2 s; an unknown image id is accepted all the same.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}
_PREFIXES = ("AWS_", "MOTO_")
_SUFFIXES = ("_PROXY",)
_NAMES = frozenset({"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "BOTO_CONFIG"})


def _ours(name: str) -> bool:
    upper = name.upper()
    return upper.startswith(_PREFIXES) or upper.endswith(_SUFFIXES) or upper in _NAMES


class Environment:
    """The lab's environment variables: `enter` puts them in place, `leave` puts back what stood there before."""

    def __init__(self) -> None:
        self._before: dict[str, str] | None = None

    def enter(self) -> None:
        """Take away every variable that could lead a client to a real account, a proxy or another endpoint."""
        self._before = {name: value for name, value in os.environ.items() if _ours(name)}
        for name in self._before:
            del os.environ[name]
        os.environ.update(_SET)

    def sign_in(self, access_key: str, secret_key: str, token: str) -> None:
        """Let plain boto3 calls bear these temporary keys from now on."""
        os.environ.update(
            AWS_ACCESS_KEY_ID=access_key, AWS_SECRET_ACCESS_KEY=secret_key, AWS_SESSION_TOKEN=token
        )

    def leave(self) -> None:
        """Put every variable back; a second call does nothing."""
        if self._before is None:
            return
        for name in [name for name in os.environ if _ours(name)]:
            del os.environ[name]
        os.environ.update(self._before)
        self._before = None
