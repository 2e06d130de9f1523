"""Sessions from every place with anybody's keys: place and principal vary independently."""

from __future__ import annotations

from typing import Any

from lab_env import scenario
from lab_env.cloud.mock import MockCloud
from lab_env.dataplane.places import Keys, Place, PlacedSession
from lab_env.dataplane.principals import ROOT_ACCESS_KEY
from lab_env.dataplane.seam import DataPlane
from lab_env.errors import InvalidInput
from lab_env.network import InterfaceSource

_SECRET = "the-lab-checks-no-signature"  # noqa: S105


class Sessions:
    """Makes `PlacedSession`s.

    Args:
        cloud: where roles, users and network interfaces are.
        plane: told when the network changes.

    ``root_keys`` are the firm's root user's, ``attacker_keys`` the attacker's.
    """

    root_keys = Keys(ROOT_ACCESS_KEY, _SECRET)

    def __init__(self, cloud: MockCloud, plane: DataPlane) -> None:
        self._cloud, self._plane = cloud, plane
        self.attacker_keys = Keys("", "")

    def role_keys(self, role: str) -> Keys:
        """Temporary keys of a role, whoever its trust policy names.

        Raises:
            ClientError: ``NoSuchEntity`` when there is no such role.
        """
        arn = self._cloud.describe("iam", "GetRole", {"RoleName": role})["Role"]["Arn"]
        ask = {"RoleArn": arn, "RoleSessionName": "lab-session"}
        given = self._cloud.describe("sts", "AssumeRole", ask)["Credentials"]
        return Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def settle_attacker(self) -> None:
        """Let the attacker's account, user and bucket be there, as they are before anybody learns of them."""

        def ask(service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
            return self._cloud.describe(service, operation, params, account=scenario.ATTACKER_ACCOUNT)

        self.attacker_keys = Keys(*scenario.settle_attacker(ask))

    def keys(self, role: str | None, keys: Keys | None) -> Keys:
        """The keys that a caller chose, by a role's name or as they are.

        Raises:
            InvalidInput: neither was given, or both.
        """
        if (role is None) == (keys is None):
            raise InvalidInput("a session needs somebody's keys.", do="Give one of role= and keys=.")
        return keys if keys is not None else self.role_keys(str(role))

    def at(self, place: Place, keys: Keys) -> PlacedSession:
        """A session at a place that needs no making."""
        return PlacedSession(place, keys, self._cloud.region)

    def in_subnet(self, subnet: str, keys: Keys, groups: list[str] | None) -> PlacedSession:
        """A session on a new network interface, which goes when the session is closed."""
        wanted = {"SubnetId": subnet, "Description": "lab session"} | ({"Groups": groups} if groups else {})
        made = self._cloud.describe("ec2", "CreateNetworkInterface", wanted)["NetworkInterface"]
        interface = made["NetworkInterfaceId"]
        self._plane.forget()

        def leave() -> None:
            self._cloud.describe("ec2", "DeleteNetworkInterface", {"NetworkInterfaceId": interface})
            self._plane.forget()

        place = Place(f"{interface} in {subnet}", InterfaceSource(interface))
        return PlacedSession(place, keys, self._cloud.region, leave)

    def on_instance(self, instance: str, keys: Keys) -> PlacedSession:
        """A session on an instance's first network interface."""
        asked = {"InstanceIds": [instance]}
        found = self._cloud.describe("ec2", "DescribeInstances", asked)["Reservations"][0]["Instances"][0]
        interface = found["NetworkInterfaces"][0]["NetworkInterfaceId"]
        return self.at(Place(f"{instance} in {found['SubnetId']}", InterfaceSource(interface)), keys)
