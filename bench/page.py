"""The page of what was measured: docs/performance.md."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from bench import price
from bench.budgets import EXCEPTIONS, KINDS, Budget
from bench.cold import ColdStart
from bench.life import JOB, TASK
from bench.meter import Cost
from bench.price import Life
from bench.rivals import OURS, RUNS, WARM_CALLS, Measured
from bench.walk import Costs
from docs.drawing import ROOT, table

PAGE = ROOT / "docs" / "performance.md"
HEADER = ("route or job", "calls", "bells", "files", "read units", "write units")
MEASURED = "<!-- Written by `make bench`. Measure again, do not edit. -->"
# What each sweep or night finds depends on what time it is.
BY_THE_CLOCK = {"sweep", "books.prove_day", "books.prove"}


def write(
    costs: Costs, lives: Sequence[Life], growth: Mapping[str, Mapping[int, Cost]], cold: ColdStart | None,
    rivals: Sequence[Measured] | None,
) -> str:  # fmt: skip
    """The whole page. What is None was not measured; of the rivals, what was said of them stays."""
    parts = [
        MEASURED, "# Performance", _when(), "## What a request asks of AWS", COUNTED, _counts(costs),
        "## Budgets", BUDGETED, _budgets(KINDS, costs), EXCEPTED, _budgets(EXCEPTIONS, costs),
        "## Growth", GROWTH, _growth(growth), *_lives(*lives), "## Cold start", _cold(cold),
        MCP, mcp(rivals),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def shown(costs: Costs, name: str) -> tuple[str, ...]:
    """A row of the first table: the dearest of the times that something was done."""
    dearest = max(costs[name], key=lambda cost: (cost.count, cost.writes, cost.files))
    counts = (dearest.count, dearest.bells, dearest.files)
    return (f"`{name}`", *map(str, counts), f"{dearest.reads:g}", f"{dearest.writes:g}")


def mcp(rivals: Sequence[Measured] | None) -> str:
    """The section about MCP; for a machine that could not fetch the others, as it stands on the page."""
    if rivals is None:
        return _said_of_mcp()
    ours = next(one for one in rivals if one.make == OURS)
    header = ("make", "version", "speaks", "cold, ms", "to ours", "warm, µs", "to ours", "unpacked, MB")
    rows = [(
        one.make.title, one.version, _span(one.speaks), f"{one.cold_ms:.0f}", f"{one.cold_ms / ours.cold_ms:.1f}",
        f"{one.warm_us:.0f}", f"{one.warm_us / ours.warm_us:.1f}", f"{one.unpacked_bytes / 1_000_000:.0f}",
    ) for one in rivals]  # fmt: skip
    return RACED.format(calls=WARM_CALLS, runs=RUNS) + "\n\n" + table(header, rows)


COUNTED = """\
Counted at the client while one walk goes through every route and every kind of job over an emulator; live wiring, no
conflicts. `calls` are calls to DynamoDB, of which the first two are who calls (an admin is known without one) and the
rate counter; `bells` are messages to SQS, `files` calls to S3. Units are DynamoDB's request units, worked out by its
published rules from the items as they are; an emulator has none. Each row is the dearest of the times that the walk
did it. A key's last use is written once an hour, one call more, and an `Idempotency-Key` is one more row in the same
commit.

A task or a job is read in one call by the keys of all that may have been written about it. Of a task's 13 rows most do
not exist yet, of a job's five some, and asking for a row that is not there costs a unit. To ask only for what exists
one would have to read the head first; a query over those rows would cost less (one unit for 4 KB) and be one call more,
since the head lies under its account. Calls are what a caller waits for, and 12 units are $0.0000015, so it stays."""
BUDGETED = (
    "Held by `tests/bench/test_budgets.py`. No route may call more than its kind, unless it has a line of its own."
)
EXCEPTED = "What has a line of its own, and why:"
GROWTH = """\
The same requests in a deployment with so many tasks, taken tasks, offered and completed jobs, agents and operators, all
between one agent and one operator where that is dearest. Calls, and read + write units."""

MCP = "## MCP"
RACED = """\
The same tools, those of our manifest, served by our door and by the servers one would take otherwise. Each run is a
fresh interpreter that sees one make and nothing else, with everything compiled beforehand on all sides; ours is the
package as it is deployed. It imports, answers a `tools/call`, and then answers it {calls} times more; the makes take
turns, and medians of {runs} runs are shown. Every answer is checked to be the same task. `speaks` is what a server took
up when it was greeted in that revision.

