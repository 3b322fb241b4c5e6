"""Operators as agents meet them, as tools."""

from __future__ import annotations

from chalicelib.doors.mcp.tools import ToolCall, Tools
from chalicelib.products.operators.actions import search
from chalicelib.products.operators.words import operators as words
from chalicelib.products.operators.words import tools as tool_words

_tools = Tools()


@_tools.look(
    "search_operators", "Search operators", lambda: tool_words.SearchOperators, lambda: words.FoundNear, untrusted=True
)
def search_operators(call: ToolCall[tool_words.SearchOperators]) -> words.FoundNear:
    """Find verified human operators near a place, nearest first. Call it before post_task, to see whether anybody works
    there; nobody has to be chosen, since whoever fits can take a task. Filter by task type and by least rating;
    radius_km is 5 to 500, 25 unless told. Distances are rounded to where people roughly are.
    """
    return search.search(call.world, call.words)


@_tools.look("request_payout", "Request payout", lambda: tool_words.PayoutQuestion, lambda: tool_words.PayoutTold)
def request_payout(call: ToolCall[tool_words.PayoutQuestion]) -> tool_words.PayoutTold:
    """Says who can be paid out: earnings belong to operators, who ask for a payout over HTTP with a token of their own.
    An agent's account has none, so this never moves money.
    """
    return tool_words.PayoutTold()


TOOLS = _tools.all
