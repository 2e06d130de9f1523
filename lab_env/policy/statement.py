"""One statement of a policy, ready to be asked whether it applies to a request.

*IAM JSON policy elements*: Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.policy.conditions import Condition
from lab_env.policy.patterns import ARN_PARTS, ArnGlob, Glob, glob
from lab_env.policy.principals import Caller, Grant, Principals
from lab_env.policy.request import Request
from lab_env.policy.templates import Template, template


@dataclass(frozen=True, slots=True)
class Actions:
    """An Action or NotAction element. Names are case-insensitive.

    Attributes:
        texts: as the policy writes them.
        negated: whether it is NotAction.
    """

    texts: tuple[str, ...]
    negated: bool
    _names: frozenset[str]
    _globs: tuple[Glob, ...]

    @classmethod
    def of(cls, texts: tuple[str, ...], *, negated: bool) -> Actions:
        """The element with these names and patterns."""
        globs = [glob(text.lower()) for text in texts]
        names = frozenset(found.exact for found in globs if found.exact is not None)
        return cls(texts, negated, names, tuple(found for found in globs if found.exact is None))

    def cover(self, action: str) -> bool:
        """Whether the statement is about this action, given in lower case."""
        named = action in self._names or any(pattern.matches(action) for pattern in self._globs)
        return named is not self.negated


class ResourcePattern:
    """One entry of a Resource or NotResource element.

    Args:
        text: ``*`` or an ARN, with wildcards and, after the fifth colon, variables.
        variables: whether the policy's version has variables.

    Raises:
        ValueError: it is neither, or a variable stands where none may.
    """

    __slots__ = ("_fixed", "_template", "text")

    def __init__(self, text: str, *, variables: bool) -> None:
        self.text = text
        self._template: Template | None = None
        self._fixed: ArnGlob | None = None
        if text == "*":
            return
        parsed = template(text, variables=variables)
        parts = text.split(":", ARN_PARTS - 1)
        if len(parts) < ARN_PARTS or parts[0] != "arn":
            raise ValueError(f"{text!r} is neither an ARN nor '*'")
        if variables and "${" in "".join(parts[:-1]):
            raise ValueError(f"{text!r}: a variable may stand only after the fifth colon of an ARN")
        if parsed.variables:
            self._template = parsed
        else:
            self._fixed = ArnGlob.of(part for part in parsed.parts if isinstance(part, tuple))

    def matches(self, request: Request) -> bool:
        """Whether the request's resource fits; with a variable that cannot be resolved, none does."""
        if self._fixed is not None:
            return self._fixed.matches(request.arn)
        if self._template is None:
            return True
        pieces = self._template.pieces(request.keys)
        pattern = None if pieces is None else ArnGlob.of(pieces)
        return pattern is not None and pattern.matches(request.arn)

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
        return any(pattern.matches(request) for pattern in self.patterns) is not self.negated

    @property
    def texts(self) -> tuple[str, ...]:
        """As the policy writes them."""
        return tuple(pattern.text for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """A Principal or NotPrincipal element.

    Attributes:
        named: whom it names.
        negated: whether it is NotPrincipal.
    """

    named: Principals
    negated: bool

    def grant(self, caller: Caller, *, root_only: bool) -> Grant:
        """How far the statement carries for this caller."""
        if self.negated:
            return Grant.NONE if self.named.spares(caller) else Grant.DIRECT
        return self.named.grant(caller, root_only=root_only)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

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

    @property
    def label(self) -> str:
        """Its Sid, or its place."""
        place = f"Statement[{self.number}]"
        return self.sid or (f"{self.source}.{place}" if self.source else place)

    def applies(self, request: Request, *, root_only: bool = False) -> Grant:
        """How far the statement carries for this request; ``Grant.NONE`` when it does not apply.

        Args:
            request: the call.
            root_only: the policy is a gateway endpoint's (see `Principals.grant`).
        """
        if not self.actions.cover(request.action_name):
            return Grant.NONE
        if self.resources is not None and not self.resources.cover(request):
            return Grant.NONE
        carries = Grant.DIRECT
        if self.principals is not None:
            carries = self.principals.grant(request.caller, root_only=root_only)
        if carries and all(condition.holds(request.keys) for condition in self.conditions):
            return carries
        return Grant.NONE
