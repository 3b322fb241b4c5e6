"""What all of them serve: the tools of a manifest, with arguments checked by pydantic, and one answer."""

import json
import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

PATH = "/api/v1/mcp"
TOOLS: list[dict[str, Any]] = json.loads(Path(os.environ["MANIFEST"]).read_text())
TYPES: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list, "object": dict}
ANSWER = {
    "task_id": "task_01kh0000000000000000000001", "status": "PENDING", "reward_usd": 25, "platform_fee": 4.5,
    "platform_fee_usd": 4.5, "total_escrow": 29.5, "deadline": "2026-12-24T18:00:00.000Z",
    "created_at": "2026-11-24T18:00:00.000Z",
}  # fmt: skip


class Strict(BaseModel):
    """Built at its first use, so that nobody pays for tools that are not called."""

    model_config = ConfigDict(defer_build=True, extra="forbid")


def model(tool: dict[str, Any], base: type[BaseModel] = Strict) -> type[BaseModel]:
    """The arguments of a tool as a pydantic model."""
    schema = tool["inputSchema"]
    required = schema.get("required", [])
    fields = {name: _field(part, name in required) for name, part in schema.get("properties", {}).items()}
    return create_model(tool["name"], __base__=base, **fields)


def answer(words: BaseModel) -> dict[str, Any]:
    """What every tool does."""
    return ANSWER


def _field(schema: dict[str, Any], is_required: bool) -> Any:
    python_type = TYPES.get(schema.get("type", ""), Any)
    return (python_type, ...) if is_required else (python_type | None, None)
