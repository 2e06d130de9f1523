"""Proofs for chapter 15: what a template holds, whether what it made audits as before, what an auditor may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lab_env.access.reading import reading_actions
from lab_env.compliance import Status
from lab_env.course.auditing import AUDITOR, audit_both_subnets, may
from lab_env.course.proving import UNSEEN, Given, Proof, Seen
from lab_env.policy import Kind
from lab_env.policy.catalogue import Action, matching
from lab_env.scenario import LOCKED_BUCKETS, LOG_BUCKET
from lab_env.scenario.exported import firm_template
from lab_env.snapshot.account import READS
from lab_env.snapshot.policies import stored_policy
from lab_env.snapshot.state import Identity
from lab_env.snapshot.template import Template

_NUMBERED = ("vpc", "s3_endpoint", "kms_key")


def holds_an_id(given: Given, seen: Seen) -> Proof:
    """Whether the template of what stands holds, or asks for, an id that AWS gave: VPC, endpoint, key."""
    del given
    template = _template(seen)
    text = template.json()
    ids = {name: str(seen.state.find(name)).rpartition("/")[2] for name in _NUMBERED}
    left = [item for item in ids.values() if item in text]
    return Proof(
        bool(left), f"in it: {', '.join(left)}" if left else f"none of {', '.join(ids.values())} is in it"
    )


def asks_for_names(given: Given, seen: Seen) -> Proof:
    """Whether each bucket's name is a parameter without a default: whoever deploys the template has to give it."""
    del given
    template = _template(seen)
    asked = {
        template.given[name] for name, declared in template.parameters.items() if "Default" not in declared
    }
    buckets = (*LOCKED_BUCKETS, LOG_BUCKET)
    missing = [name for name in buckets if name not in asked]
    told = f"not asked for: {', '.join(missing)}" if missing else f"{len(asked)} parameters without a default"
    return Proof(not missing, told)


def audits_as_before(given: Given, seen: Seen) -> Proof:
    """Whether each control that holds of chapters 06 and 07 built by hand fails nowhere in what a stack made."""
    del given
    if not seen.state.describe("cloudformation", "DescribeStacks").get("Stacks"):
        return Proof(None, "nothing is deployed yet")
    report = audit_both_subnets(seen.state)
    if report is None:
        return UNSEEN
    from lab_env.views.forms import locked_form

    held = [control for control, mark in locked_form().marks.items() if mark == Status.HOLDS.mark]
    lost = [control for control in held if report.status(control) is Status.DOES_NOT_HOLD]
    told = f"no longer: {', '.join(lost)}" if lost else f"none of the {len(held)} controls is lost"
    return Proof(not lost, told)


def audit_calls(given: Given, seen: Seen) -> Proof:
    """Whether the audit of a real account may make this call."""
    del seen
    calls = READS[given["service"]]
    told = f"{len(calls)} calls of {given['service']} are on its list"
    return Proof(
        given["call"] in calls,
        f"{told}, {given['call']} {'' if given['call'] in calls else 'not '}among them",
    )


def managed_policy_suffices(given: Given, seen: Seen) -> Proof:
    """Whether one of AWS's managed policies allows every action that the audit needs."""
    auditor = _managed(given, seen)
    needed = reading_actions()
    allowed = [action for action in needed if may(auditor, action)]
    others = {found.name for found in _listed(auditor)} - {*needed}
    told = f"{given['policy']} allows {len(allowed)} of the {len(needed)}, and {len(others):,} other actions"
    return Proof(allowed == list(needed), told)


def managed_policy_allows(given: Given, seen: Seen) -> Proof:
    """Whether one of AWS's managed policies allows an ``action``; with ``allows = false``, whether it does not."""
    found = may(_managed(given, seen), given["action"])
    told = f"{given['policy']} {'allows' if found else 'does not allow'} {given['action']}"
    return Proof(found is given["allows"], told)


def _managed(given: Given, seen: Seen) -> Identity:
    ask = partial(seen.state.describe, "iam")
    arn = {"PolicyArn": f"arn:aws:iam::aws:policy/{given['policy']}"}
    version = ask("GetPolicy", arn)["Policy"]["DefaultVersionId"]
    document = ask("GetPolicyVersion", {**arn, "VersionId": version})["PolicyVersion"]["Document"]
    return Identity(AUDITOR, (stored_policy(document, Kind.IDENTITY, given["policy"]),))


def _listed(auditor: Identity) -> Iterator[Action]:
    """The actions that the allowing statements of an identity's policies list; what ``NotAction`` allows is no list."""
    for policy in auditor.policies:
        for statement in policy.statements:
            if statement.allow and not statement.actions.negated:
                yield from (found for pattern in statement.actions.texts for found in matching(pattern))


def _template(seen: Seen) -> Template:
    def api(service: str, region: str) -> Callable[[str, dict[str, Any]], Any]:
        return lambda operation, params: seen.state.describe(service, operation, params, region)

    return firm_template(api, seen.state.network)
