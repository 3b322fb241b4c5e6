"""docs/performance.md says what is so."""

import pytest

from bench.page import BY_THE_CLOCK, PAGE, shown
from bench.walk import Costs


@pytest.mark.slow
def test_the_page_says_what_each_route_and_job_asks(walked: Costs) -> None:
    lines = PAGE.read_text().splitlines()
    first = lines[lines.index("## What a request asks of AWS") : lines.index("## Budgets")]
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in first if line.startswith("| `")]
    said = {row[0]: row[1:4] for row in cells}
    assert sorted(said) == sorted(f"`{name}`" for name in walked), "Run: make bench"
    known = {name: shown(walked, name)[1:4] for name in walked if name not in BY_THE_CLOCK}
    assert {name: said[f"`{name}`"] for name in known} == known, "Run: make bench"


def test_the_page_says_that_every_budget_holds() -> None:
    assert "**no**" not in PAGE.read_text()
