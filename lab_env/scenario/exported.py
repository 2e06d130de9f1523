"""What the firm takes home: its cloud as a template."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from lab_env.network import Network
from lab_env.scenario.chapter06 import BREAK_GLASS_ROLE
from lab_env.scenario.firm import ACCOUNT, TRAINING_ROLE
from lab_env.snapshot.services import Apis, read_state
from lab_env.snapshot.template import Template, template_of

# Whoever deploys the template is somebody already: the operator's role is no part of it.
ROLES = (TRAINING_ROLE, BREAK_GLASS_ROLE)


@cache
def accepted() -> Mapping[str, Mapping[str, str]]:
    """The findings of checkov's that the firm accepts: reasons by check, by logical id."""
    text = (files("lab_env.scenario") / "accepted.toml").read_text("utf-8")
    found: dict[str, dict[str, str]] = {}
    for item in tomllib.loads(text)["accepted"]:
        found.setdefault(item["resource"], {})[item["check"]] = item["reason"]
    return found


def firm_template(apis: Apis, network: Network) -> Template:
    """The template of the firm's account as it stands now.

    Args:
        apis: the way to ask a service in a Region.
        network: its network.

    Raises:
        NotModelled: something stands there that no template is written of.
    """
    services = read_state(apis, ACCOUNT, network)
    return template_of(network, services, ACCOUNT, roles=ROLES, accepted=accepted())
