"""Proofs for chapter 08: which S3 endpoint carries a call, when an interface endpoint stands beside the gateway's."""

from __future__ import annotations

from lab_env import scenario
from lab_env.access import AccessRequest, decide
from lab_env.course.doors import S3, from_vpc, interface_endpoint, own_name
from lab_env.course.proving import UNSEEN, Given, Proof, Seen
from lab_env.course.strangers import ADMIN, Attempts
from lab_env.network import Flow, OnPremisesSource, Trace, trace

_EXTRACT = "incoming/2026-01.csv"


def usual_name_leads(given: Given, seen: Seen) -> Proof:
    """Whether S3's usual name leads a host in subnet A out by ``exit``, once the interface endpoint stands."""
    if interface_endpoint(seen.state, "s3") is None:
        return UNSEEN
    found = from_vpc(seen.state, str(seen.state.find("subnet_a")), S3)
    way = f"{found.exit.value} {found.endpoint or ''}".rstrip() if found.reached else found.reason
    return Proof(found.exit.value == given["exit"], f"a host in subnet A → {S3}: {way}")


def own_name_reached(given: Given, seen: Seen) -> Proof:
    """Whether the data centre reaches S3 by the endpoint's own name; unseen while a security group is in the way."""
    del given
    found = _from_data_centre(seen)
    if found is None:
        return UNSEEN
    if not found.reached and found.blockers[0].kind == "security-group":
        return Proof(None, found.reason)
    way = f"reached by {found.exit.value}" if found.reached else found.reason
    return Proof(found.reached, f"a host in the data centre → the endpoint's own name: {way}")


def bucket_lets_in(given: Given, seen: Seen) -> Proof:
    """Whether an administrator's delivery from the data centre is let in, once its packets arrive."""
    del given
    found = _from_data_centre(seen)
    if found is None:
        return UNSEEN
    if not found.reached:
        return Proof(None, found.reason)
    request = AccessRequest(ADMIN, "s3:PutObject", scenario.TRAINING_BUCKET, _EXTRACT)
    decision = decide(found, request, Attempts.on(seen.state).services)
    # S3's own decision comes first; what KMS says to an encrypted object stands behind it.
    told = decision.denied or decision.decisions[0]
    return Proof(decision.allowed, told.why)


def _from_data_centre(seen: Seen) -> Trace | None:
    """The way from a host in the data centre to the endpoint's own name; ``None`` before line and endpoint stand."""
    door = interface_endpoint(seen.state, "s3")
    if door is None or not seen.state.network.virtual_interfaces:
        return None
    source = OnPremisesSource(scenario.ON_PREMISES.name, scenario.ON_PREMISES_HOST)
    return trace(seen.state.network, Flow(source, own_name(door)))
