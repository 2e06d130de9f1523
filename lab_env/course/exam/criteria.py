"""What a stem asks for, as questions that the engines answer: traces, calls, failures, audits, bills, logs.

A criterion is a table of a question's data. `judge` puts it to a world and gives `Evidence`: whether it holds there,
and what the engine saw, in a sentence. README.md lists the kinds and their fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lab_env.compliance import audit
from lab_env.costs import month
from lab_env.course.exam.attempts import (
    attempted,
    destination,
    ends,
    failure_reason,
    message,
    way_of,
)
from lab_env.course.exam.world import World
from lab_env.dataplane.job_network import NoNetwork
from lab_env.errors import InvalidInput
from lab_env.network import Exit, Flow, OnPremisesSource, Outcome, Trace, trace
from lab_env.scenario.audited import FIRM
from lab_env.snapshot.event_selectors import object_event
from lab_env.training.instances import PER_INSTANCE

Fields = Mapping[str, Any]
LEAST = "least"
_RESERVED = 5  # addresses that AWS keeps in each subnet


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one criterion came to.

    Attributes:
        wanted: the criterion in words.
        holds: whether it holds.
        seen: what an engine saw, in a sentence.
        by: which one: ``trace``, ``decision``, ``audit``, ``price``, ``log``, ``network``.
        usd: the month's price in US dollars, where a price was asked.
    """

    wanted: str
    holds: bool
    seen: str
    by: str
    usd: str = ""

    def __str__(self) -> str:
        return f"{'✓' if self.holds else '✗'} {self.wanted}: {self.seen}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of criterion.

    Attributes:
        judge: puts it to a world.
        fields: the fields that it may have beside the one that it is named by.
    """

    judge: Callable[[World, Fields], Evidence]
    fields: frozenset[str]


def kind_of(fields: Fields) -> str:
    """The kind of a criterion: the one field that names one.

    Raises:
        InvalidInput: none does, or several do, or it has a field that its kind has not.
    """
    found = [name for name in KINDS if name in fields]
    if len(found) != 1:
        raise InvalidInput("a criterion has one of these.", where=str(dict(fields)), do=", ".join(KINDS))
    unknown = fields.keys() - KINDS[found[0]].fields - {found[0]}
    if unknown:
        known = ", ".join(sorted(KINDS[found[0]].fields))
        raise InvalidInput(f"{found[0]!r} has no field {min(unknown)!r}.", do=f"It has {known}.")
    return found[0]


def judge(world: World, fields: Fields) -> Evidence:
    """Whether a criterion holds in a world, and what was seen.

    Args:
        world: the world.
        fields: the criterion.

    Raises:
        InvalidInput: the criterion is none.
        NotFound: it names what is not there.
    """
    return KINDS[kind_of(fields)].judge(world, fields)


def _trace(world: World, fields: Fields) -> Evidence:
    """``trace = "s3"``: does a connection arrive, by which way, and what does the far side see?"""
    way = way_of(world, fields, destination(world, fields["trace"]), fields.get("port", 443))
    wanted = fields.get("want", Outcome.REACHED.value)
    faults = [
        way.outcome.value != wanted,
        "exit" in fields and way.exit is not Exit(fields["exit"]),
        "endpoint" in fields and way.endpoint != fields["endpoint"],
        "internet" in fields and way.public_internet is not fields["internet"],
        "leaves_aws" in fields and way.third_party is not fields["leaves_aws"],
        "sees" in fields and not _is_seen(way, fields["sees"]),
        "at" in fields and (not way.blockers or way.blockers[0].kind != fields["at"]),
        "blockers" in fields and len(way.blockers) != fields["blockers"],
    ]
    return Evidence(_trace_words(fields, wanted), not any(faults), _trace_seen(way), "trace")


def _is_seen(way: Trace, wanted: str) -> bool:
    if way.source_seen is None:
        return False
    if wanted in {"private", "public"}:
        return way.source_seen.is_private is (wanted == "private")
    return str(way.source_seen) == wanted


def _trace_words(fields: Fields, wanted: str) -> str:
    port = f" on port {fields['port']}" if "port" in fields else ""
    protocol = f" by {fields['protocol']}" if fields.get("protocol", "tcp") != "tcp" else ""
    further = [
        f"by {fields['exit']}" if "exit" in fields else "",
        f"through {fields['endpoint']}" if "endpoint" in fields else "",
        f"stopped by the {fields['at']}" if "at" in fields else "",
        f"{fields['blockers']} in its way" if "blockers" in fields else "",
        _yes(fields, "internet", "over the public internet"),
        _yes(fields, "leaves_aws", "through premises outside AWS"),
        f"from a {fields['sees']} address" if fields.get("sees") in {"private", "public"} else "",
        f"from {fields['sees']}" if "sees" in fields and fields["sees"] not in {"private", "public"} else "",
    ]
    said = ", ".join(filter(None, further))
    via = f" by the name of {fields['via']}" if fields.get("via", "interface") != "interface" else ""
    verb = "is reached" if wanted == Outcome.REACHED.value else "is not reached"
    return (
        f"from {fields['from']}, {fields['trace']}{via}{port}{protocol} {verb}{f' ({said})' if said else ''}"
    )


def _yes(fields: Fields, name: str, words: str) -> str:
    return "" if name not in fields else words if fields[name] else f"not {words}"


def _trace_seen(way: Trace) -> str:
    if way.reached:
        shown = str(way.source_seen)
        seen = "" if way.source_seen is None or shown in way.reason else f" The far side sees {shown}."
        own = "" if way.exit in {Exit.NONE, Exit.LOCAL} else f" The way out: {way.exit.value}."
        outside = way.third_party and not isinstance(way.flow.source, OnPremisesSource)
        return f"{way.reason}{own}{seen}{' It leaves AWS on the way.' if outside else ''}"
    if len(way.blockers) < 2:
        return way.reason
    return " And: ".join(dict.fromkeys(hop.why for hop in way.blockers))


def _call(world: World, fields: Fields) -> Evidence:
    """``call = "s3:GetObject"``: does a call arrive, is it allowed, and who decides?"""
    found = attempted(world, fields, fields["call"])
    wanted = fields.get("want", "allowed")
    said = message(found)
    faults = [
        ends(found) != wanted,
        "layer" in fields and (found.decision is None or _layer(found.decision.denied) != fields["layer"]),
        "says" in fields and fields["says"] not in said,
    ]
    what = "/".join(str(fields[name]) for name in ("bucket", "key") if fields.get(name))
    target = f" on {what or fields['resource']}" if what or "resource" in fields else ""
    who, where = fields["by"].removeprefix("role "), fields["from"]
    plain = ", over plain HTTP," if fields.get("secure") is False else ""
    further = [
        f"by the {fields['layer']} policy" if "layer" in fields else "",
        f"with “{fields['says']}”" if "says" in fields else "",
        f"with {_context(fields['context'])}" if "context" in fields else "",
    ]
    told = ", ".join(filter(None, further))
    end = f" {told}" if told else ""
    sentence = f"{who} at {where}{plain} calls {fields['call']}{target}: {_ENDS[wanted]}{end}"
    return Evidence(sentence, not any(faults), said if "says" in fields and said else found.why, "decision")


_ENDS = {
    "allowed": "allowed",
    "denied": "denied",
    "timeout": "times out",
    "unresolved": "the name does not resolve",
}


def _layer(denied: Any) -> str:
    return denied.decided_by.value if denied is not None and denied.decided_by is not None else ""


def _context(context: Mapping[str, object]) -> str:
    return " and ".join(f"{key} = {'(absent)' if value is None else value}" for key, value in context.items())


def _failure(world: World, fields: Fields) -> Evidence:
    """``failure = "…"``: does the job's FailureReason hold these words?"""
    reason = failure_reason(attempted(world, {"call": "s3:GetObject", **fields}, "s3:GetObject"), fields)
    wanted = f"the FailureReason of the job at {fields['from']} says “{fields['failure']}”"
    return Evidence(wanted, fields["failure"] in reason, reason or "The download works.", "trace")


