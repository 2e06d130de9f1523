"""IAM's policy simulator: ``SimulateCustomPolicy`` and ``SimulatePrincipalPolicy``, which moto 5.2.5 lacks.

*SimulateCustomPolicy*, *SimulatePrincipalPolicy*, *EvaluationResult*, *ResourceSpecificResult* (IAM API Reference).
As on AWS nothing is looked up but the identity's own policies and its organization's: no bucket policy, no endpoint,
and no context key that the caller does not give. What a policy asks for and is not given stands in
``MissingContextValues``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from moto.iam.models import get_account_id_from

from lab_env.cloud.iam_simulate_input import (
    Given,
    context,
    excluded,
    inputs,
    refuse,
    resource_policy,
)
from lab_env.cloud.iam_simulate_output import STAND_IN, evaluation
from lab_env.errors import IncompleteSnapshot
from lab_env.policy import Decision, Kind, Policy, PolicySet, Request, evaluate
from lab_env.policy.layers import must_say_yes
from lab_env.policy.principals import Caller
from lab_env.policy.request import derived_keys
from lab_env.snapshot.iam import read_identity
from lab_env.snapshot.organizations import read_organization

if TYPE_CHECKING:
    from lab_env.cloud.call import ApiCall
    from lab_env.cloud.mock import MockCloud
    from lab_env.snapshot.state import Identity

_PAGE = 100


def answer_simulations(cloud: MockCloud) -> None:
    """Let a cloud answer both operations."""
    simulator = Simulator(cloud)
    cloud.intercept("iam", "SimulateCustomPolicy", simulator.custom)
    cloud.intercept("iam", "SimulatePrincipalPolicy", simulator.principal)


@dataclass(frozen=True, slots=True)
class Simulator:
    """Answers simulations about one cloud's identities."""

    cloud: MockCloud

    def custom(self, params: Mapping[str, Any], call: ApiCall, region: str) -> dict[str, Any]:
        """``SimulateCustomPolicy``: of the policies that the request brings.

        Raises:
            AwsError: ``InvalidInput``, ``ValidationError``.
        """
        del region
        account = _account(call)
        given = Given.read(params, identity=())
        return _answer(params, given, account, str(params.get("CallerArn") or ""))

    def principal(self, params: Mapping[str, Any], call: ApiCall, region: str) -> dict[str, Any]:
        """``SimulatePrincipalPolicy``: of the policies of a user or a role, and those that the request brings.

        Raises:
            AwsError: ``InvalidInput``, ``NoSuchEntity``, ``ValidationError``.
        """
        del region
        account, arn = _account(call), str(params.get("PolicySourceArn") or "")
        identity = self._identity(arn, account)
        caller = str(params.get("CallerArn") or (arn if ":user/" in arn else ""))
        boundary = (identity.boundary,) if identity.boundary is not None else ()
        found = Given.read(params, identity=tuple(self._named(identity)), boundaries=boundary)
        levels = () if excluded(params, "scp") else self._organization(account)
        return _answer(params, found.under(levels), account, caller or arn)

    def _identity(self, arn: str, account: str) -> Identity:
        kind, name = _entity(arn)
        if arn.split(":")[4] != account:
            raise refuse(
                f"Invalid Policy Source Arn: caller's account {account} does not have access to policies in "
                f"account {arn.split(':')[4]}"
            )
        found = read_identity(self._asking("iam", account), arn)
        if found is None:
            raise refuse(f"The {kind} with name {name} cannot be found.", code="NoSuchEntity", status=404)
        return found

    def _named(self, identity: Identity) -> Iterator[Policy]:
        """Its policies under the names that the simulator gives them: an inline one names what it is part of."""
        kind, name = _entity(identity.arn)
        asked = {f"{kind.title()}Name": name}
        describe = self._asking("iam", identity.account)
        inline = set(describe(f"List{kind.title()}Policies", asked)["PolicyNames"])
        for policy in identity.policies:
            source = f"{kind}_{name}_{policy.source}" if policy.source in inline else policy.source
            statements = tuple(statement._replace(source=source) for statement in policy.statements)
            yield replace(policy, statements=statements, source=source)

    def _organization(self, account: str) -> tuple[tuple[Policy, ...], ...]:
        try:
            return read_organization(self._asking("organizations", account), account).scps.get(account, ())
        except IncompleteSnapshot:
            return ()

    def _asking(self, service: str, account: str) -> Callable[[str, dict[str, Any]], Mapping[str, Any]]:
        def describe(operation: str, params: dict[str, Any]) -> Mapping[str, Any]:
            return self.cloud.describe(service, operation, params, account=account)

        return describe


