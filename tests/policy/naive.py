"""A second evaluator, short and slow, from the same documents: plain JSON in, a verdict out.

It knows string, Null and Boolean conditions, and the principal forms of `random_case`.
"""

from __future__ import annotations

import re

VARIABLE = re.compile(r"\$\{(\w+:\w+)\}")


def verdict(case):
    """``Allowed``, ``ExplicitlyDenied`` or ``ImplicitlyDenied``."""
    request = case["request"]
    caller = request["principal"]
    account = caller.split(":")[4] if caller.startswith("arn:") else ""
    root = caller.endswith(":root")
    keys = known(request, caller, account)
    layers = {
        "identity": case["identity_policies"] if account and not root else [],
        "boundary": case["permissions_boundaries"] if account and not root else [],
        "session": case["session_policies"] if account and not root else [],
        # KMS has interface endpoints only.
        "gateway" if request["action"].startswith("s3:") else "interface": case["endpoint_policies"],
        "resource": [case["resource_policy"]] if case["resource_policy"] else [],
        "scp": [policy for level in case["scps"] for policy in level] if account else [],
        "rcp": [policy for level in case["rcps"] for policy in level],
    }
    said = {
        name: [
            (statement["Effect"], reach(name, statement, caller, account, layers))
            for policy in policies
            for statement in policy["Statement"]
            if applies(statement, request, keys) and reach(name, statement, caller, account, layers)
        ]
        for name, policies in layers.items()
    }
    if any(effect == "Deny" for answers in said.values() for effect, _ in answers):
        return "ExplicitlyDenied"

    def yes(name):
        return not layers.get(name) or bool(said[name])

    for level in case["scps"] if account else ():
        if not any(applies(one, request, keys) for policy in level for one in policy["Statement"]):
            return "ImplicitlyDenied"
    how = max((answer for _, answer in said["resource"]), default=0)
    own = bool(said["identity"]) and yes("boundary") and yes("session")
    if not account:
        granted = how > 0
    elif account != request["resource_account"]:
        granted = how > 0 and (root or own)
    elif request["action"].startswith("kms:"):
        granted = how > 0 and (root or own or how == 3 or (how == 2 and yes("boundary") and yes("session")))
    else:
        granted = root or own or how == 3 or (how == 2 and yes("boundary") and yes("session"))
    return "Allowed" if granted and yes("gateway") and yes("interface") else "ImplicitlyDenied"


def known(request, caller, account):
    """The context, with the keys that every request has."""
    keys = {name.lower(): value for name, value in request["context"].items()}
    keys["aws:resourceaccount"] = request["resource_account"]
    keys["aws:principalaccount"] = account or "anonymous"
    if ":user/" in caller:
        keys["aws:username"] = caller.rsplit("/", 1)[1]
    return keys


def reach(layer, statement, caller, account, layers):
    """0 when the caller is not meant, 1 by its account, 2 by its role, 3 by itself."""
    if layer in ("identity", "boundary", "session", "scp"):
        return 3
    if "NotPrincipal" in statement:
        listed = statement["NotPrincipal"]["AWS"]
        spared = (
            not layers["boundary"]
            and account
            and account in listed
            and (caller.endswith(":root") or caller in listed)
        )
        if ":assumed-role/" in caller:
            spared = spared and role_of(caller) in listed
        return 0 if spared else 3
    named = statement["Principal"]
    if named == "*" or "*" in named["AWS"]:
        return 3
    if layer == "gateway":
        return 3 if caller.endswith(":root") and account in named["AWS"] else 0
    if caller in named["AWS"]:
        return 3
    if ":assumed-role/" in caller and role_of(caller) in named["AWS"]:
        return 2
    if account and account in named["AWS"]:
        return 3 if caller.endswith(":root") else 1
    return 0


def role_of(session):
    """The role's ARN of a session's."""
    return re.sub(r":sts:(.*):assumed-role/([^/]+)/.*", r":iam:\1:role/\2", session)


def applies(statement, request, keys):
    """Whether action, resource and every condition fit."""
    return (
        element(statement, "Action", lambda text: like(text.lower(), request["action"].lower()))
        and element(statement, "Resource", lambda text: arn_like(text, request["resource"], keys))
        and all(
            holds(name, value, wanted, keys)
            for name, lines in statement.get("Condition", {}).items()
            for value, wanted in lines.items()
        )
    )


def element(statement, name, fits):
    if name in statement:
        return any(fits(text) for text in statement[name])
    return not any(fits(text) for text in statement[f"Not{name}"])


def like(pattern, text):
    """Wildcards, by the definition: one character at a time."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(like(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and like(pattern[1:], text[1:])


def arn_like(pattern, arn, keys):
    pattern = resolved(pattern, keys)
    if pattern is None:
        return False
    parts, own = pattern.split(":", 5), arn.split(":", 5)
    return pattern == "*" or (len(own) == 6 and all(map(like, parts, own)))


def resolved(text, keys):
    """Text with its variables filled; ``None`` when one has no value. No value here holds a wildcard."""
    if any(not isinstance(keys.get(name.lower()), str) for name in VARIABLE.findall(text)):
        return None
    return VARIABLE.sub(lambda match: keys[match[1].lower()], text)


def holds(name, key, wanted, keys):
    """One condition."""
    seen = keys.get(key.lower())
    if name == "Null":
        return (seen in (None, [])) is (wanted[0] == "true")
    how, _, base = name.rpartition(":")
    exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    negated = "Not" in base
    if seen is None:
        return exists or how == "ForAllValues" or (negated and not how)
    values = seen if isinstance(seen, list) else [seen]
    tests = [any(matches(base, text, value, keys) for text in wanted) for value in values]
    if not how:
        return any(tests) is not negated
    tests = [test is not negated for test in tests]
    return all(tests) if how == "ForAllValues" else any(tests)


def matches(base, wanted, seen, keys):
    wanted = resolved(wanted, keys)
    if wanted is None:
        return False
    if base in ("Bool", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"):
        return wanted.lower() == seen.lower()
    return like(wanted, seen) if base.endswith("Like") else wanted == seen
