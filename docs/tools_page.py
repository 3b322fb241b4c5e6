"""The tools of the MCP endpoint: a page for people, the manifest that is served, and a snapshot of each tool."""

import json
from collections.abc import Iterator
from pathlib import Path

from chalicelib import tools
from chalicelib.doors.mcp import manifest
from chalicelib.doors.mcp.tools import Tool
from docs.drawing import ROOT, page, table

SNAPSHOTS = ROOT / "tests" / "doors" / "mcp" / "snapshots"
HEADER = ("tool", "what it does", "called with", "changes something")


def drawn() -> list[Tool]:
    """Every tool, in the order in which it is listed."""
    return list(tools.TOOLBOX.declared())


def files() -> dict[Path, str]:
    """The manifest, and beside the tests each tool by itself, so that a change of one can be read."""
    snapshots = {SNAPSHOTS / f"{tool.name}.json": json.dumps(manifest.shown(tool), indent=2) + "\n" for tool in drawn()}
    return {manifest.FOLDER / f"{tools.TOOLBOX.manifest_name}.json": manifest.drawn(drawn()), **snapshots}


def tool_page() -> str:
    return page(
        "Tools",
        "What `tools/list` shows, in short; the descriptions there are longer, because a model has nothing else to go "
        "by. How to connect: [mcp.md](mcp.md).",
        table(HEADER, _rows()),
    )


def _rows() -> Iterator[tuple[str, ...]]:
    for tool in drawn():
        fields = tool.words.model_fields
        named = ", ".join(f"`{name}`" if field.is_required() else f"`{name}`?" for name, field in fields.items())
        changes = "" if tool.hints.read_only else "yes, for good" if tool.hints.destructive else "yes"
        yield f"`{tool.name}`", _first_sentence(tool.description), named or "nothing", changes


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."
