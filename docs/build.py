"""Draws the reference pages from the code: `python -m docs.build`. A test keeps the pages and the code alike.

page               drawn from
errors.md          the tree of refusals: status, code, and the first sentence of each docstring
lifecycle.md       every table of moves
events.md          the names in core/events/catalogue.py
configuration.md   the fields of the settings, and the sentences below them
tables.md          infra/resources.yaml, and the rows that the stores' docstrings list
routes.md          the routes of every product, and what their actions say
ledger.md          stories of money, told by the postings (ledger_page.py)
tools.md           the tools of the MCP endpoints (tools_page.py), whose manifests and snapshots are drawn with it
"""

import ast
import inspect
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from chalicelib.core import settings
from chalicelib.core.events import catalogue
from chalicelib.doors.http import sentences
from chalicelib.doors.http.answers import FRAMEWORK_REFUSALS
from chalicelib.doors.http.shapes import with_message
from chalicelib.kit import errors, once
from chalicelib.kit.errors import Refusal
from chalicelib.kit.lifecycle import Lifecycle
from docs import ledger_page, routes, tools_page
from docs.drawing import ROOT, modules, page, sentence, table
from docs.tables_page import table_page

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
    errors.Unfinished: "Look at it again later; sending it again without a key may begin another.",
    errors.Gone: "Nothing: this moment has passed for good.",
    errors.Conflict: "Choose another moment, or another thing; where that is known, `details` says when it works.",
    errors.RateLimited: "Wait as long as `Retry-After` says.",
    errors.OutcomeUnknown: "Send it again with the same Idempotency-Key; without one, look first.",
    errors.Wait: "Send the same again after `Retry-After`.",
    Refusal: "Send the same again after `Retry-After`.",
}


def pages() -> dict[Path, str]:
    """Every drawn page by its place."""
    drawn = {"errors": error_page(), "lifecycle": lifecycle_page(), "configuration": configuration_page()}
    drawn |= {"tables": table_page(), "routes": route_page(), "events": event_page(), "ledger": story_page()}
    drawn["tools"] = tools_page.tool_page()
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
    flat = ", ".join(f"`{place}`" for place in sentences.places(routes.served(), with_message))
    rows = [(str(status), f"`{code}`", meaning, step) for status, code, meaning, step in sorted(ours + framework)]
    return page(
        "Errors",
        'Every error is `{"error": sentence, "details": {…}, "code": …, "request_id": …}`. The sentence is for people '
        "and may change; the code is for programs and does not. `details` is what the sentence is about, for programs, "
        "and may be empty.",
        f"Below {flat} it is "
        '`{"error": "Bad Request: " and the sentence, "message": sentence, "code": …, "request_id": …}`, and what '
        "would be in `details` stands beside these, where this page speaks of `details`.",
        "Of wrong words both say `field`, the first field at fault, `problem`, what would be right, and, where all "
        "fields were looked at, `fields`: a list of `{field, problem}`. Where there is no such route, or nobody could "
        'read which was meant, an error is `{"error": sentence, "message": sentence, "details": {}, "code": …, '
        '"request_id": …}`.',
        table(("status", "code", "what it means", "what to do next"), rows),
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
        parts += [f"## {one.thing.capitalize()}", _diagram(one), table(header, rows)]
    return page("Lifecycles", "Nothing outside these tables changes a state. What is not a row is refused.", *parts)


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
    return page(
        "Events",
        "What `GET /api/v1/events` lists and webhook endpoints are told; an endpoint may ask for names, for `task.*`, "
        "or for `*`. How to receive them: [webhooks.md](webhooks.md).",
        table(("event", "what happened"), [(f"`{name}`", says) for name, says in catalogue.NAMES.items()]),
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
    return page(
        "Configuration",
        "A deployment is told everything by environment variables; `.chalice/config.json` sets them per stage.",
        table(("variable", "default", "what it says"), own),
        "## Set by the stack",
        "The names of what `infra/resources.yaml` describes. The template sets them; nobody else.",
        table(("variable", "what it names"), given),
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


# Routes --------------------------------------------------------------------------------------------------------------


def story_page() -> str:
    return page("The ledger, with numbers", *ledger_page.parts())


def route_page() -> str:
    parts = []
    for product, rows in routes.by_product().items():
        parts += [f"## {product.capitalize()}", table(routes.HEADER, rows)]
    return page(
        "Routes",
        "`GET /api/openapi.json` says all of this to programs, and `GET /api/docs` to people. A repeatable POST takes "
        "an `Idempotency-Key`.",
        *parts,
    )


def _descendants(parent: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in parent.__subclasses__():
        yield child
        yield from _descendants(child)


def main() -> None:
    """Write every page, and what is drawn beside them."""
    for place, text in {**pages(), **tools_page.files()}.items():
        place.write_text(text)


if __name__ == "__main__":
    main()
