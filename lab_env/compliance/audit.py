"""The audit itself: which controls are asked, of what, and what becomes of a question that cannot be answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lab_env.compliance.controls import CONTROLS
from lab_env.compliance.frameworks import framework_named
from lab_env.compliance.model import AuditState, Control, Finding, Firm, Status, TrainingSite
from lab_env.compliance.report import Report
from lab_env.errors import IncompleteSnapshot, InvalidInput, NotFound, NotModelled
from lab_env.network.model import Network
from lab_env.snapshot.state import ServiceState


def audit(
    network: Network,
    sites: Sequence[TrainingSite],
    prefix: str | Sequence[str] = "",
    *,
    buckets: Sequence[str] = (),
    services: ServiceState | None = None,
    firm: Firm | None = None,
    framework: str = "",
) -> Report:
    """Judge a state by every control whose id begins with ``prefix``.

    A control that lacks what it has to see (policies that nobody read, a part of AWS that is not modelled) says so: it
    neither holds nor fails.

    Args:
        network: the network.
        sites: where training jobs run.
        prefix: such as ``NET``, ``NET-2``, several of these, or nothing for all controls.
        buckets: names of the buckets by which the network is probed; by default S3 itself is.
        services: principals, buckets, keys and policies.
        firm: whose data it is.
        framework: id of a law (``HIPAA``): only the controls that serve it, grouped by its requirements.

    Raises:
        InvalidInput: no control's id begins so, or there is no such law.
        NotFound: a site's subnet or security group is not in the network.
    """
    asked = _asked((prefix,) if isinstance(prefix, str) else tuple(prefix), framework)
    for site in sites:
        _check(network, site)
    state = AuditState(network, tuple(sites), tuple(buckets), services, firm)
    return Report(asked, tuple(found for control in asked for found in _answers(control, state)), framework)


def _asked(prefixes: tuple[str, ...], framework: str) -> tuple[Control, ...]:
    for prefix in prefixes:
        if not any(control.id.startswith(prefix) for control in CONTROLS):
            known = ", ".join(control.id for control in CONTROLS)
            raise InvalidInput("no control's id begins so.", where=prefix, do=f"There are {known}.")
    chosen = [control for control in CONTROLS if control.id.startswith(prefixes)]
    if framework:
        law = framework_named(framework)
        serving = {one for requirement in law.requirements for one in requirement.controls}
        chosen = [control for control in chosen if control.id in serving]
    return tuple(chosen)


def _answers(control: Control, state: AuditState) -> Iterator[Finding]:
    try:
        yield from control.judge(state)
    except (IncompleteSnapshot, NotModelled) as error:
        sentence = f"{error.where}: {error.what}" if error.where else error.what
        yield Finding(control.id, Status.CANNOT_TELL, error.where, sentence, error.do)


def _check(network: Network, site: TrainingSite) -> None:
    if site.subnet not in network.subnet:
        raise NotFound("no such subnet.", where=site.subnet)
    for group in site.groups:
        if group not in network.security_group:
            raise NotFound("no such security group.", where=group)
