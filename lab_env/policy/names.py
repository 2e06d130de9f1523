"""Whether the actions and condition keys that a policy names exist, and go together.

*Service Authorization Reference*. AWS stores most policies without these checks; IAM Access Analyzer makes them.
"""

from __future__ import annotations

from functools import lru_cache

from lab_env.policy import catalogue
from lab_env.policy.conditions import Condition
from lab_env.policy.findings import Code
from lab_env.policy.operators import Quantifier
from lab_env.policy.reader import Reader
from lab_env.policy.statement import Statement


def check_names(reader: Reader, statements: tuple[Statement, ...]) -> None:
    """Note every action that matches nothing and every condition key that is unknown, or never there."""
    for statement in statements:
        for number in _unknown(statement.actions.texts):
            text = statement.actions.texts[number]
            element = "NotAction" if statement.actions.negated else "Action"
            what, do = f"{text!r} matches no action of AWS.", catalogue.suggest_action(text)
            reader.fault(Code.UNKNOWN_ACTION, ("Statement", statement.number, element, number), what, do)
        for condition in statement.conditions:
            _check_key(reader, statement, condition)


def _check_key(reader: Reader, statement: Statement, condition: Condition) -> None:
    how, actions = condition.operator, _listed(statement, condition)
    for code, what, do in _key_faults(condition.key, how.quantifier, actions, allow=statement.allow):
        reader.fault(code, ("Statement", statement.number, "Condition", how.name, condition.key), what, do)


@lru_cache(maxsize=4096)
def _unknown(texts: tuple[str, ...]) -> tuple[int, ...]:
    """Places of the actions that match nothing."""
    named = ((number, text) for number, text in enumerate(texts) if text not in ("*", "*:*"))
    return tuple([number for number, text in named if not catalogue.matching(text)])


def _listed(statement: Statement, condition: Condition) -> tuple[str, ...]:
    """The actions that decide whether a condition's key is ever there; none for keys that all requests may have."""
    actions = statement.actions
    return () if actions.negated or condition.key.startswith("aws:") else actions.texts


@lru_cache(maxsize=4096)
def _key_faults(
    name: str, quantifier: Quantifier, actions: tuple[str, ...], *, allow: bool
) -> tuple[tuple[Code, str, str], ...]:
    """Code, fault and advice for a condition on a key in a statement about some actions."""
    key = catalogue.condition_key(name)
    if key is None:
        return ((Code.UNKNOWN_KEY, f"there is no condition key {name!r}.", catalogue.suggest_key(name)),)
    found = []
    if _never_there(key, actions):
        found.append((Code.ADVICE, f"{key.name} is never there in {', '.join(actions)}.", ""))
    own = key.name.startswith("aws:")
    if own and not key.multivalued and quantifier is not Quantifier.NONE:
        found.append((Code.ADVICE, f"{key.name} has one value: a set operator on it is too permissive.", ""))
    if own and key.multivalued and quantifier is Quantifier.NONE:
        do = "Use ForAnyValue: or ForAllValues:."
        found.append((Code.ADVICE, f"{key.name} may have several values.", do))
    if quantifier is Quantifier.ALL and allow:
        what = "ForAllValues also holds where the key is absent, which allows."
        found.append((Code.ADVICE, what, f"Add Null {key.name} false."))
    return tuple(found)


def _never_there(key: catalogue.Key, actions: tuple[str, ...]) -> bool:
    """Whether none of the actions knows a key of a service of theirs."""
    if any(text.startswith("*") for text in actions):
        return False
    found = [action for text in actions for action in catalogue.matching(text)]
    services = {action.name.partition(":")[0] for action in found}
    return key.name.partition(":")[0] in services and not any(key.name in action.keys for action in found)
