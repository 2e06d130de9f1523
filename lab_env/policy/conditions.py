"""The Condition element: one condition is an operator, a key and its values.

*IAM JSON policy elements: Condition*; *Single-valued vs. multivalued context keys*; *Conditions with multiple context
keys or values*: the values of one condition are alternatives, all conditions of a statement must hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from lab_env.policy.context import Context
from lab_env.policy.operators import Operator, Quantifier, Varying, Wanted, operator


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a Condition element.

    Attributes:
        operator: how it compares.
        key: the condition key as the policy spells it.
        values: the policy's values as it writes them.
    """

    operator: Operator
    key: str
    values: tuple[str, ...]
    _key: str = field(repr=False, compare=False)
    _wanted: tuple[Wanted, ...] = field(repr=False, compare=False)

    @classmethod
    def of(cls, name: str, key: str, values: tuple[str, ...], *, variables: bool) -> Condition:
        """A condition.

        Args:
            name: the operator's name.
            key: the condition key.
            values: the values to compare with.
            variables: whether the policy's version has variables.

        Raises:
            ValueError: there is no such operator, or a value is none that it can compare.
        """
        found = operator(name)
        if found is None:
            raise ValueError(f"there is no condition operator {name}")
        if found.read is None:
            reader = operator("Bool")
            if reader is None or reader.read is None:  # pragma: no cover - Bool is in the table
                raise AssertionError
            wanted = tuple(reader.read(value, False) for value in values)
        else:
            wanted = tuple(found.read(value, variables and found.takes_variables) for value in values)
        return cls(found, key, values, key.lower(), wanted)

    def holds(self, context: Context) -> bool:
        """Whether a request with this context satisfies it."""
        seen = context.get(self._key)
        how = self.operator
        if how.read is None:
            absent = "false" if seen else "true"
            return any(wanted.matches(absent, context) for wanted in self._wanted)
        if seen is None:
            return self._holds_absent()
        if how.quantifier is Quantifier.NONE:
            return any(self._fits(value, context) for value in seen) is not how.negated
        # An empty value makes the set a null one (Single-valued vs. multivalued context keys).
        tests = (self._fits(value, context) is not how.negated for value in seen if value)
        return all(tests) if how.quantifier is Quantifier.ALL else any(tests)

    def _holds_absent(self) -> bool:
        how = self.operator
        if how.if_exists or how.quantifier is Quantifier.ALL:
            return True
        return how.negated and how.quantifier is Quantifier.NONE

    def _fits(self, value: str, context: Context) -> bool:
        return any(wanted.matches(value, context) for wanted in self._wanted)

    def unresolved(self, context: Context) -> tuple[str, ...]:
        """Keys of variables in its values that this request cannot fill."""
        varying = (wanted.text for wanted in self._wanted if isinstance(wanted, Varying))
        return tuple(key for text in varying for key in text.unresolved(context))


@lru_cache(maxsize=4096)
def condition(name: str, key: str, values: tuple[str, ...], variables: bool) -> Condition:  # noqa: FBT001 - a cache is quicker so
    """As `Condition.of`; policies repeat each other's conditions."""
    return Condition.of(name, key, values, variables=variables)
