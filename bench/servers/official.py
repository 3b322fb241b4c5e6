"""The official SDK: its low-level server over its HTTP app, stateless, answering in JSON."""

import json
from typing import Any

import mcp_types as types
from mcp.server.lowlevel import Server

from servers import same
from servers.asgi import Handler

MODELS = {tool["name"]: same.model(tool) for tool in same.TOOLS}
LISTED = [types.Tool.model_validate(tool) for tool in same.TOOLS]


async def _list(context: Any, params: Any) -> types.ListToolsResult:
    return types.ListToolsResult(tools=LISTED)


async def _call(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
    answer = same.answer(MODELS[params.name].model_validate(params.arguments or {}))
    text = types.TextContent(type="text", text=json.dumps(answer))
    return types.CallToolResult(content=[text], structured_content=answer)


_server = Server("bench", version="1", on_list_tools=_list, on_call_tool=_call)
handle = Handler(_server.streamable_http_app(json_response=True, stateless_http=True, streamable_http_path=same.PATH))
