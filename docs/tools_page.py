"""The tools of the MCP endpoints: a page for people, the manifests that are served, and a snapshot of each tool."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from chalicelib.doors.mcp import manifest
from chalicelib.doors.mcp.registry import ToolBox
from chalicelib.doors.mcp.tools import Tool
from chalicelib.tools import qa, tasks
from docs.drawing import ROOT, page, table

SNAPSHOTS = ROOT / "tests" / "doors" / "mcp" / "snapshots"
HEADER = ("tool", "what it does", "called with", "changes something")
BOXES: Mapping[str, ToolBox] = {"/api/v1/mcp": tasks.TOOLBOX, "/api/qa/mcp": qa.TOOLBOX}


def files() -> dict[Path, str]:
    """The manifests, and beside the tests each tool by itself, so that a change of one can be read."""
    drawn: dict[Path, str] = {}
    for box in BOXES.values():
        drawn[manifest.FOLDER / f"{box.manifest_name}.json"] = manifest.drawn(box.declared())
        for tool in box.declared():
            snapshot = json.dumps(manifest.shown(tool), indent=2) + "\n"
            drawn[SNAPSHOTS / box.manifest_name / f"{tool.name}.json"] = snapshot
    return drawn


def tool_page() -> str:
    parts = []
    for path, box in BOXES.items():
        parts += [f"## {box.manifest_name.capitalize()}, at `{path}`", table(HEADER, _rows(box))]
    return page(
        "Tools",
        "What `tools/list` shows, in short; the descriptions there are longer, because a model has nothing else to go "
        "by. How to connect: [mcp.md](mcp.md).",
        *parts,
    )


def _rows(box: ToolBox) -> Iterator[tuple[str, ...]]:
    for tool in box.declared():
        changes = "" if tool.hints.read_only else "yes, for good" if tool.hints.destructive else "yes"
        yield f"`{tool.name}`", _first_sentence(tool.description), _named(tool) or "nothing", changes


def _named(tool: Tool) -> str:
    fields = tool.words.model_fields
    return ", ".join(f"`{name}`" if field.is_required() else f"`{name}`?" for name, field in fields.items())


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."
