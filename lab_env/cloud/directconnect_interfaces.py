"""Private, public and transit virtual interfaces, which moto does not know.

Direct Connect guide: *Virtual interfaces and hosted virtual interfaces*, *Prerequisites for virtual interfaces*. A
private one ends at a virtual private gateway of its Region or at a Direct Connect gateway, a transit one at a Direct
Connect gateway, a public one at the connection itself. The data centre's router answers at once, so that each is
available by the next describe call.
"""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Any

from moto.core.responses import ActionResult
from moto.directconnect.responses import DirectConnectResponse

from lab_env.cloud.directconnect_store import (
    ClientError,
    Item,
    associations,
    attached_to,
    check_cidrs,
    known_gateway,
    known_vpn_gateway,
    new_id,
    parameters,
    tags_of,
    virtual_interfaces,
)
from lab_env.cloud.patches import Patches
from lab_env.errors import NotModelled
from lab_env.network.lookups import is_public

_AMAZON_ASN = 7224
_SIDES = {"Amazon": "amazonAddress", "Customer": "customerAddress"}


def fill(patches: Patches) -> None:
    """Answer the calls on virtual interfaces."""
    for operation in (
        create_private_virtual_interface,
        create_public_virtual_interface,
        create_transit_virtual_interface,
        describe_virtual_interfaces,
        delete_virtual_interface,
    ):
        patches.set(DirectConnectResponse, operation.__name__, operation)


def create_private_virtual_interface(self: Any) -> ActionResult:
    """A virtual interface to a VPC: over a virtual private gateway of this Region, or a Direct Connect gateway."""
    given = parameters(self)
    wanted = given["newPrivateVirtualInterface"]
    private, gateway = wanted.get("virtualGatewayId"), wanted.get("directConnectGatewayId")
    if bool(private) == bool(gateway):
        raise ClientError("Specify either a virtualGatewayId or a directConnectGatewayId.")
    if private:
        asn = known_vpn_gateway(self.current_account, private, self.region).amazon_side_asn
        end = {"virtualGatewayId": private, "amazonSideAsn": int(asn or 64512)}
    else:
        end = _gateway_end(self.current_account, gateway, kept_from="transit")
    made = _create(self, given["connectionId"], "private", wanted, end)
    return ActionResult(made | {"virtualInterfaceState": "pending"})


def create_public_virtual_interface(self: Any) -> ActionResult:
    """A virtual interface to AWS's public addresses, which announces the customer's own (``routeFilterPrefixes``)."""
    given = parameters(self)
    wanted = given["newPublicVirtualInterface"]
    _check_public(wanted)
    prefixes = {"routeFilterPrefixes": wanted["routeFilterPrefixes"], "amazonSideAsn": _AMAZON_ASN}
    made = _create(self, given["connectionId"], "public", wanted, prefixes)
    # AWS first verifies that the prefixes are the customer's.
    return ActionResult(made | {"virtualInterfaceState": "verifying"})


def create_transit_virtual_interface(self: Any) -> ActionResult:
    """A virtual interface to the transit gateways behind a Direct Connect gateway."""
    given = parameters(self)
    wanted = given["newTransitVirtualInterface"]
    gateway = wanted.get("directConnectGatewayId")
    if not gateway:
        raise ClientError("Specify a directConnectGatewayId.")
    end = _gateway_end(self.current_account, gateway, kept_from="private")
    made = _create(self, given["connectionId"], "transit", wanted, end)
    return ActionResult({"virtualInterface": made | {"virtualInterfaceState": "pending"}})


def describe_virtual_interfaces(self: Any) -> ActionResult:
    """The virtual interfaces of a Region, of one connection, or the one of an id."""
    given, kept = parameters(self), virtual_interfaces(self.directconnect_backend)
    wanted, connection = given.get("virtualInterfaceId"), given.get("connectionId")
    if wanted:
        kept = {wanted: _known(self, wanted)}
    found = [
        item | {"tags": tags_of(self.directconnect_backend, key)}
        for key, item in kept.items()
        if connection in {None, item["connectionId"]}
    ]
    return ActionResult({"virtualInterfaces": found})


def delete_virtual_interface(self: Any) -> ActionResult:
    """Delete a virtual interface."""
    identifier = parameters(self)["virtualInterfaceId"]
    _known(self, identifier)
    del virtual_interfaces(self.directconnect_backend)[identifier]
    return ActionResult({"virtualInterfaceState": "deleting"})


def _known(request: Any, identifier: str) -> Item:
    kept = virtual_interfaces(request.directconnect_backend)
    if identifier not in kept:
        raise ClientError(f"Virtual Interface {identifier} does not exist.")
    return kept[identifier]


