"""The tools that the conformance suites call, by their names: https://github.com/modelcontextprotocol/conformance."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from chalicelib.doors.mcp import sealed
from chalicelib.doors.mcp.server import Exchange, InputRequired, Mirrored
from chalicelib.doors.mcp.wire import TASKS, InvalidParams, MissingCapability, Result
from tests.conformance.later import STORED

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
WAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="
Work = Callable[[Exchange, dict[str, Any]], Result]
ADDRESS = {
    "$anchor": "addressDef", "type": "object",
    "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
}  # fmt: skip
WHOLE_DIALECT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {"address": ADDRESS},
    "properties": {
        "name": {"type": "string"}, "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"}, "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}  # fmt: skip


class Fixtures:
    """A set of tools whose schemas are written out."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[str, Any]] = {}
        self._works: dict[str, Work] = {}

    def tool(self, name: str, schema: dict[str, Any] | None = None) -> Callable[[Work], Work]:
        """Declare one."""

        def keep(work: Work) -> Work:
            words = schema or {"type": "object", "properties": {}}
            self._shown[name] = {"name": name, "description": f"Fixture {name}.", "inputSchema": words}
            self._works[name] = work
            return work

        return keep

    def listed(self) -> str:
        return json.dumps(list(self._shown.values()))

    def knows(self, name: str) -> bool:
        return name in self._works

    def calls_a_visit(self, name: str) -> int:
        return 1

    def mirrored(self, name: str) -> Sequence[Mirrored]:
        return list(_mirrored(self._shown[name]["inputSchema"])) if self.knows(name) else []

    def call(self, exchange: Exchange, name: str, arguments: dict[str, Any]) -> Result:
        if not self.knows(name):
            raise InvalidParams(f"Unknown tool: {name}")
        result = self._works[name](exchange, arguments)
        return result if result.get("resultType") == "task" else {"isError": False, **result}


