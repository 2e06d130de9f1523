"""Option C, both forms, on a cloud built by boto3; and the lab's verbs for what stands on premises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError

from lab_env import Lab, scenario
from lab_env.dataplane.places import PlacedSession
from lab_env.errors import InvalidInput, LabNotStarted
from lab_env.network import InterfaceSource, Trace
from lab_env.network.flow import Exit
from lab_env.snapshot.files import read_path

FIRM, ANYTHING = "192.168.0.0/16", "0.0.0.0/0"


class DirectConnect:
    """The learner's calls of chapter 04, on the private VPC of chapter 01."""

    def __init__(self, lab: Lab, *, gateway: bool = True) -> None:
        self.lab, self.ec2, self.dx = lab, boto3.client("ec2"), boto3.client("directconnect")
        made = self.dx.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName="meridian")
        self.connection = made["connectionId"]
        self.vgw = self.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
        self.ec2.attach_vpn_gateway(VpnGatewayId=self.vgw, VpcId=lab.names.vpc)
        table = lab.names.private_route_table
        self.ec2.enable_vgw_route_propagation(GatewayId=self.vgw, RouteTableId=table)
        self.private = self.private_interface(self.join() if gateway else {"virtualGatewayId": self.vgw})

    def join(self) -> dict[str, str]:
        made = self.dx.create_direct_connect_gateway(directConnectGatewayName="meridian")
        end = {"directConnectGatewayId": made["directConnectGateway"]["directConnectGatewayId"]}
        self.dx.create_direct_connect_gateway_association(**end, gatewayId=self.vgw)
        return end

    def private_interface(self, end: dict[str, str]) -> str:
        wanted = {"virtualInterfaceName": "meridian-private", "vlan": 101, "asn": 65000, **end}
        asked = {"connectionId": self.connection, "newPrivateVirtualInterface": wanted}
        return str(self.dx.create_private_virtual_interface(**asked)["virtualInterfaceId"])

    def public_interface(self) -> str:
        wanted = {
            "virtualInterfaceName": "meridian-public",
            "vlan": 102,
            "asn": 65000,
            "amazonAddress": "203.0.113.1/30",
            "customerAddress": "203.0.113.2/30",
            "routeFilterPrefixes": [{"cidr": "203.0.113.16/28"}],
        }
        asked = {"connectionId": self.connection, "newPublicVirtualInterface": wanted}
        return str(self.dx.create_public_virtual_interface(**asked)["virtualInterfaceId"])

    def let_in(self, port: int) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": FIRM}]}
        group = self.lab.names.training_security_group
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def inside(self) -> PlacedSession:
        groups = [self.lab.names.training_security_group]
        return self.lab.session_in(
            self.lab.names.subnet_a, role=scenario.TRAINING_ROLE, security_groups=groups
        )


@pytest.fixture
def connected(lab: Lab) -> DirectConnect:
    """C, private virtual interface."""
    return DirectConnect(lab)


@pytest.fixture
def hairpin(connected: DirectConnect) -> DirectConnect:
    """C, hairpin: the data centre offers to carry anything, and has a public virtual interface."""
    connected.public_interface()
    connected.lab.on_premises(prefixes=[FIRM, ANYTHING], internet_exit=True)
    return connected


def told(found: Trace) -> list[str]:
    """The hops there: ``kind verdict``."""
    return [f"{hop.kind} {hop.verdict}" for hop in found.forward]


def address_of(session: PlacedSession, lab: Lab) -> str:
    source = session.place.source
    assert isinstance(source, InterfaceSource)
    return str(lab.network.interface[source.interface].address)


def row(lab: Lab) -> str:
    report = lab.audit("NET-1", "NET-2", "NET-3", "NET-4")
    return "".join(report.status(f"NET-{number}").mark for number in (1, 2, 3, 4))


def list_bucket(session: PlacedSession) -> Any:
    return session.client("s3").list_objects_v2(Bucket=scenario.TRAINING_BUCKET)


# --- C, private virtual interface -------------------------------------------------------------------------------------


def test_the_data_centre_reaches_subnet_a(connected: DirectConnect) -> None:
    """Over the private virtual interface, once the security group lets it in."""
    lab = connected.lab
    with connected.inside() as session:
        there = address_of(session, lab)
        refused = lab.trace(on_premises=True, to=there, port=22).trace
        assert (refused.reached, refused.blockers[0].kind) == (False, "security-group")
        connected.let_in(22)
        found = lab.trace(on_premises=True, to=there, port=22).trace
    assert told(found) == [
        "on-premises forwarded",
        "direct-connect forwarded",
        "direct-connect forwarded",
        "virtual-private-gateway forwarded",
        "network-acl allowed",
        "security-group allowed",
        "interface reached",
    ]
    assert (found.reached, str(found.source_seen)) == (True, str(scenario.ON_PREMISES_HOST))
    assert found.back[-1].rule == f"{FIRM} → {connected.vgw}"


