"""Decisions per second, the cost of a decision against the number of statements, and a hostile policy of wildcards."""

from __future__ import annotations

from time import perf_counter

from lab_env.policy import Policy, PolicySet, Request, evaluate

SIZES = (10, 100, 1_000)
LAPS = 200
CALLER = "arn:aws:sts::111122223333:assumed-role/Train/job"
BUCKET = "arn:aws:s3:::phi/"
# Each fits a key of 1,024 times "a" almost, many times over.
HOSTILE = ("*a" * 250 + "b", "*" + "a?" * 120 + "b*", "*?a" * 80 + "b*", "?*" * 120 + "b*")


def measure() -> str:
    """One line: microseconds for each number of statements, and for the slowest hostile policy of 6 KB."""
    told = [f"{size:,} statements {1e6 * lap(policy_of(size), 'x'):.0f} µs" for size in SIZES]
    hostile = max(lap(policy([BUCKET + text] * (6_000 // len(text))), "a" * 1_024) for text in HOSTILE)
    return "policy: " + "; ".join(told) + f"; hostile {1e3 * hostile:.2f} ms"


def policy_of(size: int) -> Policy:
    """A policy of ``size`` statements, none of which applies before its resource is read."""
    return policy([f"arn:aws:s3:::bucket-{n}/*" for n in range(size)])


def policy(resources: list[str]) -> Policy:
    """A statement for each resource."""
    statements = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": arn} for arn in resources]
    return Policy.parse({"Version": "2012-10-17", "Statement": statements})


def lap(found: Policy, key: str) -> float:
    """Seconds of a decision: the fastest lap, for what others take longer is the machine's."""
    request, policies = Request(CALLER, "s3:GetObject", BUCKET + key), PolicySet(identity=(found,))
    laps = []
    for _ in range(LAPS):
        began = perf_counter()
        if evaluate(request, policies).allowed:
            raise SystemExit("the benchmark's own request is allowed: it measures the wrong thing")
        laps.append(perf_counter() - began)
    return min(laps)
