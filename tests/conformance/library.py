"""Prompts, resources and completion as the suites ask for them; and the server that has it all."""

import re
from typing import Any

from chalicelib.doors.mcp.server import Exchange, InputRequired, Server
from chalicelib.doors.mcp.wire import TASKS, InvalidParams, Result, RpcError
from tests.conformance.fixtures import IMAGE, PNG, STRING, TOOLS, field_of, form, heard, text
from tests.conformance.later import STORED

PROMPTS = {
    "test_simple_prompt": [], "test_prompt_with_arguments": ["arg1", "arg2"],
    "test_prompt_with_embedded_resource": ["resourceUri"], "test_prompt_with_image": [],
    "test_input_required_result_prompt": [],
}  # fmt: skip
RESOURCES = [
    {"uri": "test://static-text", "name": "text", "mimeType": "text/plain"},
    {"uri": "test://static-binary", "name": "binary", "mimeType": "image/png"},
]
TEMPLATE = {"uriTemplate": "test://template/{id}/data", "name": "template", "mimeType": "application/json"}


class ResourceNotFound(RpcError):
    """Before the modern era this had a code of its own."""

    code, status, sentence = -32002, 400, "Resource not found"


def _prompts(exchange: Exchange) -> Result:
    shown = [
        {
            "name": name,
            "description": f"Fixture {name}.",
            "arguments": [{"name": one, "required": True} for one in arguments],
        }
        for name, arguments in PROMPTS.items()
    ]
    return {"prompts": shown}


def _messages(*content: dict[str, Any]) -> Result:
    return {"messages": [{"role": "user", "content": one} for one in content]}


def _prompt(exchange: Exchange) -> Result:
    name, given = exchange.message.part("name"), exchange.params.get("arguments") or {}
    if name == "test_simple_prompt":
        return _messages(text("This is a simple prompt for testing."))
    if name == "test_prompt_with_arguments":
        return _messages(text(f"Prompt with arguments: arg1='{given.get('arg1')}', arg2='{given.get('arg2')}'"))
    if name == "test_prompt_with_embedded_resource":
        resource = {"uri": given.get("resourceUri"), "mimeType": "text/plain", "text": "Embedded resource content."}
        return _messages({"type": "resource", "resource": resource}, text("Please process the resource above."))
    if name == "test_prompt_with_image":
        return _messages(IMAGE, text("Please analyze the image above."))
    if name == "test_input_required_result_prompt":
        context = field_of(heard(exchange, "user_context"), "context")
        if context is None:
            raise InputRequired({"user_context": form("What context should the prompt use?", context=STRING)})
        return _messages(text(f"Use the following context: {context}"))
    raise InvalidParams(f"Unknown prompt: {name}")


def _resource(exchange: Exchange) -> Result:
    uri = exchange.message.part("uri")
    if uri == "test://static-text":
        words = "This is the content of the static text resource."
        return {"contents": [{"uri": uri, "mimeType": "text/plain", "text": words}]}
    if uri == "test://static-binary":
        return {"contents": [{"uri": uri, "mimeType": "image/png", "blob": PNG}]}
    if found := re.fullmatch("test://template/([^/]+)/data", uri):
        words = f'{{"id":"{found[1]}","templateTest":true,"data":"Data for ID: {found[1]}"}}'
        return {"contents": [{"uri": uri, "mimeType": "application/json", "text": words}]}
    raise InvalidParams("Resource not found", uri=uri) if exchange.modern else ResourceNotFound(uri=uri)


def _nothing(exchange: Exchange) -> Result:
    return {}


SERVER = Server(
    name="byhand-conformance", title="Byhand", version="0.1.0", instructions="Fixtures.", tools=TOOLS, tasks=STORED,
    capabilities={
        "tools": {}, "prompts": {}, "resources": {}, "completions": {}, "logging": {}, "extensions": {TASKS: {}},
    },
    methods={
        "prompts/list": _prompts, "prompts/get": _prompt, "resources/read": _resource,
        "resources/list": lambda exchange: {"resources": RESOURCES},
        "resources/templates/list": lambda exchange: {"resourceTemplates": [TEMPLATE]},
        "completion/complete": lambda exchange: {"completion": {"values": [], "total": 0, "hasMore": False}},
    },
    handshake_methods={
        "logging/setLevel": _nothing, "resources/subscribe": _nothing, "resources/unsubscribe": _nothing,
    },
)  # fmt: skip
