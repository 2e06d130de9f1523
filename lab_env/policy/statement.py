"""One statement of a policy, ready to be asked whether it applies to a request.

*IAM JSON policy elements*: Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lab_env.policy.conditions import Condition
from lab_env.policy.patterns import ARN_PARTS, ArnGlob, Glob, glob
from lab_env.policy.principals import Caller, Grant, Principals, principals
from lab_env.policy.request import Request
from lab_env.policy.templates import Template, template


class Actions:
    """An Action or NotAction element. Names are case-insensitive. Its patterns are made ready when first needed.

    Args:
        texts: as the policy writes them.
        negated: whether it is NotAction.
    """

    __slots__ = ("_globs", "_names", "negated", "texts")

    def __init__(self, texts: tuple[str, ...], *, negated: bool) -> None:
        self.texts = texts
        self.negated = negated
        self._names: frozenset[str] = frozenset([text.lower() for text in texts])
        self._globs: tuple[Glob, ...] | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Actions):
            return NotImplemented
        return (self.texts, self.negated) == (other.texts, other.negated)

    def __hash__(self) -> int:
        return hash((self.texts, self.negated))

    def cover(self, action: str) -> bool:
        """Whether the statement is about this action, given in lower case."""
        if action in self._names or "*" in self._names:
            return not self.negated
        globs = self._globs
        if globs is None:
            globs = self._globs = tuple([glob(name) for name in self._names if "*" in name or "?" in name])
        for pattern in globs:
            if pattern.matches(action):
                return not self.negated
        return self.negated


@lru_cache(maxsize=4096)
def actions(texts: tuple[str, ...], negated: bool) -> Actions:  # noqa: FBT001 - a cache is quicker so
    """The Action or NotAction element with these names and patterns; policies repeat each other's."""
    return Actions(texts, negated=negated)


class ResourcePattern:
    """One entry of a Resource or NotResource element. It is made ready for comparing when first needed.

    Args:
        text: ``*`` or an ARN, with wildcards and, after the fifth colon, variables.
        variables: whether the policy's version has variables.

    Raises:
        ValueError: it is neither, or a variable stands where none may.
    """

    __slots__ = ("_fixed", "_template", "_varies", "text")

    def __init__(self, text: str, *, variables: bool) -> None:
        self.text = text
        self._varies = variables and "${" in text
        self._template: Template | None = None
        self._fixed: ArnGlob | None = None
        if text == "*":
            return
        parsed = template(text, variables=variables) if "${" in text else None
        if not text.startswith("arn:") or text.count(":") < ARN_PARTS - 1:
            raise ValueError(f"{text!r} is neither an ARN nor '*'")
        if parsed is None or not variables:
            return
        if "${" in "".join(text.split(":", ARN_PARTS - 1)[:-1]):
            raise ValueError(f"{text!r}: a variable may stand only after the fifth colon of an ARN")
        if parsed.variables:
            self._template = parsed
        else:
            self._fixed = ArnGlob.of(part for part in parsed.parts if isinstance(part, tuple))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ResourcePattern):
            return NotImplemented
        return (self.text, self._varies) == (other.text, other._varies)

    def __hash__(self) -> int:
        return hash((self.text, self._varies))

    def matches(self, request: Request) -> bool:
        """Whether the request's resource fits; with a variable that cannot be resolved, none does."""
        fixed = self._fixed
        if fixed is not None:
            return fixed.matches(request.arn)
        if self.text == "*":
            return True
        if self._template is None:
            fixed = self._fixed = ArnGlob.written(self.text)
        else:
            pieces = self._template.pieces(request.keys)
            fixed = None if pieces is None else ArnGlob.of(pieces)
        return fixed is not None and fixed.matches(request.arn)

    def unresolved(self, request: Request) -> tuple[str, ...]:
        """Keys of variables in it that this request cannot fill."""
        return self._template.unresolved(request.keys) if self._template is not None else ()


