"""Says at the end of the run how many drills were proven, and how many were run with real jobs."""

from __future__ import annotations


def pytest_terminal_summary(terminalreporter):
    """One line for each test that counted; properties come from all workers."""
    for report in terminalreporter.getreports("passed"):
        for name, told in report.user_properties:
            if name == "drills":
                terminalreporter.write_line(f"drills, {told}")