def _account(call: ApiCall) -> str:
    return str(get_account_id_from(call.access_key))


def _entity(arn: str) -> tuple[str, str]:
    """``user`` or ``role``, and its name."""
    for kind in ("user", "role"):
        prefix, mark, name = arn.partition(f":{kind}/")
        if mark and prefix.startswith("arn:aws:iam::"):
            return kind, name.rpartition("/")[2]
    raise refuse(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")


def _answer(params: Mapping[str, Any], given: Given, account: str, caller: str) -> dict[str, Any]:
    asked = _Question(given, account, caller, resource_policy(params, caller), context(params), params)
    results = [asked.result(action) for action in inputs(params, "ActionNames")]
    start, size = _page(params)
    page = results[start : start + size]
    more = start + size < len(results)
    return {"EvaluationResults": page, "IsTruncated": more} | ({"Marker": str(start + size)} if more else {})


def _page(params: Mapping[str, Any]) -> tuple[int, int]:
    marker = str(params.get("Marker") or "0")
    if not marker.isdecimal():
        raise refuse("Invalid Marker.", code="ValidationError")
    return int(marker), int(params.get("MaxItems") or _PAGE)


@dataclass(frozen=True, slots=True)
class _Question:
    """What every action and resource of one simulation has in common."""

    given: Given
    account: str
    caller: str
    resource: Policy | None
    context: Mapping[str, object]
    params: Mapping[str, Any]

    def result(self, action: str) -> dict[str, Any]:
        """The ``EvaluationResult`` of one action."""
        if action.count(":") != 1 or "*" in action or "?" in action:
            raise refuse(f"Invalid Input Actions: [{action}] is not a valid action name.")
        resources = inputs(self.params, "ResourceArns") or ["*"]
        return evaluation(action, [self.decide(action, arn) for arn in resources], self.given)

    def decide(self, action: str, arn: str) -> Decision:
        """The decision on one resource."""
        asked = self._request(action, arn, None)
        resource = self.resource
        if resource is None:
            # Without a resource policy the simulator judges the identity's policies alone.
            asked = self._request(action, arn, asked.caller.account)
            resource = _delegating(asked.caller.account) if must_say_yes(asked) else None
        policies = PolicySet(
            identity=self.given.identity,
            boundaries=self.given.boundaries,
            scps=self.given.scps,
            resource=resource,
        )
        return evaluate(asked, policies)

    def _request(self, action: str, arn: str, owner: str | None) -> Request:
        principal = self.caller or f"arn:aws:iam::{self.account}:user/PolicySimulator"
        named = str(self.params.get("ResourceOwner") or "").split(":")
        account = owner or (named[4] if len(named) > 4 else named[0])
        caller, service = Caller.parse(principal), action.partition(":")[0].lower()
        unknown = dict.fromkeys(derived_keys(caller, account or self.account, service))
        return Request(principal, action, arn, account, {**unknown, **self.context})


def _delegating(account: str) -> Policy:
    allow = {
        "Sid": STAND_IN,
        "Effect": "Allow",
        "Principal": {"AWS": account},
        "Action": "*",
        "Resource": "*",
    }
    return Policy.parse({"Statement": allow}, kind=Kind.RESOURCE, source=STAND_IN)
