"""The exercises of chapter 02: a research host that reaches S3 alone, and a subnet that is private again."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from lab_env import scenario
from lab_env.compliance import Status as Verdict
from lab_env.compliance import TrainingSite, audit
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.public_subnet import PUBLIC_ON_PURPOSE
from lab_env.network import Flow, InterfaceSource, InternetSource, Source, Trace, trace
from lab_env.network.model import NetworkInterface
from lab_env.options import ANYWHERE, internet_gateway

RESEARCH, HOST = "meridian-research", "10.20.1.20"
S3 = f"s3.{scenario.REGION}.amazonaws.com"
ELSEWHERE = "internet.example"
# An egress rule for a few addresses may leave out the one and let in the other.
STRANGERS = (ELSEWHERE, "exfil.example")
STRANGER = InternetSource(ip_address("203.0.113.99"))
PORTS = (443, 80, 22)


def _s3_alone(state: State) -> tuple[Status, str, str]:
    host = _host(state)
    if host is None:
        return (
            Status.NOT_ATTEMPTED,
            f"no host stands at {HOST} in subnet A.",
            "Run the chapter's cells above.",
        )
    own = InterfaceSource(host.id)
    to_s3 = _way(state, own, S3, 443)
    out = [(name, port) for name in STRANGERS for port in PORTS if _way(state, own, name, port).reached]
    public = host.public_address()
    into = [port for port in PORTS if public and _way(state, STRANGER, str(public), port).reached]
    if to_s3.reached and (ELSEWHERE, 443) in out and 22 in into:
        return (
            Status.NOT_ATTEMPTED,
            f"{HOST} still reaches {ELSEWHERE}, and a stranger still reaches it by SSH.",
            "Which rules of its security group allow that?",
        )
    if not to_s3.reached:
        return (
            Status.NOT_YET,
            f"{HOST} has lost S3: {to_s3.reason}",
            "An egress rule may name S3's prefix list instead of a CIDR block.",
        )
    if out:
        return (
            Status.NOT_YET,
            f"{HOST} still reaches {out[0][0]} on port {out[0][1]}.",
            "A security group only allows: what must go is the rule that allows it.",
        )
    if into:
        return (
            Status.NOT_YET,
            f"a stranger on the internet still reaches {public} on port {into[0]}.",
            "Its security group is stateful: no egress rule stops the answers to one who was let in.",
        )
    exit_ = to_s3.exit.value.replace("-", " ")
    saw = f"{HOST} reaches S3 by way of the {exit_}, no host on the internet, and none reaches it."
    return Status.DONE, saw, ""


def _private_again(state: State) -> tuple[Status, str, str]:
    subnet_a, subnet_b, vpc = (state.find(name) for name in ("subnet_a", "subnet_b", "vpc"))
    group = state.find("training_security_group")
    if not (subnet_a and subnet_b and vpc and group) or not _research_group(state):
        return Status.NOT_ATTEMPTED, "nothing was opened yet.", "Run the chapter's cells above."
    sites = [TrainingSite(subnet, (group,)) for subnet in (subnet_a, subnet_b)]
    report = audit(state.network, sites, ("NET-1", "NET-4"))
    broken = [name for name in ("NET-1", "NET-4") if report.status(name) is Verdict.DOES_NOT_HOLD]
    gateways = [item.id for item in state.network.internet_gateways if vpc in item.vpcs]
    if broken and gateways:
        table = state.network.route_table_of(subnet_a)
        if table is not None and any(route.target in gateways for route in table.routes):
            return (
                Status.NOT_ATTEMPTED,
                f"{' and '.join(broken)} do not hold: subnet A's table leads to {gateways[0]}.",
                "Begin with the route.",
            )
    if broken:
        return (
            Status.NOT_YET,
            f"{' and '.join(broken)} do not hold yet.",
            "lab.audit names the route, for each subnet.",
        )
    if gateways:
        return (
            Status.NOT_YET,
            f"NET-1 and NET-4 hold, but {gateways[0]} is still attached to {vpc}.",
            "One route would open everything again. What still holds a public address here?",
        )
    if state.network.subnet[subnet_a].map_public_ip_on_launch:
        return (
            Status.NOT_YET,
            "NET-1 and NET-4 hold, but subnet A still gives public addresses to what is launched there.",
            "That was modify_subnet_attribute.",
        )
    return Status.DONE, "NET-1 and NET-4 hold for both subnets, and the VPC has no internet gateway.", ""


def _host(state: State) -> NetworkInterface | None:
    subnet = state.find("subnet_a")
    there = [item for item in state.network.interfaces if item.subnet == subnet]
    return next((item for item in there if ip_address(HOST) in item.addresses), None)


def _research_group(state: State) -> bool:
    return any(group.name == RESEARCH for group in state.network.security_groups)


def _way(state: State, source: Source, to: str, port: int) -> Trace:
    return trace(state.network, Flow(source, to, "tcp", port))


def _open(client: Callable[[str], Any], find: Callable[[str], str | None]) -> Any:
    """What the chapter's cells build, where it does not stand; EC2's client."""
    ec2 = client("ec2")
    if not _gateways(ec2, find):
        internet_gateway(client)
    at_host = [{"Name": "private-ip-address", "Values": [HOST]}]
    if not ec2.describe_network_interfaces(Filters=at_host)["NetworkInterfaces"]:
        _place_research_host(ec2, find)
    return ec2


def _place_research_host(ec2: Any, find: Callable[[str], str | None]) -> None:
    tags = scenario.named("security-group", RESEARCH)
    asked = {"GroupName": RESEARCH, "Description": "Research hosts", "VpcId": find("vpc")}
    known = _groups(ec2) or [ec2.create_security_group(**asked, TagSpecifications=tags)]
    place = {"SubnetId": find("subnet_a"), "PrivateIpAddress": HOST, "DeviceIndex": 0}
    public = {**place, "Groups": [known[0]["GroupId"]], "AssociatePublicIpAddress": True}
    ec2.run_instances(
        ImageId="ami-0c02fb55956c7d316",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[public],
        TagSpecifications=scenario.named("instance", RESEARCH),
    )


def _narrow(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    ec2 = _open(client, find)
    group = _groups(ec2)[0]
    for direction, rules in (("egress", "IpPermissionsEgress"), ("ingress", "IpPermissions")):
        if group[rules]:
            revoke = getattr(ec2, f"revoke_security_group_{direction}")
            revoke(GroupId=group["GroupId"], IpPermissions=group[rules])
    named = [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{scenario.REGION}.s3"]}]
    s3 = ec2.describe_prefix_lists(Filters=named)["PrefixLists"][0]["PrefixListId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": s3}]}
    ec2.authorize_security_group_egress(GroupId=group["GroupId"], IpPermissions=[https])


def _close(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    ec2 = client("ec2")
    if not _groups(ec2):
        _open(client, find)
    gateways = _gateways(ec2, find)
    for table in ec2.describe_route_tables()["RouteTables"]:
        for route in table["Routes"]:
            if route.get("GatewayId") in gateways or route.get("DestinationCidrBlock") == ANYWHERE:
                known = {"RouteTableId": table["RouteTableId"]}
                ec2.delete_route(**known, DestinationCidrBlock=route["DestinationCidrBlock"])
    ec2.modify_subnet_attribute(SubnetId=find("subnet_a"), MapPublicIpOnLaunch={"Value": False})
    alive = [
        {"Name": "vpc-id", "Values": [find("vpc")]},
        {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]},
    ]
    for reservation in ec2.describe_instances(Filters=alive)["Reservations"]:
        ec2.terminate_instances(InstanceIds=[item["InstanceId"] for item in reservation["Instances"]])
    for gateway in gateways:
        ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=find("vpc"))
        ec2.delete_internet_gateway(InternetGatewayId=gateway)


def _gateways(ec2: Any, find: Callable[[str], str | None]) -> list[str]:
    attached = [{"Name": "attachment.vpc-id", "Values": [find("vpc")]}]
    found = ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
    return [item["InternetGatewayId"] for item in found]


def _groups(ec2: Any) -> Any:
    return ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [RESEARCH]}])[
        "SecurityGroups"
    ]


EXERCISES = (
    Exercise(
        "2.1",
        "The research host reaches S3, and nothing else on the internet",
        2,
        _s3_alone,
        _narrow,
        hints=(
            "The route stays, so the host's own group has to tell S3 from the rest. Look at what it lets out now.",
            "A group only allows: add a narrow rule, then take the broad ones away, in both directions.",
            "Egress: TCP 443 to S3's prefix list, in place of everything to 0.0.0.0/0. Ingress: SSH goes.",
        ),
    ),
    Exercise(
        "2.2",
        "The subnet is private again: NET-1 and NET-4 hold",
        1,
        _private_again,
        _close,
        hints=(
            "Undo the chapter from its end. What was put in last has to go first.",
            "A gateway cannot be detached while something holds a public address by it: the research host does.",
            "The default route, MapPublicIpOnLaunch, the instance; then detach the gateway, and delete it.",
        ),
    ),
    PUBLIC_ON_PURPOSE,
)
