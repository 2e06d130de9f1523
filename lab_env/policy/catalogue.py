"""The actions and condition keys that AWS has: a dated file of all services (data/README.md).

*Service Authorization Reference*; *AWS global condition context keys*.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files

from lab_env.policy.patterns import glob

# AWS global condition context keys, with the cross-service keys of role sessions; read 2026-10. True: multivalued.
_GLOBAL = {
    "aws:AssumedRoot": False,
    "aws:CalledVia": True,
    "aws:CalledViaAWSMCP": False,
    "aws:CalledViaFirst": False,
    "aws:CalledViaLast": False,
    "aws:ChatbotSourceArn": False,
    "aws:CurrentTime": False,
    "aws:Ec2InstanceSourcePrivateIPv4": False,
    "aws:Ec2InstanceSourceVpc": False,
    "aws:EpochTime": False,
    "aws:FederatedProvider": False,
    "aws:IsMcpServiceAction": False,
    "aws:MultiFactorAuthAge": False,
    "aws:MultiFactorAuthPresent": False,
    "aws:PrincipalAccount": False,
    "aws:PrincipalArn": False,
    "aws:PrincipalIsAWSService": False,
    "aws:PrincipalOrgID": False,
    "aws:PrincipalOrgPaths": True,
    "aws:PrincipalServiceName": False,
    "aws:PrincipalServiceNamesList": True,
    "aws:PrincipalTag/${TagKey}": False,
    "aws:PrincipalType": False,
    "aws:RequestTag/${TagKey}": False,
    "aws:RequestedRegion": False,
    "aws:ResourceAccount": False,
    "aws:ResourceOrgID": False,
    "aws:ResourceOrgPaths": True,
    "aws:ResourceTag/${TagKey}": False,
    "aws:SecureTransport": False,
    "aws:SignInSessionArn": False,
    "aws:SourceAccount": False,
    "aws:SourceArn": False,
    "aws:SourceIdentity": False,
    "aws:SourceIp": False,
    "aws:SourceOrgID": False,
    "aws:SourceOrgPaths": True,
    "aws:SourceVpc": False,
    "aws:SourceVpcArn": False,
    "aws:SourceVpce": False,
    "aws:TagKeys": True,
    "aws:TokenIssueTime": False,
    "aws:UserAgent": False,
    "aws:ViaAWSMCPService": False,
    "aws:ViaAWSService": False,
    "aws:VpcSourceIp": False,
    "aws:VpceAccount": False,
    "aws:VpceOrgID": False,
    "aws:VpceOrgPaths": True,
    "aws:referer": False,
    "aws:userid": False,
    "aws:username": False,
    "codebuild:BuildArn": False,
    "codebuild:ProjectArn": False,
    "ec2:RoleDelivery": False,
    "ec2:SourceInstanceArn": False,
    "ec2:SourceInstanceARN": False,
    "glue:CredentialIssuingService": False,
    "glue:RoleAssumedBy": False,
    "identitystore:UserId": False,
    "lambda:SourceFunctionArn": False,
    "ssm:SourceInstanceArn": False,
}
# Identity providers name keys of their own; AWS cannot list them.
_PROVIDER_PREFIXES = ("saml", "ldap", "identitycenter")
_LINE = re.compile(r'\{"service":"([^"]+)"')
_PART = re.compile(r"\\\$\\{.+?\\}|<.+?>")


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key of the catalogue.

    Attributes:
        name: as AWS spells it; ``${TagKey}`` stands for any text.
        multivalued: whether a request may hold several values of it.
    """

    name: str
    multivalued: bool


@dataclass(frozen=True, slots=True)
class Action:
    """An action of the catalogue.

    Attributes:
        name: ``s3:GetObject``.
        resources: the kinds of resource it acts on; empty for actions that name none.
        keys: the service's condition keys that it knows.
    """

    name: str
    resources: tuple[str, ...]
    keys: frozenset[str]


@cache
def _lines() -> dict[str, str]:
    text = (files("lab_env.policy") / "data" / "actions.jsonl").read_text("utf-8")
    found = ((_LINE.match(line), line) for line in text.splitlines())
    return {match[1]: line for match, line in found if match}


@cache
def _service(name: str) -> dict[str, Action]:
    """A service's actions by their lower-case names; empty for a service that there is not."""
    line = _lines().get(name)
    if line is None:
        return {}
    told = json.loads(line)
    keys = list(told["keys"])
    found = {}
    for group, names in told["actions"].items():
        kinds, _, numbers = group.partition("|")
        own = frozenset(keys[int(number)] for number in numbers.split(",") if number)
        for action in names:
            kind = tuple(part for part in kinds.split(",") if part)
            found[action.lower()] = Action(f"{name}:{action}", kind, own)
    return found


def action(name: str) -> Action | None:
    """The action of this name, in any case."""
    service, _, operation = name.lower().partition(":")
    return _service(service).get(operation)


def resource_types(name: str) -> tuple[str, ...]:
    """The kinds of resource an action acts on; empty for an unknown one."""
    found = action(name)
    return found.resources if found is not None else ()


@lru_cache(maxsize=4096)
def matching(pattern: str) -> tuple[Action, ...]:
    """The actions that an entry of an Action element matches; for ``*`` none are listed."""
    service, _, operation = pattern.lower().partition(":")
    if operation in _service(service):
        return (_service(service)[operation],)
    wanted = glob(operation)
    return tuple(found for name, found in _service(service).items() if wanted.matches(name))


def suggest_action(pattern: str) -> str:
    """What was probably meant by an action that there is not; empty when nothing is near."""
    service, _, operation = pattern.lower().partition(":")
    if service not in _lines():
        near = get_close_matches(service, _lines(), n=1, cutoff=0.6)
        return f"There is no service {service!r}." + (f" Did you mean {near[0]!r}?" if near else "")
    near = get_close_matches(operation.strip("*?"), _service(service), n=1, cutoff=0.6)
    return f"Did you mean {_service(service)[near[0]].name}?" if near else ""


@cache
def _keys() -> dict[str, list[Key]]:
    """Every condition key of every service, by the lower-case prefix before its first colon."""
    found: dict[str, dict[str, Key]] = {}
    told = (json.loads(line)["keys"].items() for line in _lines().values())
    named = {name: kind.startswith("ArrayOf") for keys in told for name, kind in keys}
    for name, multivalued in {**named, **_GLOBAL}.items():
        found.setdefault(name.partition(":")[0].lower(), {})[name.lower()] = Key(name, multivalued)
    return {prefix: list(keys.values()) for prefix, keys in found.items()}


@lru_cache(maxsize=4096)
def condition_key(name: str) -> Key | None:
    """The condition key of this name, in any case; identity providers' own keys are taken on trust."""
    prefix = name.partition(":")[0].lower()
    if "." in prefix or prefix in _PROVIDER_PREFIXES:
        return Key(name, multivalued=True)
    lower = name.lower()
    return next((key for key in _keys().get(prefix, ()) if _named(key.name.lower(), lower)), None)


def _named(known: str, name: str) -> bool:
    if "${" not in known and "<" not in known:
        return known == name
    return re.fullmatch(_PART.sub(".+", re.escape(known)), name) is not None


def suggest_key(name: str) -> str:
    """What was probably meant by a condition key that there is not; empty when nothing is near."""
    prefix = name.partition(":")[0].lower()
    known = {key.name.lower(): key.name for key in _all_near(prefix)}
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f"Did you mean {known[near[0]]}?" if near else ""


def _all_near(prefix: str) -> Iterator[Key]:
    yield from _keys().get(prefix, ())
    if prefix not in _keys():
        yield from _keys()["aws"]