Left out on all sides: who calls, how often, and the store, so that a tool does nothing but check its arguments. Of the
makes only AWS Labs' loads the AWS SDK all the same; a call of ours that asks the store pays for it too (Cold start,
above). AWS Labs' answers text alone, the others structured content beside it, ours checked by its model. `unpacked` is
without the SDK, which Lambda brings; ours is the whole of Byhand."""


def _when() -> str:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return (
        f"Measured on {datetime.now(UTC):%d %B %Y} ({machine}) and written by `make bench`. Counts are the same on "
        "every machine, and a test holds the first table to them; times are this machine's."
    )


def _counts(costs: Costs) -> str:
    routes = sorted((name for name in costs if "/" in name), key=lambda name: (name.partition(" ")[2], name))
    jobs = sorted(name for name in costs if "/" not in name)
    return table(HEADER, (shown(costs, name) for name in [*routes, *jobs]))


def _budgets(budgets: Iterable[Budget], costs: Costs) -> str:
    return table(("kind or route", "calls", "routes", "most that was measured", "holds"), (
        (budget.kind or f"{' '.join(f'`{route}`' for route in budget.routes)}: {budget.reason}", str(budget.calls),
         str(len(budget.routes)), str(most := _most(budget, costs)), "yes" if most <= budget.calls else "**no**")
        for budget in budgets
    ))  # fmt: skip


def _most(budget: Budget, costs: Costs) -> int:
    return max(cost.count for route in budget.routes for cost in costs[route])


def _growth(growth: Mapping[str, Mapping[int, Cost]]) -> str:
    sizes = sorted({size for row in growth.values() for size in row})
    return table(
        ("request", *(f"{size:,}" for size in sizes)),
        ((name, *(_cell(row[size]) for size in sizes)) for name, row in growth.items()),
    )


def _cell(cost: Cost) -> str:
    return f"{cost.count} calls, {cost.reads:g} + {cost.writes:g}"


def _lives(task: Life, job: Life) -> list[str]:
    """A thousand of each, and what that stands on."""
    minute = 16 * 0.5 * price.READ_UNIT + price.LAMBDA_REQUEST
    minute += price.JOB_SECONDS * price.JOB_GB * price.LAMBDA_GB_SECOND
    assumed = (
        f"Assumed of both, because only the cloud can tell: a request takes {1000 * price.REQUEST_SECONDS:.0f} ms in "
        f"{price.REQUEST_GB:g} GB, what the clock does {1000 * price.JOB_SECONDS:.0f} ms in {price.JOB_GB:g} GB and "
        f"comes by itself, each logs {price.LOG_BYTES:,} bytes. Not in it: storage, traffic out of AWS, the models of "
        "Guardian and reader, a client that waits in its request instead of looking, and what the sweep costs whether "
        f"or not there is anything to do, about {43_200 * minute:.2f} USD a month."
    )
    return [
        "## What a task costs", _life("a task: one task, one payout", TASK, task),
        "## What a job costs", _life("a test of a page: one job, whose pay is free in the end", JOB, job), assumed,
    ]  # fmt: skip


def _life(what: str, steps: Iterable[str], life: Life) -> str:
    dollars = {name: 1_000 * value for name, value in life.dollars().items()}
    rows = [(name, f"{value:.3f}") for name, value in dollars.items()]
    return "\n\n".join([
        f"A thousand whole lives of {what}; in dollars, at on-demand prices of us-east-1 without free tiers. Nobody "
        "registers.",
        "\n".join(f"- {step}" for step in steps),
        table(("service", "USD per 1,000"), [*rows, ("**all**", f"**{sum(dollars.values()):.2f}**")]),
        f"That is {life.requests} requests, {life.jobs} jobs, {life.cost.count} calls to DynamoDB with "
        f"{life.cost.reads:g} read and {life.cost.writes:g} write units, {life.cost.bells} bells and {life.cost.files} "
        "calls to S3.",
    ])  # fmt: skip


def _cold(cold: ColdStart | None) -> str:
    if cold is None:
        return "Not measured: there was no package (`make package`)."
    return (
        f"A fresh interpreter over the package imports the app and answers `GET /api/v1/agents/balance`: "
        f"{cold.app_ms:.0f} ms, of which {cold.import_ms:.0f} ms are the import. The least that any such function must "
        f"do, importing boto3, making a client and getting one item, takes {cold.yardstick_ms:.0f} ms here. The ratio "
        f"is {cold.ratio:.2f}; medians of {cold.runs} runs in turns, over an emulator on loopback."
    )


def _span(speaks: Sequence[str]) -> str:
    return f"{speaks[0]} alone" if len(speaks) == 1 else f"{speaks[0]} to {speaks[-1]}"


def _said_of_mcp() -> str:
    _, found, section = PAGE.read_text().partition(f"{MCP}\n\n") if PAGE.exists() else ("", "", "")
    return section.strip() if found else "Not measured: the other servers could not be fetched."
