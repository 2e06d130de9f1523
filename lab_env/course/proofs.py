"""What came true of a prediction: each proof looks at the cloud as it stands, and says what it saw there.

A proof answers yes, no, or that it cannot be seen yet. It is named in ``predictions.toml`` with what it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from textwrap import shorten
from typing import Any

from botocore.exceptions import ClientError

from lab_env import scenario
from lab_env.access import AccessRequest, attempt
from lab_env.course import proofs_of_bills as bills
from lab_env.course import proofs_of_drills as drills
from lab_env.course import proofs_of_endpoints as endpoints
from lab_env.course import proofs_of_templates as templates
from lab_env.course.exercise import State
from lab_env.course.proving import UNSEEN, Given, Proof, Seen
from lab_env.course.strangers import JOB, OUTSIDE, THEIR_BUCKETS, THIEF_ARN, Attempts
from lab_env.errors import LabError
from lab_env.network import (
    Exit,
    Flow,
    InterfaceSource,
    InternetSource,
    Network,
    OnPremisesSource,
    Source,
    trace,
)
from lab_env.network.flow import Trace
from lab_env.network.model import NetworkInterface

DESTINATIONS = {
    "s3": f"{scenario.TRAINING_BUCKET}.s3.{scenario.REGION}.amazonaws.com",
    "internet": "internet.example",
    "data centre": str(scenario.ON_PREMISES_HOST),
}
DATA = "train/2025-01.csv"


def prove(given: Given, seen: Seen) -> Proof:
    """Carry out the proof that ``given["by"]`` names; what is not there yet is not to be seen, and no error."""
    try:
        return PROOFS[given["by"]](given, seen)
    except (LabError, ClientError, LookupError) as error:
        return Proof(None, f"not to be seen: {error}")


def _job(given: Given, seen: Seen) -> Proof:
    """Whether a training job ended as said: ``ended``, and words of its ``reason`` where they are given."""
    try:
        job = seen.state.describe("sagemaker", "DescribeTrainingJob", {"TrainingJobName": given["job"]})
    except ClientError:
        return Proof(None, f"there is no job {given['job']} yet")
    ended, reason = job["TrainingJobStatus"], job.get("FailureReason", "")
    if ended not in ("Completed", "Failed", "Stopped"):
        return Proof(None, f"{given['job']} is {ended}")
    truth = ended == given["ended"] and bool(re.search(given.get("reason", ""), reason))
    stages = [step["Status"] for step in job["SecondaryStatusTransitions"]]
    return Proof(truth, f"{given['job']}: {' → '.join(stages)}" + (f"; {_short(reason)}" if reason else ""))


def _short(reason: str) -> str:
    return shorten(reason, 220, placeholder=" …")


def _source(given: Given, seen: Seen) -> tuple[Network, Source, str]:
    where, network = str(given["from"]), seen.state.network
    if where in ("subnet_a", "subnet_b"):
        network, host = seen.state.with_host(str(seen.state.find(where)))
        return (
            network,
            InterfaceSource(host.id),
            _subnet_name(where),
        )
    if where == "data centre":
        site = network.on_premises[0]
        return network, OnPremisesSource(site.name, scenario.ON_PREMISES_HOST), "a host in the data centre"
    if where == "a stranger":
        return network, InternetSource(ip_address("203.0.113.99")), "a stranger on the internet"
    return network, InterfaceSource(_at(network, where).id), where


def _subnet_name(where: str) -> str:
    return f"a host in subnet {where[-1].upper()}"


def _at(network: Network, address: str) -> NetworkInterface:
    found = [item for item in network.interfaces if ip_address(address) in item.addresses]
    if not found:
        raise LookupError(f"nothing stands at {address}")
    return found[0]


def _way(given: Given, seen: Seen) -> tuple[Trace, str]:
    network, source, name = _source(given, seen)
    said = str(given["to"])
    to = DESTINATIONS.get(said, said)
    if said in ("subnet_a", "subnet_b"):
        there = State(network, seen.state.find, seen.state.describe)
        network, host = there.with_host(str(seen.state.find(said)), name="eni-probe-there")
        to, said = str(host.address), _subnet_name(said)
    elif said.startswith("public address of "):
        to = str(_at(network, said.rpartition(" ")[2]).public_address())
    found = trace(network, Flow(source, to, "tcp", int(given.get("port", 443))))
    return found, f"{name} → {said}, port {given.get('port', 443)}"


def _reaches(given: Given, seen: Seen) -> Proof:
    """Whether a packet arrives and its answer comes back; with ``exit``, only if it took that way out."""
    found, asked = _way(given, seen)
    truth = found.reached and given.get("exit", found.exit.value) == found.exit.value
    way = "" if found.exit is Exit.NONE else f" by {found.exit.value}"
    return Proof(truth, f"{asked}: {f'reached{way}' if found.reached else found.reason}")


def _crosses_internet(given: Given, seen: Seen) -> Proof:
    """Whether the packet touches the public internet on its way."""
    found, asked = _way(given, seen)
    where = "crosses the public internet" if found.public_internet else "stays on AWS's network"
    return Proof(found.public_internet, f"{asked}: {where}") if found.reached else Proof(None, found.reason)


def _sees_private(given: Given, seen: Seen) -> Proof:
    """Whether the far side sees a private address."""
    found, asked = _way(given, seen)
    if found.source_seen is None:
        return Proof(None, f"{asked}: {found.reason}")
    inside = found.source_seen in scenario_range()
    return Proof(inside, f"{asked}: it sees {found.source_seen}")


def scenario_range() -> Any:
    """The addresses of the firm's VPC."""
    from ipaddress import ip_network

    return ip_network(scenario.VPC_CIDR)


