"""Every movement of money that we know how to make: pure functions from facts to transfers.

deposit    world/usdc ───────────► agent/deposit
hold       agent/deposit ────────► agent/escrow            reward + fee, when work is posted
refund     agent/escrow ─────────► agent/deposit           cancelled, or expired
complete   agent/escrow ─────────► operator/pending        the reward
           agent/escrow ─────────► house/fees              the fee
mature     operator/pending ─────► operator/available      after the hold
payout     operator/available ───► house/payouts_in_flight
sent       house/payouts_in_flight ► world/payouts
failed     house/payouts_in_flight ► operator/available
"""

from chalicelib.core.ledger import chart
from chalicelib.core.ledger.model import Code, Transfer


def deposit_usdc(deposit_id: str, agent: str, amount_micros: int) -> list[Transfer]:
    """USDC from outside is booked to an agent; 1 USDC is 1 USD."""
    return [Transfer(f"{deposit_id}.deposit", Code.DEPOSIT, chart.USDC, chart.deposit(agent), amount_micros)]


def hold(work_id: str, payer: str, amount_micros: int) -> list[Transfer]:
    """The price of a piece of work is set aside."""
    return [Transfer(f"{work_id}.hold", Code.HOLD, chart.deposit(payer), chart.escrow(payer), amount_micros)]


def refund(work_id: str, payer: str, amount_micros: int) -> list[Transfer]:
    """All that was set aside goes back."""
    return [Transfer(f"{work_id}.refund", Code.REFUND, chart.escrow(payer), chart.deposit(payer), amount_micros)]


def complete(work_id: str, payer: str, payee: str, reward_micros: int, fee_micros: int) -> list[Transfer]:
    """Finished work is paid out of what was set aside: the reward to the operator, the fee to the house."""
    return [
        Transfer(f"{work_id}.pay", Code.PAY, chart.escrow(payer), chart.pending(payee), reward_micros),
        Transfer(f"{work_id}.fee", Code.FEE, chart.escrow(payer), chart.FEES, fee_micros),
    ]


def mature(work_id: str, payee: str, amount_micros: int) -> list[Transfer]:
    """The hold is over."""
    return [Transfer(f"{work_id}.mature", Code.MATURE, chart.pending(payee), chart.available(payee), amount_micros)]


def payout(payout_id: str, payee: str, amount_micros: int) -> list[Transfer]:
    """Money of an operator is on its way out."""
    here, there = chart.available(payee), chart.PAYOUTS_IN_FLIGHT
    return [Transfer(f"{payout_id}.payout", Code.PAYOUT, here, there, amount_micros)]


def payout_sent(payout_id: str, amount_micros: int) -> list[Transfer]:
    """A payout has left."""
    return [Transfer(f"{payout_id}.sent", Code.PAYOUT_SENT, chart.PAYOUTS_IN_FLIGHT, chart.PAYOUTS, amount_micros)]


def payout_failed(payout_id: str, payee: str, amount_micros: int) -> list[Transfer]:
    """A payout has come back."""
    here, there = chart.PAYOUTS_IN_FLIGHT, chart.available(payee)
    return [Transfer(f"{payout_id}.failed", Code.PAYOUT_FAILED, here, there, amount_micros)]
