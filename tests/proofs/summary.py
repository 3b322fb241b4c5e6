"""What the crash proofs found, for the last lines of a run: the controller of parallel workers prints it as well."""

from typing import Any

CRASH_POINTS = "crash points"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many crashes were survived in the tests that passed."""
    reports = terminalreporter.stats.get("passed", [])
    found = [
        value for report in reports for name, value in getattr(report, "user_properties", []) if name == CRASH_POINTS
    ]
    if found:
        terminalreporter.write_line(
            f"{sum(found)} crash points in {len(found)} deeds, each taken up again to the same end."
        )
