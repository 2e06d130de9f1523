"""Whether the actions and condition keys that a policy names exist, and go together.

*Service Authorization Reference*. AWS stores most policies without these checks; IAM Access Analyzer makes them.
"""

from __future__ import annotations

from lab_env.policy import catalogue
from lab_env.policy.findings import Code
from lab_env.policy.grammar import Reader
from lab_env.policy.operators import Quantifier
from lab_env.policy.statement import Statement


def check_names(reader: Reader, statements: tuple[Statement, ...]) -> None:
    """Note every action that matches nothing and every condition key that is unknown, or never there."""
    for statement in statements:
        _actions(reader, statement)
        _keys(reader, statement)


def _actions(reader: Reader, statement: Statement) -> None:
    element = "NotAction" if statement.actions.negated else "Action"
    for number, text in enumerate(statement.actions.texts):
        if text not in ("*", "*:*") and not catalogue.matching(text):
            path = ("Statement", statement.number, element, number)
            do = catalogue.suggest_action(text)
            reader.fault(Code.UNKNOWN_ACTION, path, f"{text!r} matches no action of AWS.", do)


def _keys(reader: Reader, statement: Statement) -> None:
    known = _known_keys(statement)
    for condition in statement.conditions:
        path = ("Statement", statement.number, "Condition", condition.operator.name, condition.key)
        key = catalogue.condition_key(condition.key)
        if key is None:
            what = f"there is no condition key {condition.key!r}."
            reader.fault(Code.UNKNOWN_KEY, path, what, catalogue.suggest_key(condition.key))
            continue
        if known is not None and key.name.partition(":")[0] in known and key.name not in known[""]:
            names = ", ".join(statement.actions.texts)
            reader.fault(Code.ADVICE, path, f"{key.name} is never there in {names}.")
        _quantifier(reader, statement, condition.operator.quantifier, key, path)


def _quantifier(
    reader: Reader,
    statement: Statement,
    quantifier: Quantifier,
    key: catalogue.Key,
    path: tuple[str | int, ...],
) -> None:
    own = key.name.startswith("aws:")
    if own and not key.multivalued and quantifier is not Quantifier.NONE:
        reader.fault(Code.ADVICE, path, f"{key.name} has one value: a set operator on it is too permissive.")
    if own and key.multivalued and quantifier is Quantifier.NONE:
        do = "Use ForAnyValue: or ForAllValues:."
        reader.fault(Code.ADVICE, path, f"{key.name} may have several values.", do)
    if quantifier is Quantifier.ALL and statement.allow:
        do = f"Add Null {key.name} false."
        reader.fault(Code.ADVICE, path, "ForAllValues also holds where the key is absent, which allows.", do)


def _known_keys(statement: Statement) -> dict[str, frozenset[str]] | None:
    """The keys of the statement's actions under ``""``, and their services; ``None`` when they cannot be listed."""
    texts = statement.actions.texts
    if statement.actions.negated or any(text.startswith("*") for text in texts):
        return None
    actions = [action for text in texts for action in catalogue.matching(text)]
    keys = frozenset(key for action in actions for key in action.keys)
    return {"": keys, **{action.name.partition(":")[0]: keys for action in actions}}