def _audit(world: World, fields: Fields) -> Evidence:
    """``audit = "NET-2"``: what does the control say of this state?"""
    control, wanted = fields["audit"], fields.get("want", "holds")
    report = audit(world.network, world.sites(), control, services=world.services, firm=FIRM)
    status = report.status(control).value
    telling = [item for item in report.of(control) if item.status.value == status]
    seen = telling[0].sentence if telling else "Nothing to judge."
    title = next(item.title for item in report.controls if item.id == control)
    return Evidence(f"{control} {wanted}: {title}", status == wanted, seen, "audit")


def _usd(world: World, fields: Fields) -> Evidence:
    """``usd = "least"`` or with bounds: what does the month cost?"""
    way = None
    if "from" in fields:
        way = way_of(world, fields, destination(world, fields.get("to", "s3")), 443)
    bill = month(world.network, way, world.usage)
    lines = "; ".join(
        f"{line.price.title} {line.usd.quantize(bill.usd):f}" for line in bill.lines if line.usd
    )
    seen = f"USD {bill.usd:f} a month{f' ({lines})' if lines else ''}."
    if fields["usd"] == LEAST:
        return Evidence("the month costs the least", True, seen, "price", f"{bill.usd:f}")
    sign, _, amount = str(fields["usd"]).partition(" ")
    compared = {"=": bill.usd == type(bill.usd)(amount), "<": bill.usd < type(bill.usd)(amount),
                ">": bill.usd > type(bill.usd)(amount)}  # fmt: skip
    words = {"=": "costs", "<": "costs less than", ">": "costs more than"}[sign]
    return Evidence(f"the month {words} USD {amount}", compared[sign], seen, "price", f"{bill.usd:f}")


