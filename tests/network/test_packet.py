"""Packets, and the protocols' many names."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from lab_env.errors import InvalidInput
from lab_env.network import Flow, InterfaceSource
from lab_env.network.packet import first_packet, protocol_name

SOURCE, TARGET, TARGET6 = ip_address("10.0.0.1"), ip_address("52.216.0.1"), ip_address("2600::1")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("6", "tcp"),
        ("17", "udp"),
        ("1", "icmp"),
        ("58", "icmpv6"),
        ("all", "-1"),
        ("TCP", "tcp"),
        ("50", "50"),
    ],
)
def test_a_protocol_has_one_name(given, name):
    assert protocol_name(given) == name


@pytest.mark.parametrize(
    ("protocol", "port", "asked", "answered"),
    [
        ("tcp", 443, "tcp 443", "tcp 32768-60999"),
        ("17", 53, "udp 53", "udp 32768-60999"),
        ("icmp", 0, "icmp echo request", "icmp echo reply"),
        ("50", 0, "protocol 50", "protocol 50"),
    ],
)
def test_an_answer_goes_to_the_port_that_the_question_came_from(protocol, port, asked, answered):
    packet = first_packet(Flow(InterfaceSource("eni"), "x", protocol, port), SOURCE, TARGET)
    answer = packet.answer()
    assert (packet.service, answer.service) == (asked, answered)
    assert (answer.source, answer.destination) == (TARGET, SOURCE)
    assert answer.answer() == packet


def test_ping_over_ipv6_is_icmpv6():
    packet = first_packet(Flow(InterfaceSource("eni"), "x", "icmp"), ip_address("2600::2"), TARGET6)
    assert (packet.service, packet.ports, packet.answer().ports) == (
        "icmpv6 echo request",
        (128, 0),
        (129, 0),
    )


@pytest.mark.parametrize(
    ("protocol", "port", "says"),
    [
        ("tcp", 65536, "Port 65536"),
        ("udp", -1, "Port -1"),
        ("http", 80, "'http' is no protocol"),
        ("256", 0, "'256'"),
    ],
)
def test_what_cannot_be_is_refused(protocol, port, says):
    with pytest.raises(InvalidInput, match=says):
        first_packet(Flow(InterfaceSource("eni"), "x", protocol, port), SOURCE, TARGET)