def _mirrored(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[Mirrored]:
    for name, part in schema.get("properties", {}).items():
        if "x-mcp-header" in part:
            yield Mirrored((*path, name), f"mcp-param-{part['x-mcp-header'].lower()}", part["type"])
        yield from _mirrored(part, (*path, name))


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def said(*content: dict[str, Any]) -> Result:
    return {"content": list(content)}


def form(message: str, **properties: Any) -> dict[str, Any]:
    """A question to the person at the client."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {
        "method": "elicitation/create", "params": {"mode": "form", "message": message, "requestedSchema": schema}
    }  # fmt: skip


def sampling(words: str) -> dict[str, Any]:
    """A question to the model at the client."""
    messages = [{"role": "user", "content": text(words)}]
    return {"method": "sampling/createMessage", "params": {"messages": messages, "maxTokens": 100}}


def heard(exchange: Exchange, name: str) -> dict[str, Any] | None:
    """What the client answered to one of our questions."""
    answers = exchange.params.get("inputResponses")
    if answers is not None and not isinstance(answers, dict):
        raise InvalidParams("inputResponses must be an object")
    answer = (answers or {}).get(name)
    if answer is not None and not isinstance(answer, dict):
        raise InvalidParams(f"inputResponses.{name} must be an object")
    return answer


def field_of(answer: dict[str, Any] | None, name: str) -> Any:
    return ((answer or {}).get("content") or {}).get(name)


STRING, ROOTS = {"type": "string"}, {"method": "roots/list", "params": {}}
TOOLS = Fixtures()


# What a tool can answer ----------------------------------------------------------------------------------------------

EMBEDDED = {
    "uri": "test://embedded-resource",
    "mimeType": "text/plain",
    "text": "This is an embedded resource content.",
}
MIXED = {
    "uri": "test://mixed-content-resource", "mimeType": "application/json", "text": '{"test":"data","value":123}',
}  # fmt: skip
IMAGE = {"type": "image", "data": PNG, "mimeType": "image/png"}
CONTENTS = {
    "test_simple_text": [text("This is a simple text response for testing.")],
    "test_image_content": [IMAGE],
    "test_audio_content": [{"type": "audio", "data": WAV, "mimeType": "audio/wav"}],
    "test_embedded_resource": [{"type": "resource", "resource": EMBEDDED}],
    "test_multiple_content_types": [
        text("Multiple content types test:"), IMAGE, {"type": "resource", "resource": MIXED}
    ],
}  # fmt: skip
for _name, _content in CONTENTS.items():
    TOOLS.tool(_name)(lambda exchange, words, content=_content: said(*content))
TOOLS.tool("json_schema_2020_12_tool", WHOLE_DIALECT)(lambda exchange, words: said(text("done")))
TOOLS.tool("greet", {"type": "object", "properties": {"name": STRING}, "required": ["name"]})(
    lambda exchange, words: said(text(f"Hello, {words['name']}!"))
)
TOOLS.tool(
    "test_x_mcp_header",
    {"type": "object", "properties": {
        "region": {**STRING, "x-mcp-header": "Region"}, "n": {"type": "integer", "x-mcp-header": "N"},
    }},
)(lambda exchange, words: said(text(f"region={words.get('region')}")))  # fmt: skip


@TOOLS.tool("test_error_handling")
def error_handling(exchange: Exchange, words: dict[str, Any]) -> Result:
    return {**said(text("This tool intentionally returns an error for testing")), "isError": True}


@TOOLS.tool("test_tool_with_logging")
def with_logging(exchange: Exchange, words: dict[str, Any]) -> Result:
    for line in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        exchange.log("info", line)
    return said(text("done"))


@TOOLS.tool("test_logging_tool")
def logging_tool(exchange: Exchange, words: dict[str, Any]) -> Result:
    exchange.log("info", "hello")
    return said(text("done"))


@TOOLS.tool("test_tool_with_progress")
def with_progress(exchange: Exchange, words: dict[str, Any]) -> Result:
    for done in (0, 50, 100):
        exchange.progress(done, 100, f"step {done}")
    return said(text("done"))


# What a tool can ask -------------------------------------------------------------------------------------------------


@TOOLS.tool("test_missing_capability")
def missing_capability(exchange: Exchange, words: dict[str, Any]) -> Result:
    if "sampling" not in exchange.capabilities:
        raise MissingCapability(requiredCapabilities={"sampling": {}})
    return said(text("done"))


@TOOLS.tool("test_streaming_elicitation")
def streaming_elicitation(exchange: Exchange, words: dict[str, Any]) -> Result:
    raise InputRequired({"question": form("Name?", name=STRING)})


@TOOLS.tool("test_input_required_result_elicitation")
def asks_a_person(exchange: Exchange, words: dict[str, Any]) -> Result:
    name = field_of(heard(exchange, "user_name"), "name")
    if name is None:
        raise InputRequired({"user_name": form("What is your name?", name=STRING)})
    return said(text(f"Hello, {name}!"))


@TOOLS.tool("test_input_required_result_sampling")
def asks_a_model(exchange: Exchange, words: dict[str, Any]) -> Result:
    if heard(exchange, "capital_question") is None:
        raise InputRequired({"capital_question": sampling("What is the capital of France?")})
    return said(text(str(field_of(heard(exchange, "capital_question"), "text"))))


@TOOLS.tool("test_input_required_result_list_roots")
def asks_for_roots(exchange: Exchange, words: dict[str, Any]) -> Result:
    answer = heard(exchange, "client_roots")
    if answer is None:
        raise InputRequired({"client_roots": ROOTS})
    return said(text(json.dumps(answer.get("roots"))))


@TOOLS.tool("test_input_required_result_tampered_state")
@TOOLS.tool("test_input_required_result_request_state")
def remembers(exchange: Exchange, words: dict[str, Any]) -> Result:
    if sealed.state_of(exchange) is None or heard(exchange, "confirm") is None:
        question = form("Please confirm", ok={"type": "boolean"})
        raise InputRequired({"confirm": question}, sealed.state(exchange, {"asked": True}))
    return said(text("state-ok"))


@TOOLS.tool("test_input_required_result_multiple_inputs")
def asks_three_things(exchange: Exchange, words: dict[str, Any]) -> Result:
    sealed.state_of(exchange)
    questions = {
        "user_name": form("What is your name?", name=STRING), "greeting": sampling("Generate a greeting"),
        "client_roots": ROOTS,
    }  # fmt: skip
    if any(heard(exchange, name) is None for name in questions):
        raise InputRequired(questions, sealed.state(exchange, {}))
    return said(text("all there"))


@TOOLS.tool("test_input_required_result_multi_round")
def asks_twice(exchange: Exchange, words: dict[str, Any]) -> Result:
    state = sealed.state_of(exchange) or {}
    name = state.get("name") or field_of(heard(exchange, "step1"), "name")
    if name is None:
        question = form("Step 1: What is your name?", name=STRING)
        raise InputRequired({"step1": question}, sealed.state(exchange, {"round": 1}))
    color = field_of(heard(exchange, "step2"), "color")
    if "name" not in state or color is None:
        question = form("Step 2: What is your favorite color?", color=STRING)
        raise InputRequired({"step2": question}, sealed.state(exchange, {"round": 2, "name": name}))
    return said(text(f"{name} likes {color}"))


@TOOLS.tool("test_input_required_result_capabilities")
def asks_what_is_declared(exchange: Exchange, words: dict[str, Any]) -> Result:
    possible = {"elicitation": form("Name?", name=STRING), "sampling": sampling("Hi")}
    questions = {name: what for name, what in possible.items() if name in exchange.capabilities}
    if questions and all(heard(exchange, name) is None for name in questions):
        raise InputRequired(questions)
    return said(text("done"))


# What takes its time -------------------------------------------------------------------------------------------------

LONG = {"type": "object", "properties": {"seconds": {"type": "number"}, "label": STRING, "filename": STRING}}


def _later(name: str) -> Work:
    def work(exchange: Exchange, words: dict[str, Any]) -> Result:
        if exchange.has_extension(TASKS) or name == "failing_job":
            return STORED.make(exchange, name, words)
        exchange.world.patience.sleep(min(float(words.get("seconds", 0)), 5))
        return said(text("computed while the client waited"))

    return work


for _name in ("slow_compute", "failing_job", "protocol_error_job", "confirm_delete", "multi_input"):
    TOOLS.tool(_name, LONG)(_later(_name))


@TOOLS.tool("test_tool_with_task")
def asks_and_takes_its_time(exchange: Exchange, words: dict[str, Any]) -> Result:
    name = field_of(heard(exchange, "user_name"), "name")
    if name is None:
        raise InputRequired({"user_name": form("Name?", name=STRING)})
    return STORED.make(exchange, "greeting", {"name": name})
