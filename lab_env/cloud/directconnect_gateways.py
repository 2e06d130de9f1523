"""Direct Connect gateways and their associations with virtual private gateways, which moto does not know.

Direct Connect guide: *Direct Connect gateways*, *Virtual private gateway associations*, *Allowed prefixes
interactions*.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.directconnect.responses import DirectConnectResponse

from lab_env.cloud.directconnect_store import (
    ClientError,
    Item,
    associations,
    attached_to,
    check_cidrs,
    gateways,
    known_gateway,
    known_vpn_gateway,
    new_uuid,
    parameters,
)
from lab_env.cloud.patches import Patches
from lab_env.errors import NotModelled

_DEFAULT_ASN = 64512


def fill(patches: Patches) -> None:
    """Answer the calls on gateways and associations."""
    for operation in (
        create_direct_connect_gateway,
        describe_direct_connect_gateways,
        delete_direct_connect_gateway,
        create_direct_connect_gateway_association,
        describe_direct_connect_gateway_associations,
        delete_direct_connect_gateway_association,
    ):
        patches.set(DirectConnectResponse, operation.__name__, operation)


def create_direct_connect_gateway(self: Any) -> ActionResult:
    """A gateway of the whole account, available at once."""
    given = parameters(self)
    asn = given.get("amazonSideAsn") or _DEFAULT_ASN
    if not (64512 <= asn <= 65534 or 4_200_000_000 <= asn <= 4_294_967_294):
        raise ClientError(f"Amazon side ASN {asn} is not in a private range.")
    made = {
        "directConnectGatewayId": new_uuid(),
        "directConnectGatewayName": given["directConnectGatewayName"],
        "amazonSideAsn": asn,
        "ownerAccount": self.current_account,
        "directConnectGatewayState": "available",
        "tags": given.get("tags", []),
    }
    gateways(self.current_account)[made["directConnectGatewayId"]] = made
    return ActionResult({"directConnectGateway": made})


def describe_direct_connect_gateways(self: Any) -> ActionResult:
    """All of the account's gateways, or the one of an id: none when there is no such."""
    wanted = parameters(self).get("directConnectGatewayId")
    found = [item for key, item in gateways(self.current_account).items() if wanted in {None, key}]
    return ActionResult({"directConnectGateways": found})


def delete_direct_connect_gateway(self: Any) -> ActionResult:
    """Delete a gateway; one that is in use takes the call, and is available again a little later, as on AWS."""
    account = self.current_account
    gateway = known_gateway(account, parameters(self)["directConnectGatewayId"])
    identifier = gateway["directConnectGatewayId"]
    joined = (item["directConnectGatewayId"] for item in associations(account).values())
    if identifier in joined or any(attached_to(account, identifier)):
        gateway["stateChangeError"] = "The Direct Connect gateway has virtual interfaces or associations."
    else:
        del gateways(account)[identifier]
    return ActionResult({"directConnectGateway": gateway | {"directConnectGatewayState": "deleting"}})


def create_direct_connect_gateway_association(self: Any) -> ActionResult:
    """Join a Direct Connect gateway with a virtual private gateway that is attached to a VPC.

    Without allowed prefixes, the VPC's own CIDR blocks are announced to the data centre.
    """
    account, given = self.current_account, parameters(self)
    gateway = known_gateway(account, given["directConnectGatewayId"])["directConnectGatewayId"]
    end = given.get("gatewayId") or given.get("virtualGatewayId")
    if not end:
        raise ClientError("The request must contain a gatewayId or a virtualGatewayId.")
    if end.startswith("tgw-"):
        raise NotModelled(f"an association with the transit gateway {end}.", where=gateway)
    private = known_vpn_gateway(account, end)
    allowed = given.get("addAllowedPrefixesToDirectConnectGateway", [])
    check_cidrs(allowed)
    _check_joinable(account, gateway, private)
    made = _association(account, gateway, private, allowed)
    associations(account)[made["associationId"]] = made
    return ActionResult({"directConnectGatewayAssociation": made | {"associationState": "associating"}})


def _check_joinable(account: str, gateway: str, private: Any) -> None:
    if not _vpcs(private):
        raise ClientError(f"Virtual Gateway {private.id} is not attached to a VPC.")
    if any(item["associatedGateway"]["id"] == private.id for item in associations(account).values()):
        raise ClientError(
            f"Virtual Gateway {private.id} is already associated with a Direct Connect gateway."
        )
    if any(item["virtualInterfaceType"] == "transit" for item in attached_to(account, gateway)):
        raise ClientError(f"Direct Connect Gateway {gateway} has a transit virtual interface attached.")


def _association(account: str, gateway: str, private: Any, allowed: list[Item]) -> Item:
    region = private.ec2_backend.region_name
    own = [{"cidr": cidr} for vpc in _vpcs(private) for cidr in _cidrs(private.ec2_backend.get_vpc(vpc))]
    return {
        "associationId": new_uuid(),
        "directConnectGatewayId": gateway,
        "directConnectGatewayOwnerAccount": account,
        "associationState": "associated",
        "associatedGateway": {
            "id": private.id,
            "type": "virtualPrivateGateway",
            "ownerAccount": account,
            "region": region,
        },
        "allowedPrefixesToDirectConnectGateway": allowed or own,
        "virtualGatewayId": private.id,
        "virtualGatewayRegion": region,
        "virtualGatewayOwnerAccount": account,
    }


def _vpcs(private: Any) -> list[str]:
    return [vpc for vpc, attachment in private.attachments.items() if attachment.state == "attached"]


def _cidrs(vpc: Any) -> list[str]:
    return [item["cidr_block"] for item in vpc.get_cidr_block_association_set()]


def describe_direct_connect_gateway_associations(self: Any) -> ActionResult:
    """The associations of a gateway of either kind, or the one of an id. AWS wants at least one of them named."""
    given = parameters(self)
    wanted = {
        "associationId": given.get("associationId"),
        "directConnectGatewayId": given.get("directConnectGatewayId"),
        "virtualGatewayId": given.get("associatedGatewayId") or given.get("virtualGatewayId"),
    }
    if not any(wanted.values()):
        raise ClientError(
            "The request must contain an associationId, an associatedGatewayId, a directConnectGatewayId or a "
            "virtualGatewayId."
        )
    return ActionResult({"directConnectGatewayAssociations": _matching(self.current_account, wanted)})


def delete_direct_connect_gateway_association(self: Any) -> ActionResult:
    """Part a Direct Connect gateway from a virtual private gateway; named by the association or by both ends."""
    given = parameters(self)
    keys = ("associationId", "directConnectGatewayId", "virtualGatewayId")
    wanted = {key: given.get(key) for key in keys}
    found = _matching(self.current_account, wanted) if any(wanted.values()) else []
    if not found:
        raise ClientError("No association exists for the given parameters.")
    gone = associations(self.current_account).pop(found[0]["associationId"])
    return ActionResult({"directConnectGatewayAssociation": gone | {"associationState": "disassociating"}})


def _matching(account: str, wanted: dict[str, str | None]) -> list[Item]:
    return [
        item
        for item in associations(account).values()
        if all(value in {None, item[key]} for key, value in wanted.items())
    ]
