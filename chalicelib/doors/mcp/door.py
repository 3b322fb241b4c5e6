"""One request, walking.

origin ──► method ──► who? ──► read ──► counted ──► 429 ──► 401 ──► era and headers ──► the method ──► answer
  403        405                                                      400                  │
                                                     a refusal of a tool is its result ────┤
                                                     anything else: logged whole; 500 ─────┘
"""

from collections.abc import Callable

from chalicelib.core.identity.model import Agent
from chalicelib.core.settings import Settings
from chalicelib.core.world import World
from chalicelib.doors.http import limits
from chalicelib.doors.http.answers import Answer
from chalicelib.doors.http.identify import identify
from chalicelib.doors.http.routes import Request, Who
from chalicelib.doors.mcp import eras, methods, refusals, wire
from chalicelib.doors.mcp.server import Exchange, Server
from chalicelib.doors.mcp.wire import Message, RpcError
from chalicelib.kit import ids, log
from chalicelib.kit.aws import OUTAGES
from chalicelib.kit.errors import Forbidden, OutcomeUnknown, Refusal
from chalicelib.kit.words import dumps

LOOPBACK = ("http://localhost", "http://127.0.0.1", "http://[::1]")
# How long an answer may be kept, the modern era says inside it; on the way nobody may.
KEPT_BY_NOBODY = {"Cache-Control": "no-store, no-transform"}


class ForeignOrigin(Forbidden):
    """A web page that this deployment does not know sent a request through somebody's browser."""

    code = "foreign_origin"

    def __init__(self) -> None:
        super().__init__("This Origin may not call here; a deployment names those that may in BYHAND_MCP_ORIGINS.")


def handle(world: Callable[[], World], server: Server, request: Request) -> Answer:
    """The answer to one request, whatever happens."""
    headers = {"X-Request-Id": request.request_id, **KEPT_BY_NOBODY}
    try:
        answer = _walk(world().at_one_moment(), server, request, headers)
    except Refusal as refusal:
        log.info("mcp.refused", code=refusal.code, request_id=request.request_id)
        answer = refusals.at_the_door(refusal, request.request_id)
    except OUTAGES as error:
        log.fault("mcp.outage", error, request_id=request.request_id)
        answer = refusals.at_the_door(OutcomeUnknown(), request.request_id)
    except Exception as error:  # noqa: BLE001 the last line: a caller never sees what went wrong inside
        log.fault("mcp.fault", error, request_id=request.request_id)
        answer = wire.refused(RpcError(request_id=request.request_id))
    answer.headers.update(headers)
    return answer


def _walk(world: World, server: Server, request: Request, headers: dict[str, str]) -> Answer:
    began = world.patience.elapsed()
    _check_origin(world.settings, request)
    if request.method not in ("POST", "DELETE") or (request.method == "DELETE" and eras.names_modern(request)):
        return Answer(405, "", {"Allow": "POST, DELETE"})
    found = identify(world, Who.AGENT, request)
    agent = found if isinstance(found, Agent) else None
    said = wire.read(request) if agent and request.method == "POST" else None
    allowance = _counted(world, server, request, said, agent)
    headers |= allowance.headers
    if agent is None:
        allowance.check()
        raise found if isinstance(found, Refusal) else TypeError("an agent's door knows agents")
    if said is None:
        allowance.check()
        return Answer(204, "")
    if isinstance(said, RpcError):
        allowance.check()
        return wire.refused(said)
    return _hear(Exchange(server, world, agent, request, allowance, said, eras.is_modern(request, said), began))


def _hear(exchange: Exchange) -> Answer:
    """The answer to a message. A notification gets none, nor does an answer to what we never asked."""
    message, server = exchange.message, exchange.server
    try:
        if message.id is None:
            eras.check_notification(exchange.request)
            exchange.allowance.check()
            return Answer(202, "")
        if exchange.modern:
            eras.check_modern(server, exchange.request, message)
        if not _names_a_tool(server, message):
            exchange.allowance.check()
        return _framed(exchange, wire.answered(message, methods.answer(exchange)))
    except RpcError as error:
        # The eras before the modern one put errors of the protocol into a 200, all but those of a body without sense.
        return wire.refused(error, message.id, None if exchange.modern else 200)


def _framed(exchange: Exchange, answer: wire.Result) -> Answer:
    """The answer as JSON; or, when there is something to be told ahead of it, as a stream that ends with it."""
    headers = {"Mcp-Session-Id": ids.new("mcp")} if exchange.message.method == "initialize" else {}
    if exchange.notes and "text/event-stream" in exchange.request.headers.get("accept", ""):
        events = [f"event: message\ndata: {dumps(one)}\n\n" for one in (*exchange.notes, answer)]
        return Answer(200, "".join(events), headers, "text/event-stream")
    return Answer(200, dumps(answer), headers)


def _check_origin(settings: Settings, request: Request) -> None:
    """Only browsers send an Origin; one of a page that nobody allowed is refused, whoever's key it has."""
    origin = request.headers.get("origin")
    named = {one.strip() for one in settings.byhand_mcp_origins.split(",")} - {""}
    if origin is None or origin in named:
        return
    scheme_and_host = origin if origin.count(":") == 1 or origin.endswith("]") else origin.rpartition(":")[0]
    if not (settings.test_mode and scheme_and_host in LOOPBACK):
        raise ForeignOrigin


def _counted(
    world: World, server: Server, request: Request, said: Message | RpcError | None, agent: Agent | None
) -> limits.Allowance:
    """A request is counted at its tool, if there is such a tool, and else at the endpoint (ruling 6)."""
    if isinstance(said, Message) and _names_a_tool(server, said):
        tool = said.part("name")
        return limits.count(world, f"MCP {tool}", request, agent, times=server.tools.calls_a_visit(tool))
    return limits.count(world, f"{request.method} {request.route}", request, agent)


def _names_a_tool(server: Server, message: Message) -> bool:
    """Whether a message calls a tool; how often it may is then asked there, since a tool's refusal is its result."""
    return message.method == "tools/call" and server.tools.knows(message.part("name"))
