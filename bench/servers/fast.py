"""FastMCP over its HTTP app, stateless, answering in JSON."""

from typing import Any

from fastmcp import FastMCP
from fastmcp.tools import Tool
from fastmcp.tools.base import ToolResult

from servers import same
from servers.asgi import Handler


class _Same(Tool):
    """A tool that says its schemas itself."""

    words: Any = None

    async def run(self, arguments: dict[str, Any]) -> ToolResult:
        return ToolResult(structured_content=same.answer(self.words.model_validate(arguments)))


def _tool(shown: dict[str, Any]) -> _Same:
    said = {name: shown[name] for name in ("name", "title", "description")}
    schemas = {"parameters": shown["inputSchema"], "output_schema": shown["outputSchema"]}
    return _Same(**said, **schemas, words=same.model(shown))


_server: Any = FastMCP("bench")
for _shown in same.TOOLS:
    _server.add_tool(_tool(_shown))
handle = Handler(_server.http_app(path=same.PATH, json_response=True, stateless_http=True))
