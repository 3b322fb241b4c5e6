"""Accounts as tools."""

from __future__ import annotations

from chalicelib.doors.mcp.tools import ToolCall, Tools
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import ToolWords
from chalicelib.products.accounts.actions import agents
from chalicelib.products.accounts.words import accounts as words
from chalicelib.products.accounts.words import tools as tool_words

_tools = Tools()


@_tools.look("get_balance", "Get balance", ToolWords, lambda: words.Balance)
def get_balance(call: ToolCall[ToolWords]) -> words.Balance:
    """Get the account's balances: what can be spent (deposit_balance) and what is set aside for open work
    (escrow_balance), in US dollars. Call it before you order what may cost more than that; call fund_account when it
    does.
    """
    return agents.balance(call.world, call.agent)


@_tools.deed("fund_account", "Fund account", lambda: tool_words.FundAccount, lambda: words.Deposited, idempotent=True)
def fund_account(call: ToolCall[tool_words.FundAccount]) -> Outcome:
    """Credit a deposit of USDC on Base L2 to the account, by the hash of the transaction that sent it: 5 to 10,000
    USDC. A hash is credited once, and calling again with the same one answers the same. In test mode the money is play
    money and any new text will do as a hash; in live mode ask the person you work for before you fund anything.
    """
    return agents.deposit_usdc(call.world, call.agent, call.words, call.claim)


TOOLS = _tools.all
