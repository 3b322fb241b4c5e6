"""The manifest: every tool as `tools/list` shows it, drawn once from the code and kept beside it.

So that a list needs no pydantic and no product: it is one text, and the same for every caller. `python -m docs.build`
draws it, and a test fails when it is stale.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic.json_schema import JsonSchemaMode

from chalicelib.doors.http.schemas import AsWritten
from chalicelib.doors.mcp.tools import Tool
from chalicelib.kit.words import Words, dumps

FOLDER = Path(__file__).parent / "manifests"


def read(name: str) -> str:
    """A manifest as it is kept."""
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def drawn(tools: Iterable[Tool]) -> str:
    """A manifest as it would be drawn now, one tool on a line."""
    return "[\n" + ",\n".join(dumps(shown(tool)) for tool in tools) + "\n]\n"


def shown(tool: Tool) -> dict[str, Any]:
    """One tool as a client sees it."""
    return {
        "name": tool.name, "title": tool.hints.title, "description": tool.description,
        "inputSchema": _schema(tool.words, "validation"), "outputSchema": _schema(tool.answer, "serialization"),
        "annotations": tool.hints.shown(),
    }  # fmt: skip


def _schema(words: type[Words], mode: JsonSchemaMode) -> dict[str, Any]:
    """The schema of some words as they are read or written. What the whole is for, the tool's description says."""
    whole = words.model_json_schema(schema_generator=AsWritten, mode=mode)
    whole.pop("description", None)
    plain: dict[str, Any] = _plain(whole)
    return plain


def _plain(schema: Any, names: bool = False) -> Any:
    """A schema without the titles that pydantic makes of names; `names` are those of fields, which stay."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _plain(part, names=name in ("properties", "$defs") and not names)
        for name, part in schema.items()
        if names or name != "title"
    }