def _added(given: Given, seen: Seen) -> Proof:
    """Whether something of this kind stands now that did not when the question was asked."""
    if seen.before is None:
        return Proof(None, "the question was not asked before")
    now, before = set(_things(given["what"], seen.state)), set(_things_in(given["what"], seen.before, seen))
    new = sorted(now - before)
    if not new and seen.state.network == seen.before:
        return UNSEEN
    return Proof(bool(new), f"new: {', '.join(new)}" if new else f"no new {given['what']}")


def _things(what: str, state: State) -> Iterator[str]:
    return _things_in(what, state.network, Seen(state, None))


def _things_in(what: str, network: Network, seen: Seen) -> Iterator[str]:
    table = network.route_table_of(str(seen.state.find("subnet_a")))
    routes = [(str(route.destination), route.target) for route in (table.routes if table else ())]
    if what == "network interface":
        yield from (item.id for item in network.interfaces)
    elif what == "rule of a security group":
        for group in network.security_groups:
            yield from (f"{group.id} {rule}" for rule in (*group.ingress, *group.egress))
    elif what == "default route":
        yield from (f"{to} → {target}" for to, target in routes if to == "0.0.0.0/0")
    elif what == "route to a prefix list":
        yield from (f"{to} → {target}" for to, target in routes if to.startswith("pl-"))
    else:
        raise LookupError(what)


def _attack(given: Given, seen: Seen) -> Proof:
    """Whether a call of somebody's would succeed: decided by network and policies as they stand."""
    ask = Attempts.on(seen.state)
    theirs = given["bucket"] == "a stranger's"
    bucket = THEIR_BUCKETS[0] if theirs else scenario.TRAINING_BUCKET
    who = THIEF_ARN if given["keys"] == "the stranger's" else JOB
    request = AccessRequest(who, given["call"], bucket, DATA, secure=given.get("secure", True))
    if given["from"] == "the internet":
        network = seen.state.network
        source: Source = OUTSIDE
    else:
        where = (
            seen.state.find("subnet_a") if given["from"] == "subnet A" else (*ask.other_subnets(), None)[0]
        )
        if where is None:
            return Proof(None, "there is no other VPC yet")
        network, host = seen.state.with_host(where)
        source = InterfaceSource(host.id)
    tried = attempt(network, ask.services, source, request)
    return Proof(tried.succeeds, "it succeeds" if tried.succeeds else tried.why)


def _logged(given: Given, seen: Seen) -> Proof:
    """Whether a log that was delivered holds a line of this form."""
    lines = list(_log_lines(seen.state, given["under"]))
    if not lines:
        return Proof(None, "no log was delivered yet")
    found = [line for line in lines if re.search(given["line"], line)]
    return Proof(bool(found), f"{len(found)} of {len(lines)} lines say so")


def _log_lines(state: State, prefix: str) -> Iterator[str]:
    import gzip

    asked = {"Bucket": scenario.LOG_BUCKET, "Prefix": prefix}
    for item in state.describe("s3", "ListObjectsV2", asked).get("Contents", []):
        body = state.describe("s3", "GetObject", {"Bucket": scenario.LOG_BUCKET, "Key": item["Key"]})["Body"]
        content = bytes(body) if isinstance(body, (bytes, bytearray)) else body.read()
        yield from (
            (gzip.decompress(content) if item["Key"].endswith(".gz") else content).decode().splitlines()
        )


def _left_in_image(given: Given, seen: Seen) -> Proof:
    """Whether so many elements of a CT still tell something, once the four obvious ones are emptied."""
    del seen
    from lab_env.dicom import remains, sample

    image = sample("CT_small.dcm")
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "ReferringPhysicianName"):
        setattr(image, keyword, "")
    count = len(remains(image).findings)
    return Proof(given["least"] <= count <= given["most"], f"{count} elements tell something")


def _option(given: Given, seen: Seen) -> Proof:
    """Whether a job reaches S3 by one form of an option, built now in a cloud of its own on chapter 01's VPC."""
    del seen
    from lab_env.course.other_clouds import way_of

    reached, reason = way_of(given["option"])
    return Proof(reached, f"built in a cloud of its own: {reason}")


def _encrypted(given: Given, seen: Seen) -> Proof:
    """Whether the Direct Connect connection encrypts by itself."""
    del given
    connection = seen.state.describe("directconnect", "DescribeConnections")["connections"][-1]
    mode = connection["encryptionMode"]
    return Proof(mode != "no_encrypt", f"its encryptionMode is {mode}")


PROOFS: Mapping[str, Callable[[Given, Seen], Proof]] = {
    "job": _job,
    "reaches": _reaches,
    "crosses the internet": _crosses_internet,
    "sees a private address": _sees_private,
    "added": _added,
    "attack": _attack,
    "logged": _logged,
    "left in an image": _left_in_image,
    "option": _option,
    "connection encrypted": _encrypted,
    "the usual name leads": endpoints.usual_name_leads,
    "the own name is reached": endpoints.own_name_reached,
    "the bucket lets in": endpoints.bucket_lets_in,
    "dearest": bills.dearest,
    "costs less": bills.costs_less,
    "read for nothing": bills.read_for_nothing,
    "fewest calls": bills.fewest_calls,
    "says": drills.says,
    "exam option": drills.option_holds,
    "template holds an id": templates.holds_an_id,
    "template asks for names": templates.asks_for_names,
    "audits as before": templates.audits_as_before,
    "audit calls": templates.audit_calls,
    "managed policy suffices": templates.managed_policy_suffices,
    "managed policy allows": templates.managed_policy_allows,
}
"""The proofs by name."""
