"""CloudFormation: a template becomes a stack, by the calls that its resources stand for.

*CreateStack*, *DescribeStacks*, *DescribeStackResources*, *GetTemplate* of the CloudFormation API Reference. moto's own
CloudFormation needs packages that the course does not install, and of a bucket it makes encryption and tags alone:
neither policy, versions, logging nor public access block. Left out here: updates, deletion, change sets, events,
conditions, nested stacks, and rolling back: what was made before a resource failed stays (as with ``DO_NOTHING``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from moto.moto_api._internal import mock_random

from lab_env.cloud import stack_resources
from lab_env.cloud.refusals import AwsError
from lab_env.cloud.stack_values import Values, references
from lab_env.errors import NotModelled

if TYPE_CHECKING:
    from datetime import datetime

    from lab_env.cloud.call import ApiCall
    from lab_env.cloud.mock import MockCloud
    from lab_env.cloud.patches import Patches

_NAMED_IAM = "CAPABILITY_NAMED_IAM"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


def fill(patches: Patches) -> None:
    """Nothing of moto's is used."""
    del patches


def check(call: ApiCall) -> None:
    """Refuse every operation that `Stacks` does not answer.

    Raises:
        NotModelled: always.
    """
    raise NotModelled(f"the lab's cloud does not answer cloudformation {call.operation} in {call.region}.")


@dataclass(slots=True)
class Stack:
    """One stack as CloudFormation knows it."""

    name: str
    id: str
    template: str
    parameters: Mapping[str, str]
    made_at: datetime
    status: str = "CREATE_IN_PROGRESS"
    reason: str = ""
    resources: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[dict[str, str]] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        """As ``DescribeStacks`` tells it."""
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()]
        reason = {"StackStatusReason": self.reason} if self.reason else {}
        own = {"StackName": self.name, "StackId": self.id, "StackStatus": self.status, **reason}
        return {**own, "Parameters": given, "CreationTime": self.made_at, "Outputs": self.outputs}


