"""Direct Connect connections that have AWS's ids, and AWS's errors for those that are not there.

moto's ids hold the time of day and are no ids but ARNs; its errors have codes of its own; it deletes a connection from
under its virtual interfaces. Physical work takes weeks on AWS; here a connection is available at once.
"""

from __future__ import annotations

from typing import Any

from moto.directconnect import models

from lab_env.cloud.directconnect_store import ClientError, new_id, virtual_interfaces
from lab_env.cloud.patches import Patches


def fill(patches: Patches) -> None:
    """Name connections and refuse requests as AWS does."""
    _ids(patches)
    _tags(patches)
    patches.set(models, "ConnectionNotFound", _no_connection)
    patches.set(models, "LAGNotFound", _no_lag)
    original = models.DirectConnectBackend.delete_connection

    def delete(self: Any, connection_id: str) -> Any:
        used = [item for item in virtual_interfaces(self).values() if item["connectionId"] == connection_id]
        if used:
            names = ", ".join(item["virtualInterfaceId"] for item in used)
            raise ClientError(f"Connection {connection_id} has virtual interfaces: {names}")
        return original(self, connection_id)

    patches.set(models.DirectConnectBackend, "delete_connection", delete)


def _ids(patches: Patches) -> None:
    def name_connection(self: Any) -> None:
        self.connection_id = new_id("dxcon")

    def name_lag(self: Any) -> None:
        self.lag_id = new_id("dxlag")

    original = models.Connection.to_dict

    def told(self: Any) -> dict[str, Any]:
        # A dedicated connection has no partner; the letter of authorisation is not modelled, and moto dates it.
        unknown = {"partnerName": None, "loaIssueTime": None}
        device = f"{self.location}-{self.connection_id.removeprefix('dxcon-')}"
        devices = dict.fromkeys(("awsDevice", "awsDeviceV2", "awsLogicalDeviceId"), device)
        return {**original(self), **unknown, **devices, "ownerAccount": self.owner_account}

    patches.set(models.Connection, "__post_init__", name_connection)
    patches.set(models.LAG, "__post_init__", name_lag)
    patches.set(models.Connection, "to_dict", told)


def _tags(patches: Patches) -> None:
    """Let the tagging calls take ARNs: moto keeps tags by what it believes to be one, the connection's id."""
    backend = models.DirectConnectBackend
    listed, tag, untag = backend.list_tags_for_resource, backend.tag_resource, backend.untag_resource
    patches.set(backend, "list_tags_for_resource", lambda self, arn: listed(self, _id(arn)))
    patches.set(backend, "tag_resource", lambda self, arn, tags: tag(self, _id(arn), tags))
    patches.set(backend, "untag_resource", lambda self, arn, keys: untag(self, _id(arn), keys))


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _no_connection(connection_id: str, _region: str) -> ClientError:
    if not connection_id.startswith("dxcon-"):
        return ClientError(f"Connection ID {connection_id} has an invalid format.")
    return ClientError(f"Could not find Connection with ID {connection_id}")


def _no_lag(lag_id: str, _region: str) -> ClientError:
    return ClientError(f"Could not find Lag with ID {lag_id}")
