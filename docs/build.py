"""Draws the reference pages from the code: `python -m docs.build`. A test keeps the pages and the code alike.

page               drawn from
errors.md          the tree of refusals: status, code, and the first sentence of each docstring
lifecycle.md       every table of moves
events.md          the names in core/events/catalogue.py
configuration.md   the fields of the settings, and the sentences below them
tables.md          infra/resources.yaml, and the rows that the stores' docstrings list
routes.md          the routes of every product, and what their actions say
ledger.md          stories of money, told by the postings (ledger_page.py)
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

import chalicelib
from chalicelib.core import settings
from chalicelib.core.events import catalogue
from chalicelib.doors.http.answers import FRAMEWORK_REFUSALS
from chalicelib.kit import errors, once
from chalicelib.kit.errors import Refusal
from chalicelib.kit.lifecycle import Lifecycle
from docs import ledger_page, routes

ROOT = Path(__file__).resolve().parent.parent
DRAWN = "<!-- Drawn from the code by `python -m docs.build`. Change the code, not this page. -->"

# What a caller can do next, by the branch of the tree that a refusal grows on; the first branch that fits counts.
NEXT: Mapping[type[Refusal], str] = {
    once.InProgress: "Send the same again after `Retry-After`.",
    once.AboutTheKey: "Use a new Idempotency-Key for what is new.",
    errors.TooLarge: "Send less, or announce a large file and PUT it.",
    errors.UnsupportedType: "Send a content type that this route reads.",
    errors.Invalid: "Fix the words; `details` names the field and says what would be right.",
    errors.PaymentRequired: "Pay first, then send it again.",
    errors.Unauthenticated: "Show who you are.",
    errors.Forbidden: "Ask somebody who may, or become one who may.",
    errors.NotFound: "Look elsewhere.",
    errors.Gone: "Nothing: this moment has passed for good.",
    errors.Conflict: "Choose another moment, or another thing; `details` says when it works.",
    errors.RateLimited: "Wait as long as `Retry-After` says.",
    errors.OutcomeUnknown: "Send it again with the same Idempotency-Key; without one, look first.",
    errors.Wait: "Send the same again after `Retry-After`.",
    Refusal: "Send the same again after `Retry-After`.",
}


def pages() -> dict[Path, str]:
    """Every drawn page by its place."""
    drawn = {"errors": error_page(), "lifecycle": lifecycle_page(), "configuration": configuration_page()}
    drawn |= {"tables": table_page(), "routes": route_page(), "events": event_page(), "ledger": story_page()}
    return {ROOT / "docs" / f"{name}.md": text for name, text in drawn.items()}


# Errors --------------------------------------------------------------------------------------------------------------


def refusals() -> list[type[Refusal]]:
    """Every refusal with a code of its own; one without is its parent under another name."""
    modules()
    found = [one for one in _descendants(Refusal) if "code" in vars(one)]
    return sorted(found, key=lambda one: (one.status, one.code))


def next_step(refusal: type[Refusal]) -> str:
    """What a caller can do after a refusal."""
    return next(step for branch, step in NEXT.items() if issubclass(refusal, branch))


def error_page() -> str:
    ours = [(one.status, one.code, sentence(one), next_step(one)) for one in refusals()]
    known = {code for _, code, _, _ in ours}
    framework = [
        (status, code, text, "Report it with its `request_id`." if status == 500 else "Look at the routes again.")
        for status, (code, text) in FRAMEWORK_REFUSALS.items()
        if code not in known
    ]
    rows = [(str(status), f"`{code}`", meaning, step) for status, code, meaning, step in sorted(ours + framework)]
    return _page(
        "Errors",
        'Every error is `{"error": sentence, "details": {…}, "code": …, "request_id": …}`. The sentence is for people '
        "and may change; the code is for programs and does not.",
        _table(("status", "code", "what it means", "what to do next"), rows),
    )


# Lifecycles ----------------------------------------------------------------------------------------------------------


def lifecycles() -> list[Lifecycle]:
    """Every table of moves, by the name of its thing."""
    found = {
        id(thing): thing for module in modules() for thing in vars(module).values() if isinstance(thing, Lifecycle)
    }
    return sorted(found.values(), key=lambda one: one.thing)


def lifecycle_page() -> str:
    parts = []
    for one in lifecycles():
        rows = [
            (f"`{m.start}`", m.verb.replace("_", " "), m.role, f"`{m.end}`", m.money, f"`{m.announced}`")
            for m in one.moves
        ]
        header = ("from", "move", "who", "to", "money", "event")
        parts += [f"## {one.thing.capitalize()}", _diagram(one), _table(header, rows)]
    return _page("Lifecycles", "Nothing outside these tables changes a state. What is not a row is refused.", *parts)


def _diagram(lifecycle: Lifecycle) -> str:
    """The states as a diagram: moves between the same two states share an arrow."""
    arrows: dict[tuple[str, str], dict[str, list[str]]] = {}
    for move in lifecycle.moves:
        arrows.setdefault((move.start, move.end), {}).setdefault(move.verb.replace("_", " "), []).append(move.role)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {lifecycle.states[0]}"]
    for (start, end), verbs in arrows.items():
        label = ", ".join(f"{verb} ({' or '.join(roles)})" for verb, roles in verbs.items())
        lines.append(f"    {start} --> {end}: {label}")
    starts = {move.start for move in lifecycle.moves}
    lines += [f"    {state} --> [*]" for state in lifecycle.states if state not in starts]
    return "\n".join([*lines, "```"])


# Events --------------------------------------------------------------------------------------------------------------


def event_page() -> str:
    return _page(
        "Events",
        "What `GET /api/v1/events` lists and webhook endpoints are told; an endpoint may ask for names, for `task.*`, "
        "or for `*`. How to receive them: [webhooks.md](webhooks.md).",
        _table(("event", "what happened"), [(f"`{name}`", says) for name, says in catalogue.NAMES.items()]),
    )


# Configuration -------------------------------------------------------------------------------------------------------


def configuration_page() -> str:
    told = described(settings, "Settings")
    own, given = [], []
    for name, field in settings.Settings.model_fields.items():
        if field.is_required():
            given.append((f"`{name.upper()}`", _physical(name)))
        else:
            own.append((f"`{name.upper()}`", _default(field.default), told[name]))
    return _page(
        "Configuration",
        "A deployment is told everything by environment variables; `.chalice/config.json` sets them per stage.",
        _table(("variable", "default", "what it says"), own),
        "## Set by the stack",
        "The names of what `infra/resources.yaml` describes. The template sets them; nobody else.",
        _table(("variable", "what it names"), given),
    )


def described(module: ModuleType, name: str) -> dict[str, str]:
    """The sentence below each field of a class, by the field's name."""
    tree = ast.parse(inspect.getsource(module))
    (body,) = [one.body for one in tree.body if isinstance(one, ast.ClassDef) and one.name == name]
    return {
        field.target.id: str(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }  # fmt: skip


def _default(value: Any) -> str:
    if value is None or value == "":
        return "unset"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _physical(name: str) -> str:
    for end, kind in (("_table", " table"), ("_queue_url", " queue"), ("_id", "")):
        if name.endswith(end):
            return f"the {name.removesuffix(end).replace('_', ' ')}{kind}"
    return f"the {name.replace('_', ' ')}"


# Tables --------------------------------------------------------------------------------------------------------------


def table_page() -> str:
    resources = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text())["Resources"]
    parts = []
    for logical, resource in resources.items():
        if resource["Type"] == "AWS::DynamoDB::Table":
            name = logical.removesuffix("Table").lower()
            parts += [f"## {name}", _described_table(resource["Properties"]), *_rows_of(name)]
    return _page("Tables", "Every table has the keys `pk` and `sk`, both text; reads by them are consistent.", *parts)


