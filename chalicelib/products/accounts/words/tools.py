"""What the tools of accounts read; what they answer are the words of accounts."""

from chalicelib.kit.words import ToolWords
from chalicelib.products.accounts.words.accounts import UsdcDeposit


class FundAccount(UsdcDeposit, ToolWords):
    """fund_account."""