def test_straight_to_the_virtual_private_gateway(lab: Lab) -> None:
    """The other end that a private virtual interface may have."""
    connected = DirectConnect(lab, gateway=False)
    connected.let_in(22)
    with connected.inside() as session:
        found = lab.trace(on_premises=True, to=address_of(session, lab), port=22).trace
    assert (found.reached, told(found).count("direct-connect forwarded")) == (True, 1)


def test_subnet_a_reaches_the_data_centre_and_not_s3(connected: DirectConnect) -> None:
    lab = connected.lab
    with connected.inside() as session:
        home = lab.trace(session=session, to=str(scenario.ON_PREMISES_HOST)).trace
        data = lab.trace(session=session).trace
        with pytest.raises(ConnectTimeoutError):
            list_bucket(session)
    assert (home.reached, home.exit, home.third_party) == (True, Exit.VIRTUAL_PRIVATE_GATEWAY, True)
    assert (data.reached, data.exit, data.blockers[0].kind) == (False, Exit.NONE, "route-table")


def test_the_data_centre_does_not_reach_s3_through_the_gateway_endpoint(connected: DirectConnect) -> None:
    """Rule 1.8: a gateway endpoint serves its VPC only."""
    scenario.build_endpoint(boto3.client)
    lab = connected.lab
    found = lab.trace(on_premises=True).trace
    assert (found.reached, found.endpoint, told(found)) == (
        False,
        None,
        ["dns resolved", "on-premises dropped"],
    )
    with lab.session_on_premises(scenario.TRAINING_ROLE) as session, pytest.raises(ConnectTimeoutError):
        list_bucket(session)
    with connected.inside() as session:
        assert list_bucket(session)["KeyCount"] == 13


def test_the_matrix_c_private(connected: DirectConnect) -> None:
    assert row(connected.lab) == "✓✗–✓"


def test_without_its_virtual_interface_nothing_is_left(connected: DirectConnect) -> None:
    lab = connected.lab
    connected.dx.delete_virtual_interface(virtualInterfaceId=connected.private)
    found = lab.trace(subnet=lab.names.subnet_a, to=str(scenario.ON_PREMISES_HOST)).trace
    assert (found.reached, found.blockers[0].kind) == (False, "route-table")


def test_exported_answers_tell_the_same(connected: DirectConnect, tmp_path: Path) -> None:
    """What boto3 prints, kept as files, is read as the very values that the lab traces on."""
    connected.public_interface()
    ec2, dx, lab = connected.ec2, connected.dx, connected.lab
    gateways = dx.describe_direct_connect_gateways()
    end = gateways["directConnectGateways"][0]["directConnectGatewayId"]
    answers = {
        "vpcs": ec2.describe_vpcs(),
        "connections": dx.describe_connections(),
        "interfaces": dx.describe_virtual_interfaces(),
        "gateways": gateways,
        "associations": dx.describe_direct_connect_gateway_associations(directConnectGatewayId=end),
    }
    (tmp_path / scenario.REGION).mkdir()
    for name, answer in answers.items():
        file = tmp_path / scenario.REGION / f"{name}.json"
        file.write_text(json.dumps(answer, default=str), encoding="utf-8")
    read, live = read_path(tmp_path), lab.network
    for part in ("virtual_interfaces", "direct_connect_gateways", "direct_connect_associations"):
        assert getattr(read, part) == getattr(live, part) != ()


# --- C, hairpin -------------------------------------------------------------------------------------------------------


def test_s3_by_way_of_the_data_centre(hairpin: DirectConnect) -> None:
    """It works: from AWS out to the firm and back to AWS, with the firm's public address."""
    lab = hairpin.lab
    with hairpin.inside() as session:
        found = lab.trace(session=session).trace
        assert list_bucket(session)["KeyCount"] == 13
    assert told(found)[3:] == [
        "route-table forwarded",
        "virtual-private-gateway forwarded",
        "direct-connect forwarded",
        "direct-connect forwarded",
        "on-premises forwarded",
        "direct-connect forwarded",
        "aws-service reached",
    ]
    assert (found.third_party, found.public_internet, found.exit) == (True, False, "virtual-private-gateway")
    assert found.source_seen == scenario.ON_PREMISES.public_address


