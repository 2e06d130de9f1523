"""VPC endpoints: the gateway kind as a route's target, the interface kind as an address in a subnet.

PrivateLink guide: *Gateway endpoints*, *Access an AWS service using an interface VPC endpoint*.
"""

from __future__ import annotations

from lab_env.errors import NotModelled
from lab_env.network.flow import Exit, Hop, Verdict
from lab_env.network.lookups import aws_range, prefix_list, service_title
from lab_env.network.model import Address, Network, NetworkInterface, Route, VpcEndpoint
from lab_env.network.packet import Packet
from lab_env.network.walk import Walk, known


def through_gateway_endpoint(walk: Walk, subnet: str, packet: Packet, route: Route) -> None:
    """Deliver a packet whose route leads to a gateway endpoint: the service sees the private source address."""
    network = walk.network
    endpoint = known(network.endpoint.get(route.target), route.target, "vpc-endpoints")
    if endpoint.kind != "Gateway":
        raise NotModelled(f"a route to the {endpoint.kind} endpoint {endpoint.id}.", where=subnet)

    def hop(verdict: Verdict, rule: str, why: str, code: str = "") -> Hop:
        return Hop(endpoint.id, "gateway-endpoint", verdict, rule, why, code)

    if endpoint.state.lower() != "available":
        walk.add(
            hop(
                Verdict.DROPPED, f"state {endpoint.state}", f"{endpoint.id} is {endpoint.state}.", "BAD_STATE"
            )
        )
        return
    if packet.protocol not in {"tcp", "icmp", "icmpv6"}:
        why = f"{endpoint.id} takes TCP and ICMP echo only; {packet.service} is dropped."
        walk.add(hop(Verdict.DROPPED, "tcp and icmp echo only", why, "VPCE_GATEWAY_PROTOCOL_RESTRICTION"))
        return
    walk.take(Exit.GATEWAY_ENDPOINT, endpoint.id)
    service = _service_behind(network, route, packet.destination, network.subnet[subnet].vpc)
    why = f"{service} is reached through {endpoint.id} and sees the private address {packet.sender}; no internet."
    walk.arrive(hop(Verdict.REACHED, f"{service}, private source address, no internet", why), packet)


def _service_behind(network: Network, route: Route, destination: Address, vpc: str) -> str:
    item = prefix_list(network, str(route.destination), vpc)
    if item is not None and item.name.startswith("com.amazonaws."):
        region, _, service = item.name.removeprefix("com.amazonaws.").partition(".")
        return f"{service_title(service)} in {region}"
    owner = aws_range(network, destination)
    return f"{service_title(owner.service)} in {owner.region}" if owner else str(destination)


def at_interface_endpoint(
    walk: Walk, endpoint: VpcEndpoint, interface: NetworkInterface, packet: Packet
) -> None:
    """Deliver a packet that an interface endpoint's security groups have seen: it serves TCP 443 and nothing else."""

    def hop(verdict: Verdict, rule: str, why: str, code: str = "") -> Hop:
        return Hop(endpoint.id, "interface-endpoint", verdict, rule, why, code, interface.subnet)

    if endpoint.state.lower() != "available":
        walk.add(
            hop(
                Verdict.DROPPED, f"state {endpoint.state}", f"{endpoint.id} is {endpoint.state}.", "BAD_STATE"
            )
        )
        return
    if packet.protocol != "tcp" or packet.ports != (443, 443):
        why = f"{endpoint.id} serves tcp 443 only; {packet.service} gets no answer."
        walk.add(hop(Verdict.DROPPED, "tcp 443 only", why, "PROTOCOL_RESTRICTION"))
        return
    walk.take(Exit.INTERFACE_ENDPOINT, endpoint.id)
    service = endpoint.service.removeprefix("com.amazonaws.")
    why = f"{endpoint.id} hands the request to {endpoint.service}, with the private source address {packet.sender}."
    walk.arrive(hop(Verdict.REACHED, f"PrivateLink to {service}", why), packet)
