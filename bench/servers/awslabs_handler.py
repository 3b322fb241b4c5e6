"""AWS Labs' handler for Lambda. It tells nothing of answers but their text, so it has less to do."""

import json
from collections.abc import Callable
from typing import Any

from awslabs.mcp_lambda_handler import MCPLambdaHandler

from servers import same


def _body(shown: dict[str, Any]) -> Callable[..., str]:
    model = same.model(shown)
    return lambda **arguments: json.dumps(same.answer(model.model_validate(arguments)))


_server = MCPLambdaHandler(name="bench", version="1")
for _shown in same.TOOLS:
    _server.tools[_shown["name"]] = {name: _shown[name] for name in ("name", "description", "inputSchema")}
    _server.tool_implementations[_shown["name"]] = _body(_shown)


def handle(event: dict[str, Any]) -> dict[str, Any]:
    return dict(_server.handle_request(event, None))