def _logged(world: World, fields: Fields) -> Evidence:
    """``logged = "GetObject"``: does a trail record the call on an object?"""
    name, wanted = fields["logged"], fields.get("want", True)
    arn = f"arn:aws:s3:::{fields['bucket']}/{fields.get('key', 'train/2026-01.csv')}"
    event = object_event(arn, name, read=name.startswith(("Get", "Head", "List")))
    event |= fields.get("event", {})
    region = fields.get("region", world.network.region)
    recording = [
        trail.arn.rpartition("/")[2]
        for trail in world.services.trails.values()
        if trail.records(event, region)
    ]
    verb = "is recorded" if wanted else "is not recorded"
    seen = f"{', '.join(recording)} records it." if recording else "No trail's selectors take this event."
    category = "network activity" if event["eventCategory"] == "NetworkActivity" else "data"
    what = f"{category} event {name} on {fields['bucket']}"
    return Evidence(f"the {what} {verb}", bool(recording) is wanted, seen, "log")


def _room(world: World, fields: Fields) -> Evidence:
    """``room = "subnet-a"``: are there addresses for so many instances of a training job?"""
    subnet, instances = world.network.subnet[fields["room"]], fields["instances"]
    taken = sum(item.subnet == subnet.id for item in world.network.interfaces)
    free = subnet.cidrs[0].num_addresses - _RESERVED - taken
    need = instances * PER_INSTANCE
    seen = f"{subnet.id} ({subnet.cidrs[0]}) has {free} free addresses; {instances} instances take {need}."
    fits, wanted = free >= need, fields.get("want", True)
    sentence = f"{subnet.id} has {'' if wanted else 'no '}room for {instances} instances"
    return Evidence(sentence, fits is wanted, seen, "network")


def _script(world: World, fields: Fields) -> Evidence:
    """``script = "s3"``: does the code in a job's container reach a host, whatever its agent does?"""
    job = next(one for one in world.services.jobs.values() if one.name == fields["job"])
    wanted = fields.get("want", "reached")
    sentence = f"the script of {job.name} {'reaches' if wanted == 'reached' else 'does not reach'} {fields['script']}"
    if job.isolated:
        try:
            NoNetwork().connect("", 443, 0)
        except OSError as error:
            seen = f"EnableNetworkIsolation: its container has no network ({error.strerror})."
            return Evidence(sentence, wanted != "reached", seen, "trace")
    place = fields["from"] if job.subnets else "sagemaker"
    flow = Flow(world.place(place), destination(world, fields["script"]))
    way = trace(world.network, flow)
    return Evidence(sentence, way.outcome.value == wanted, _trace_seen(way), "trace")


_WAY = frozenset({"from", "via", "protocol"})
_ASKED = _WAY | {"by", "bucket", "key", "resource", "region", "secure", "headers", "query", "params", "context",
                 "session", "encrypted"}  # fmt: skip
_SEEN = {"want", "exit", "endpoint", "internet", "leaves_aws", "sees", "at", "blockers", "port"}

KINDS: Mapping[str, Kind] = {
    "trace": Kind(_trace, _WAY | _SEEN),
    "call": Kind(_call, _ASKED | {"want", "layer", "says"}),
    "failure": Kind(_failure, _ASKED),
    "audit": Kind(_audit, frozenset({"want"})),
    "usd": Kind(_usd, _WAY | {"to"}),
    "logged": Kind(_logged, frozenset({"bucket", "key", "region", "want", "event"})),
    "room": Kind(_room, frozenset({"instances", "want"})),
    "script": Kind(_script, frozenset({"job", "from", "want"})),
}
