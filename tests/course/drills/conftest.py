"""Says at the end of the run how many drills were proven, and how many were run with real jobs."""

from __future__ import annotations

from collections import Counter


def pytest_terminal_summary(terminalreporter):
    """One line: what the tests that passed have counted, in all workers."""
    counted: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        counted.update(
            {name: number for name, number in report.user_properties if name.startswith("drills ")}
        )
    if counted:
        told = ", ".join(f"{number} {name.removeprefix('drills ')}" for name, number in counted.items())
        terminalreporter.write_line(f"drills: {told}")