def _create(request: Any, connection: str, kind: str, wanted: Item, end: Item) -> Item:
    backend = request.directconnect_backend
    line = _line(backend, connection)
    _check(backend, connection, wanted)
    identifier, asn = new_id("dxvif"), wanted.get("asnLong") or wanted["asn"]
    made = {
        "virtualInterfaceId": identifier,
        "virtualInterfaceType": kind,
        "virtualInterfaceName": wanted.get("virtualInterfaceName"),
        "virtualInterfaceState": "available",
        "connectionId": connection,
        "ownerAccount": request.current_account,
        "region": request.region,
        "location": line.location,
        "vlan": wanted.get("vlan"),
        "asn": asn,
        "asnLong": asn,
        "mtu": wanted.get("mtu", 1500),
        "addressFamily": wanted.get("addressFamily", "ipv4"),
        "tags": wanted.get("tags", []),
        **_addresses(backend, wanted),
        **end,
    }
    made["bgpPeers"] = [_peer(made)]
    backend.tagger.tag_resource(identifier, made["tags"])
    virtual_interfaces(backend)[identifier] = made
    return made


def _line(backend: Any, connection: str) -> Any:
    """The connection, or the aggregation group, that a virtual interface is to run over."""
    if connection in backend.lags:
        return backend.lags[connection]
    (found,) = backend.describe_connections(connection)
    if found.to_dict()["connectionState"] != "available":
        raise ClientError(f"Connection {connection} is not available.")
    return found


def _check(backend: Any, connection: str, wanted: Item) -> None:
    vlan = wanted.get("vlan", 0)
    if not 1 <= vlan <= 4094:
        raise ClientError(f"VLAN {vlan} is not between 1 and 4094.")
    if any(
        (item["connectionId"], item["vlan"]) == (connection, vlan)
        for item in virtual_interfaces(backend).values()
    ):
        raise ClientError(f"VLAN {vlan} is already in use on connection {connection}.")
    if not (wanted.get("asn") or wanted.get("asnLong")):
        raise ClientError("Specify an asn or an asnLong.")
    if wanted.get("addressFamily", "ipv4") != "ipv4":
        raise NotModelled("an IPv6 peering over a virtual interface.", where=connection)
    if len({end.network for end in _ends(wanted).values()}) > 1:
        raise ClientError("Amazon Address and Customer Address must be in the same CIDR")


def _check_public(wanted: Item) -> None:
    """What AWS asks of the IPv4 addresses of a public virtual interface's link."""
    if not wanted.get("routeFilterPrefixes"):
        raise ClientError("Specify the routeFilterPrefixes to advertise.")
    check_cidrs(wanted["routeFilterPrefixes"])
    ends = _ends(wanted)
    for side in _SIDES:
        if side not in ends:
            raise ClientError(f"{side} Address is required for a public virtual interface.")
        if not is_public(ends[side].ip):
            raise ClientError(f"{side} Address is not allowed to contain a private IP")


def _ends(wanted: Item) -> dict[str, IPv4Interface | IPv6Interface]:
    """The addresses of the link that the customer chose, by side."""
    found = {}
    for side, key in _SIDES.items():
        try:
            if wanted.get(key):
                found[side] = ip_interface(wanted[key])
        except ValueError:
            raise ClientError(f"{side} Address {wanted[key]} is not valid") from None
    return found


def _gateway_end(account: str, gateway: str, *, kept_from: str) -> Item:
    """The Direct Connect gateway at an interface's end: it never serves VPCs and transit gateways at once."""
    found = known_gateway(account, gateway)
    kinds = {item["virtualInterfaceType"] for item in attached_to(account, gateway)}
    if any(item["directConnectGatewayId"] == gateway for item in associations(account).values()):
        kinds.add("private")
    if kept_from in kinds:
        what = "private virtual interface or virtual private gateway" if kept_from == "private" else "transit"
        raise ClientError(f"Direct Connect Gateway {gateway} already serves a {what} connection.")
    return {"directConnectGatewayId": gateway, "amazonSideAsn": found["amazonSideAsn"]}


def _addresses(backend: Any, wanted: Item) -> Item:
    """The two addresses of the link: the customer's choice, else link-local ones of Amazon's."""
    block = f"169.254.255.{4 * (len(virtual_interfaces(backend)) % 63)}"
    base = int(ip_interface(block).ip)
    own = [f"{ip_interface(base + number).ip}/30" for number in (1, 2)]
    return {
        "amazonAddress": wanted.get("amazonAddress") or own[0],
        "customerAddress": wanted.get("customerAddress") or own[1],
    }


def _peer(made: Item) -> Item:
    shared = ("asn", "asnLong", "addressFamily", "amazonAddress", "customerAddress")
    state = {"bgpPeerId": new_id("dxpeer"), "bgpPeerState": "available", "bgpStatus": "up"}
    return {key: made[key] for key in shared} | state