class Stacks:
    """The stacks of one cloud, each in the account and Region of whoever makes it."""

    def __init__(self, cloud: MockCloud) -> None:
        self._cloud = cloud
        self._stacks: dict[str, Stack] = {}
        for operation, handler in (
            ("CreateStack", self._create),
            ("DescribeStacks", self._describe),
            ("DescribeStackResources", self._resources),
            ("GetTemplate", self._template),
        ):
            cloud.intercept("cloudformation", operation, handler)

    def _create(self, params: dict[str, Any], call: ApiCall, region: str) -> dict[str, Any]:
        name = params["StackName"]
        if not _NAME.fullmatch(name):
            raise AwsError("ValidationError", f"Value '{name}' at 'stackName' failed to satisfy constraint.")
        if name in self._stacks:
            raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists")
        document = _read(params.get("TemplateBody", ""))
        given = _parameters(document, params.get("Parameters") or ())
        _capable(document, params.get("Capabilities") or ())
        order = _order(document)
        with self._cloud.ids.drawing("cloudformation", region, name):
            arn = f"arn:aws:cloudformation:{region}:{self._cloud.account}:stack/{name}/{mock_random.uuid4()}"
        del call
        stack = Stack(name, arn, params["TemplateBody"], given, self._cloud.clock.now())
        self._stacks[name] = stack
        self._deploy(stack, document, order, region)
        return {"StackId": arn}

    def _deploy(self, stack: Stack, document: Mapping[str, Any], order: list[str], region: str) -> None:
        pseudo = {"AWS::AccountId": self._cloud.account, "AWS::Region": region, "AWS::Partition": "aws"}
        pseudo |= {"AWS::StackName": stack.name, "AWS::StackId": stack.id, "AWS::URLSuffix": "amazonaws.com"}
        zones = self._ask(region, "ec2", "DescribeAvailabilityZones", {})["AvailabilityZones"]
        values = Values({**pseudo, **stack.parameters}, tuple(item["ZoneName"] for item in zones))
        for name in order:
            resource = document["Resources"][name]
            told = {"LogicalResourceId": name, "ResourceType": resource["Type"], "Timestamp": stack.made_at}
            stack.resources.append(told)
            try:
                wanted = values.resolve(resource.get("Properties", {}))
                made = stack_resources.make(resource["Type"], partial(self._ask, region), wanted)
            except ClientError as error:
                reason = str(error.response["Error"]["Message"])
                told |= {"ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": reason}
                stack.status = "CREATE_FAILED"
                stack.reason = f"The following resource(s) failed to create: [{name}]. "
                return
            values.made[name] = made
            told |= {"ResourceStatus": "CREATE_COMPLETE", "PhysicalResourceId": made.ref}
        outputs = document.get("Outputs", {}).items()
        stack.outputs = [
            {"OutputKey": key, "OutputValue": values.resolve(item["Value"])} for key, item in outputs
        ]
        stack.status = "CREATE_COMPLETE"

    def _ask(self, region: str, service: str, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._cloud.describe(service, operation, params, region)

    def _describe(self, params: dict[str, Any], call: ApiCall, region: str) -> dict[str, Any]:
        del call, region
        chosen = [self._named(params["StackName"])] if params.get("StackName") else self._stacks.values()
        return {"Stacks": [stack.described() for stack in chosen]}

    def _resources(self, params: dict[str, Any], call: ApiCall, region: str) -> dict[str, Any]:
        del call, region
        stack = self._named(params["StackName"])
        own = {"StackName": stack.name, "StackId": stack.id}
        return {"StackResources": [own | item for item in stack.resources]}

    def _template(self, params: dict[str, Any], call: ApiCall, region: str) -> dict[str, Any]:
        del call, region
        return {"TemplateBody": self._named(params["StackName"]).template}

    def _named(self, name: str) -> Stack:
        for stack in self._stacks.values():
            if name in (stack.name, stack.id):
                return stack
        raise AwsError("ValidationError", f"Stack with id {name} does not exist")


def _read(body: str) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise AwsError("ValidationError", f"Template format error: JSON not well-formed. ({error})") from None
    if not isinstance(document, dict) or not document.get("Resources"):
        needed = "Template format error: At least one Resources member must be defined."
        raise AwsError("ValidationError", needed)
    unknown = next(iter({"Conditions", "Mappings", "Transform", "Rules"} & set(document)), None)
    if unknown:
        raise NotModelled("this section of a template is not modelled.", where=unknown)
    return document


def _parameters(document: Mapping[str, Any], given: Any) -> dict[str, str]:
    declared = document.get("Parameters", {})
    told = {item["ParameterKey"]: item["ParameterValue"] for item in given}
    if unknown := sorted(set(told) - set(declared)):
        listed = ", ".join(unknown)
        raise AwsError("ValidationError", f"Parameters: [{listed}] do not exist in the template")
    found = {name: told.get(name, item.get("Default")) for name, item in declared.items()}
    if missing := [name for name, value in found.items() if value is None]:
        raise AwsError("ValidationError", f"Parameters: [{', '.join(missing)}] must have values")
    for name, item in declared.items():
        pattern = item.get("AllowedPattern")
        if pattern and not re.fullmatch(pattern, found[name]):
            rule = (
                item.get("ConstraintDescription")
                or f"Member must satisfy regular expression pattern: {pattern}"
            )
            raise AwsError("ValidationError", f"Parameter {name} failed to satisfy constraint: {rule}")
    return found


def _capable(document: Mapping[str, Any], capabilities: Any) -> None:
    kinds = {item["Type"] for item in document["Resources"].values()}
    if any(kind.startswith("AWS::IAM::") for kind in kinds) and _NAMED_IAM not in capabilities:
        raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{_NAMED_IAM}]")


def _order(document: Mapping[str, Any]) -> list[str]:
    """The resources in an order in which each comes after those that it refers to."""
    resources = document["Resources"]
    needs = {name: list(dict.fromkeys(_needs(item))) for name, item in resources.items()}
    known = {*resources, *document.get("Parameters", {})}
    unknown = [one for names in needs.values() for one in names if one not in known]
    unknown = [one for one in unknown if not one.startswith("AWS::")]
    if unknown:
        told = (
            f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] in the Resources"
        )
        raise AwsError("ValidationError", f"{told} block of the template")
    for name, item in resources.items():
        stack_resources.check(name, item["Type"], item.get("Properties", {}))
    graph = {name: [one for one in names if one in resources] for name, names in needs.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        listed = ", ".join(dict.fromkeys(error.args[1]))
        raise AwsError("ValidationError", f"Circular dependency between resources: [{listed}]") from None


def _needs(resource: Mapping[str, Any]) -> Iterator[str]:
    after = resource.get("DependsOn", [])
    yield from [after] if isinstance(after, str) else after
    yield from references(resource.get("Properties", {}))
