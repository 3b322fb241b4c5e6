"""Every movement of money that we know how to make: pure functions from facts to transfers.

deposit    world/usdc | fiat ────► agent/deposit
hold       agent/deposit ────────► agent/escrow            reward + fee, when work is posted
refund     agent/escrow ─────────► agent/deposit           cancelled, or expired
complete   agent/escrow ─────────► operator/pending        the reward
           agent/escrow ─────────► house/fees              the fee
wage       agent/escrow ─────────► operator/pending        the operator's part of what measured time costs
           agent/escrow ─────────► house/fees              the house's part
           agent/escrow ─────────► agent/deposit           what was set aside and not needed
settle     agent/escrow ─────────► operator/available      a dispute about work that was not completed yet:
           agent/escrow ─────────► house/fees              its part to the operator and the house,
           agent/escrow ─────────► agent/deposit           the rest back
take_back  operator/pending ─────► agent/deposit           a dispute about completed work: the agent's part back,
           house/fees ───────────► agent/deposit
           operator/pending ─────► operator/available      the rest free at once
mature     operator/pending ─────► operator/available      after the hold
payout     operator/available ───► house/payouts_in_flight
sent       house/payouts_in_flight ► world/payouts
failed     house/payouts_in_flight ► operator/available
return     agent/deposit ────────► world/usdc | fiat       a deposit that nobody used, or that was reversed;
           house/losses ─────────► world/fiat              what is missing of a reversed one is the house's loss,
           house/claims ─────────► agent/owed              and the agent's debt
repay      agent/deposit ────────► house/losses            out of the next deposit
           agent/owed ───────────► house/claims
"""

from dataclasses import dataclass

from chalicelib.core.ledger import chart
from chalicelib.core.ledger.model import Account, Code, Transfer


@dataclass(frozen=True)
class Shares:
    """How a dispute divides one piece of work, in micros: what the operator and the house get, what goes back."""

    operator: int
    house: int
    reward_back: int
    fee_back: int


def deposit_usdc(deposit_id: str, agent: str, amount_micros: int) -> list[Transfer]:
    """USDC from outside is booked to an agent; 1 USDC is 1 USD."""
    return [Transfer(f"{deposit_id}.deposit", Code.DEPOSIT, chart.USDC, chart.deposit(agent), amount_micros)]


def deposit_fiat(deposit_id: str, agent: str, amount_micros: int) -> list[Transfer]:
    """US dollars from a payment provider are booked to an agent."""
    return [Transfer(f"{deposit_id}.deposit", Code.DEPOSIT, chart.FIAT, chart.deposit(agent), amount_micros)]


def repay(deposit_id: str, agent: str, amount_micros: int) -> list[Transfer]:
    """A deposit pays, in the same commit, what its agent owed."""
    return [
        Transfer(f"{deposit_id}.repay", Code.REPAY, chart.deposit(agent), chart.LOSSES, amount_micros),
        Transfer(f"{deposit_id}.repaid", Code.REPAID, chart.owed(agent), chart.CLAIMS, amount_micros),
    ]


def return_deposit(deposit_id: str, agent: str, source: Account, amount_micros: int) -> list[Transfer]:
    """A deposit goes back to where it came from."""
    return [Transfer(f"{deposit_id}.return", Code.DEPOSIT_RETURNED, chart.deposit(agent), source, amount_micros)]


def reverse_fiat(deposit_id: str, agent: str, here_micros: int, missing_micros: int) -> list[Transfer]:
    """A provider took a deposit back: what is still here goes, what is missing the house loses and the agent owes."""
    taken = return_deposit(deposit_id, agent, chart.FIAT, here_micros) if here_micros else []
    if not missing_micros:
        return taken
    return [
        *taken,
        Transfer(f"{deposit_id}.loss", Code.LOSS, chart.LOSSES, chart.FIAT, missing_micros),
        Transfer(f"{deposit_id}.owe", Code.OWE, chart.CLAIMS, chart.owed(agent), missing_micros),
    ]


def hold(work_id: str, payer: str, amount_micros: int) -> list[Transfer]:
    """The price of a piece of work is set aside."""
    return [Transfer(f"{work_id}.hold", Code.HOLD, chart.deposit(payer), chart.escrow(payer), amount_micros)]


def refund(work_id: str, payer: str, amount_micros: int) -> list[Transfer]:
    """All that was set aside goes back."""
    return [Transfer(f"{work_id}.refund", Code.REFUND, chart.escrow(payer), chart.deposit(payer), amount_micros)]


def complete(work_id: str, payer: str, payee: str, reward_micros: int, fee_micros: int, day: str) -> list[Transfer]:
    """Finished work is paid out of what was set aside: the reward to the operator, the fee to the house."""
    return [
        Transfer(f"{work_id}.pay", Code.PAY, chart.escrow(payer), chart.pending(payee), reward_micros, day),
        Transfer(f"{work_id}.fee", Code.FEE, chart.escrow(payer), chart.FEES, fee_micros),
    ]


def pay_by_time(
    work_id: str, payer: str, payee: str, wage_micros: int, fee_micros: int, rest_micros: int
) -> list[Transfer]:
    """Time that was measured is paid out of the most that it could have cost; the rest goes back."""
    escrow = chart.escrow(payer)
    return [
        *_some(f"{work_id}.wage", Code.WAGE, escrow, chart.pending(payee), wage_micros),
        *_some(f"{work_id}.fee", Code.FEE, escrow, chart.FEES, fee_micros),
        *_some(f"{work_id}.refund", Code.REFUND, escrow, chart.deposit(payer), rest_micros),
    ]


def settle(work_id: str, payer: str, payee: str, shares: Shares, day: str) -> list[Transfer]:
    """A dispute about work that was not completed ends: everything leaves escrow, the operator's part is free at once.

    Without a part for the operator this is a plain refund.
    """
    escrow, back = chart.escrow(payer), shares.reward_back + shares.fee_back
    return [
        *_some(f"{work_id}.pay", Code.PAY, escrow, chart.available(payee), shares.operator, day),
        *_some(f"{work_id}.fee", Code.FEE, escrow, chart.FEES, shares.house),
        *_some(f"{work_id}.refund", Code.REFUND, escrow, chart.deposit(payer), back),
    ]


def take_back(work_id: str, payer: str, payee: str, shares: Shares, day: str) -> list[Transfer]:
    """A dispute about completed work ends: the agent's part goes back, the operator's part is free at once.

    `day` is the UTC day of the completion, on which the reward had been counted.
    """
    return _taken_back(Code.TAKE_BACK, work_id, payer, payee, shares, day)


def take_back_wage(work_id: str, payer: str, payee: str, shares: Shares) -> list[Transfer]:
    """The same for the pay of measured time, which counts on no day."""
    return _taken_back(Code.WAGE_BACK, work_id, payer, payee, shares)


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


def _taken_back(code: Code, work_id: str, payer: str, payee: str, shares: Shares, day: str = "") -> list[Transfer]:
    here, payers = chart.pending(payee), chart.deposit(payer)
    return [
        *_some(f"{work_id}.take_back", code, here, payers, shares.reward_back, day),
        *_some(f"{work_id}.fee_back", Code.FEE_BACK, chart.FEES, payers, shares.fee_back),
        *_some(f"{work_id}.mature", Code.MATURE, here, chart.available(payee), shares.operator),
    ]


def _some(
    transfer_id: str, code: Code, debit: Account, credit: Account, amount_micros: int, day: str = ""
) -> list[Transfer]:
    """A transfer, unless it would move nothing."""
    return [Transfer(transfer_id, code, debit, credit, amount_micros, day)] if amount_micros else []
