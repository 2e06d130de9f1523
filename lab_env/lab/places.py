"""Standing somewhere, as somebody: sessions by place and by keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lab_env import scenario
from lab_env.dataplane.places import INTERNET, OPERATOR, Keys, PlacedSession, announcing, in_data_centre
from lab_env.lab.bench import Bench

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab_env.network.model import OnPremises


class Places(Bench):
    """The verbs that give a ``boto3.Session`` somewhere."""

    def session_in(
        self,
        subnet: str,
        *,
        role: str | None = None,
        keys: Keys | None = None,
        security_groups: list[str] | None = None,
    ) -> PlacedSession:
        """A ``boto3.Session`` whose calls come from a new network interface in a subnet.

        Args:
            subnet: the subnet's id.
            role: name of the role whose keys it uses.
            keys: in place of a role, anybody's keys (``lab.attacker.keys``).
            security_groups: ids; by default the VPC's default group, as EC2 does.

        Returns:
            A session to be used with ``with``, or closed: its interface goes then.
        """
        self._check_open()
        return self._sessions.in_subnet(subnet, self._sessions.keys(role, keys), security_groups)

    def session_on_instance(
        self, instance: str, *, role: str | None = None, keys: Keys | None = None
    ) -> PlacedSession:
        """A ``boto3.Session`` whose calls come from an EC2 instance's first network interface.

        Args:
            instance: the instance's id.
            role: name of the role whose keys it uses.
            keys: in place of a role, anybody's keys.
        """
        self._check_open()
        return self._sessions.on_instance(instance, self._sessions.keys(role, keys))

    def session_on_internet(self, keys: Keys | None = None, *, role: str | None = None) -> PlacedSession:
        """A ``boto3.Session`` of somebody elsewhere on the internet, with these keys or a role's."""
        self._check_open()
        return self._sessions.at(INTERNET, self._sessions.keys(role, keys))

    def session_on_premises(self, role: str | None = None, *, keys: Keys | None = None) -> PlacedSession:
        """A ``boto3.Session`` whose calls come from a host in the firm's data centre, as a role or with any keys."""
        return self._sessions.at(in_data_centre(self.on_premises()), self._sessions.keys(role, keys))

    @property
    def attacker(self) -> PlacedSession:
        """A session of the attacker, on the internet: account 999988887777, with the bucket totally-legit-backups."""
        self._check_open()
        return self._sessions.at(INTERNET, self._sessions.attacker_keys)

    def root(self) -> PlacedSession:
        """A session of the firm's root user, at the operator's machine: for what nobody else can mend."""
        self._check_open()
        return self._sessions.at(OPERATOR, self._sessions.root_keys)

    def on_premises(
        self, *, prefixes: Sequence[str] | None = None, internet_exit: bool | None = None
    ) -> OnPremises:
        """The firm's data centre, at the far end of Direct Connect; what is given changes, what is not stays.

        What it announces is its own routers' doing (BGP): AWS has no call for it.

        Args:
            prefixes: CIDR blocks that it announces over a private virtual interface; ``0.0.0.0/0`` to carry anything.
            internet_exit: whether it lets others out to the internet.

        Raises:
            InvalidInput: a prefix is no CIDR block.
        """
        self._check_open()
        known = self._cloud.on_premises
        site = known[0] if known else scenario.ON_PREMISES
        if prefixes is not None:
            site = announcing(site, prefixes)
        if internet_exit is not None:
            site = replace(site, internet_exit=internet_exit)
        if known != (site,):
            self._cloud.announce(site)
            self._plane.forget()
        return site

    def keys(self, role: str) -> Keys:
        """Temporary keys of a role, as whoever its trust policy names would be given them.

        Raises:
            ClientError: ``NoSuchEntity`` when there is no such role.
        """
        return self._sessions.role_keys(role)
