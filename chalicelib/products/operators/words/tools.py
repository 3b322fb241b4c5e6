"""What the tools about operators read and answer, beside the words of operators."""

from pydantic import Field

from chalicelib.kit.words import AmountIn, ToolWords, Words
from chalicelib.products.operators.words.operators import SearchQuery


class SearchOperators(SearchQuery, ToolWords):
    """search_operators."""


class PayoutQuestion(ToolWords):
    """request_payout."""

    amount_usd: AmountIn = Field(description="How many US dollars; at least 10.")


class PayoutTold(Words):
    """Why an agent has nothing to be paid out, and who has."""

    status: str = "operators_only"
    message: str = (
        "Earnings belong to operators, and an agent's account has none. Nothing was paid out. An operator asks for a "
        "payout with a token of their own."
    )
    route: str = "POST /api/v1/operator/payout"
    next_action: str = "Do not call this again; call get_balance for what your own account can spend."