def _described_table(properties: dict[str, Any]) -> str:
    rows = [("the table itself", *_key(properties), "everything")]
    for index in properties.get("GlobalSecondaryIndexes", []):
        shown = index["Projection"]
        holds = {"ALL": "everything", "KEYS_ONLY": "keys"}.get(
            shown["ProjectionType"], "keys, " + ", ".join(shown.get("NonKeyAttributes", []))
        )
        rows.append((f"index `{index['IndexName']}`", *_key(index), holds))
    recovery = properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled", False)
    expiry = properties.get("TimeToLiveSpecification", {}).get("AttributeName")
    kept = [
        "Recoverable to any second of the last 35 days." if recovery else "Not backed up.",
        "Protected from deletion." if properties.get("DeletionProtectionEnabled") else "",
        f"Rows expire at `{expiry}`." if expiry else "",
    ]
    return " ".join(filter(None, kept)) + "\n\n" + _table(("", "partition key", "sort key", "holds"), rows)


def _key(description: dict[str, Any]) -> tuple[str, str]:
    names = [f"`{part['AttributeName']}`" for part in description["KeySchema"]]
    return names[0], names[1]


def _rows_of(table: str) -> Iterator[str]:
    """What the modules that write to a table say of its rows."""
    for module in modules():
        if getattr(module, "TABLE", None) == table and (lines := _row_lines(inspect.getdoc(module) or "")):
            yield "\n".join(["```", *lines, "```"])


def _row_lines(text: str) -> list[str]:
    """The paragraph of a docstring that begins with the heads `pk`, `sk` and `what`, from the first head on."""
    for paragraph in text.split("\n\n"):
        lines = paragraph.splitlines()
        if {"pk", "sk", "what"} <= set(lines[0].split()):
            return [line[lines[0].index("pk") :] for line in lines]
    return []


# Routes --------------------------------------------------------------------------------------------------------------


def story_page() -> str:
    return _page("The ledger, with numbers", *ledger_page.parts())


def route_page() -> str:
    parts = []
    for product, rows in routes.by_product().items():
        parts += [f"## {product.capitalize()}", _table(routes.HEADER, rows)]
    return _page(
        "Routes",
        "`GET /api/openapi.json` says all of this to programs, and `GET /api/docs` to people. A repeatable POST takes "
        "an `Idempotency-Key`.",
        *parts,
    )


# What every page needs -----------------------------------------------------------------------------------------------


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of ours, imported."""
    names = [found.name for found in pkgutil.walk_packages(chalicelib.__path__, "chalicelib.")]
    return tuple(importlib.import_module(name) for name in sorted(names))


def sentence(thing: type) -> str:
    """The first sentence of a docstring, on one line."""
    first, dot, _ = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split()).partition(". ")
    return first + dot.strip()


def _descendants(parent: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in parent.__subclasses__():
        yield child
        yield from _descendants(child)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([DRAWN, f"# {title}", *parts]) + "\n"


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(header)
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Write every page."""
    for place, text in pages().items():
        place.write_text(text)


if __name__ == "__main__":
    main()