def test_the_data_centre_reaches_s3_over_its_public_virtual_interface(hairpin: DirectConnect) -> None:
    with hairpin.lab.session_on_premises(scenario.TRAINING_ROLE) as session:
        assert list_bucket(session)["KeyCount"] == 13
    attempt = list(hairpin.lab.ledger)[-1]
    assert (attempt.place, attempt.trace.third_party) == ("a host in meridian-datacentre", True)


def test_the_matrix_c_hairpin(hairpin: DirectConnect) -> None:
    assert row(hairpin.lab) == "✗✗✗✗"


def test_without_an_internet_exit_the_hairpin_leads_to_aws_only(hairpin: DirectConnect) -> None:
    """The same, but for NET-4: computed, not known."""
    hairpin.lab.on_premises(internet_exit=False)
    assert row(hairpin.lab) == "✗✗✗✓"


def test_a_gateway_endpoint_beats_the_announced_default_route(hairpin: DirectConnect) -> None:
    """Longest prefix first: its CIDR blocks are more specific than ``0.0.0.0/0``."""
    scenario.build_endpoint(boto3.client)
    with hairpin.inside() as session:
        found = hairpin.lab.trace(session=session).trace
    assert (found.exit, found.third_party) == (Exit.GATEWAY_ENDPOINT, False)
    assert row(hairpin.lab) == "✗✓✓✗"


# --- the verbs --------------------------------------------------------------------------------------------------------


def test_a_lab_without_direct_connect_has_nothing_on_premises(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chapter 05 asks Direct Connect nothing, and lacks nothing for it."""
    asked, describe = set(), lab._cloud.describe

    def record(service: str, *args: Any, **kwargs: Any) -> Any:
        asked.add(service)
        return describe(service, *args, **kwargs)

    monkeypatch.setattr(lab._cloud, "describe", record)
    lab._plane.forget()
    network = lab.network
    assert asked == {"ec2"}
    assert (network.on_premises, network.virtual_interfaces, network.missing) == ((), (), frozenset())


def test_the_data_centre_is_there_once_it_is_asked_for(lab: Lab) -> None:
    assert lab.on_premises() == scenario.ON_PREMISES
    assert lab.network.on_premises == (scenario.ON_PREMISES,)


def test_what_is_not_given_stays(lab: Lab) -> None:
    lab.on_premises(prefixes=[FIRM, ANYTHING])
    site = lab.on_premises(internet_exit=True)
    assert ([str(cidr) for cidr in site.prefixes], site.internet_exit) == ([FIRM, ANYTHING], True)
    assert lab.network.on_premises == (site,)


def test_a_restart_forgets_it(lab: Lab) -> None:
    lab.on_premises(prefixes=[ANYTHING])
    again = lab.restart()
    assert (again.network.on_premises, again.on_premises()) == ((), scenario.ON_PREMISES)


@pytest.mark.parametrize("prefix", ["192.168.0.0/33", "192.168.0.1/16", "everywhere"])
def test_a_prefix_that_is_none(lab: Lab, prefix: str) -> None:
    with pytest.raises(InvalidInput, match="meridian-datacentre") as raised:
        lab.on_premises(prefixes=[prefix])
    assert prefix in str(raised.value)
    assert lab.network.on_premises == ()


def test_a_host_there_has_no_way_to_aws_of_its_own(lab: Lab) -> None:
    """Before Direct Connect, and without an internet exit: neither to S3 nor into the VPC."""
    for to, kind in (("s3", "dropped"), ("10.20.1.4", "no route")):
        assert lab.trace(on_premises=True, to=to).trace.blockers[0].verdict == kind
    lab.on_premises(internet_exit=True)
    found = lab.trace(on_premises=True).trace
    assert (found.reached, found.public_internet) == (True, True)


def test_a_session_there(lab: Lab) -> None:
    lab.on_premises(internet_exit=True)
    with lab.session_on_premises(scenario.TRAINING_ROLE) as session:
        arn = session.client("sts").get_caller_identity()["Arn"]
        assert lab.trace(session=session).trace.reached
    assert arn.endswith(f":assumed-role/{scenario.TRAINING_ROLE}/lab-session")
    with pytest.raises(InvalidInput, match="closed"):
        session.client("sts").get_caller_identity()


def test_a_trace_starts_at_one_place(lab: Lab) -> None:
    for places in ({}, {"on_premises": True, "subnet": lab.names.subnet_a}):
        with pytest.raises(InvalidInput, match="one place"):
            lab.trace(**places)


def test_a_closed_lab_has_no_data_centre(lab: Lab) -> None:
    lab.stop()
    with pytest.raises(LabNotStarted):
        lab.on_premises()