@dataclass(frozen=True, slots=True)
class Resources:
    """A Resource or NotResource element.

    Attributes:
        patterns: its entries.
        negated: whether it is NotResource.
    """

    patterns: tuple[ResourcePattern, ...]
    negated: bool

    def cover(self, request: Request) -> bool:
        """Whether the statement is about the request's resource."""
        for pattern in self.patterns:
            if pattern.matches(request):
                return not self.negated
        return self.negated

    @property
    def texts(self) -> tuple[str, ...]:
        """As the policy writes them."""
        return tuple(pattern.text for pattern in self.patterns)


@lru_cache(maxsize=4096)
def resources(texts: tuple[str, ...], negated: bool, variables: bool) -> Resources:  # noqa: FBT001 - as actions
    """The Resource or NotResource element with these entries; policies repeat each other's.

    Raises:
        ValueError: as `ResourcePattern`.
    """
    return Resources(tuple([ResourcePattern(text, variables=variables) for text in texts]), negated)


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """A Principal or NotPrincipal element.

    Attributes:
        named: whom it names.
        negated: whether it is NotPrincipal.
    """

    named: Principals
    negated: bool

    def grant(self, caller: Caller, *, root_only: bool, bounded: bool = False) -> Grant:
        """How far the statement carries for this caller; a permissions boundary makes NotPrincipal spare nobody."""
        if self.negated:
            return Grant.NONE if not bounded and self.named.spares(caller) else Grant.DIRECT
        return self.named.grant(caller, root_only=root_only)


@lru_cache(maxsize=1024)
def principal_element(
    aws: tuple[str, ...],
    services: tuple[str, ...],
    federated: tuple[str, ...],
    canonical: tuple[str, ...],
    negated: bool,  # noqa: FBT001 - as actions
) -> PrincipalElement:
    """The Principal or NotPrincipal element that names these; policies repeat each other's."""
    named = {"AWS": aws, "Service": services, "Federated": federated, "CanonicalUser": canonical}
    return PrincipalElement(principals(named), negated)


class Statement(NamedTuple):
    """One statement; a tuple, because a document makes many of them.

    Attributes:
        allow: whether its Effect is Allow.
        actions: what it is about.
        resources: on what; ``None`` in policies whose resource is understood (a role's trust policy).
        principals: whom it concerns; ``None`` in policies attached to an identity.
        conditions: what must hold besides.
        sid: its Sid; empty without one.
        number: its place in the policy, from 0.
        source: the policy's name; empty when it has none.
    """

    allow: bool
    actions: Actions
    resources: Resources | None = None
    principals: PrincipalElement | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str = ""
    number: int = 0
    source: str = ""

    def needed(self, request: Request) -> Iterator[str]:
        """The condition keys that it asks for of this request: of its conditions (not ``Null``), and of variables."""
        if not self.actions.cover(request.action_name):
            return
        patterns = self.resources.patterns if self.resources is not None else ()
        empty = [key for pattern in patterns for key in pattern.unresolved(request)]
        yield from empty
        if self.resources is not None and not empty and not self.resources.cover(request):
            return
        for condition in self.conditions:
            if condition.operator.read is not None:
                yield condition.key
            yield from condition.unresolved(request.keys)

    @property
    def label(self) -> str:
        """Its Sid, or its place."""
        place = f"Statement[{self.number}]"
        return self.sid or (f"{self.source}.{place}" if self.source else place)

    def applies(self, request: Request, *, root_only: bool = False, bounded: bool = False) -> Grant:
        """How far the statement carries for this request; ``Grant.NONE`` when it does not apply.

        Args:
            request: the call.
            root_only: the policy is a gateway endpoint's (see `Principals.grant`).
            bounded: the caller has a permissions boundary (*AWS JSON policy elements: NotPrincipal*, key points).
        """
        if not self.actions.cover(request.action_name):
            return Grant.NONE
        if self.resources is not None and not self.resources.cover(request):
            return Grant.NONE
        carries = Grant.DIRECT
        if self.principals is not None:
            carries = self.principals.grant(request.caller, root_only=root_only, bounded=bounded)
        if carries is Grant.NONE:
            return carries
        for condition in self.conditions:
            if not condition.holds(request.keys):
                return Grant.NONE
        return carries
