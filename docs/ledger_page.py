"""The page of the ledger, with numbers: the postings themselves tell every story, so none can say what they do not."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.core.disputes import Outcome, divide
from chalicelib.core.ledger import chart, postings
from chalicelib.core.ledger.model import Transfer
from chalicelib.core.ledger.postings import Shares
from chalicelib.core.ledger.proof import balances
from chalicelib.kit import money
from chalicelib.products.qa import rules as by_time
from chalicelib.products.tasks import rules
from docs.drawing import table

AGENT, OPERATOR, DAY = "agent", "operator", "2026-02-06"
REWARD = money.usd(25)
FEE = rules.fee_micros(REWARD, 0)
PRICE = REWARD + FEE
# Six tenths of $25.00 and of $4.50 to the operator and the house.
SPLIT = Shares(operator=15_000_000, house=2_700_000, reward_back=10_000_000, fee_back=1_800_000)
ALL_BACK = Shares(operator=0, house=0, reward_back=REWARD, fee_back=FEE)
# 600 seconds at most, 220 of them needed, and 60 % of that to the tester.
JOB_HELD, JOB_COST = by_time.cost_micros(600), by_time.cost_micros(220)
WAGE = by_time.wage_micros(JOB_COST, 60)
JOB_SPLIT = divide(Outcome.SPLIT, WAGE, JOB_COST - WAGE, 500_000)


@dataclass(frozen=True)
class Story:
    """What happens, step by step: each step is one commit."""

    title: str
    says: str
    steps: tuple[tuple[str, list[Transfer]], ...]


_POSTED = (
    ("the agent deposits $100", postings.deposit_usdc("txn_1", AGENT, money.usd(100))),
    ("the agent posts a task for $25", postings.hold("task_1", AGENT, PRICE)),
)
_COMPLETED = (*_POSTED, ("the proof holds", postings.complete("task_1", AGENT, OPERATOR, REWARD, FEE, DAY)))

STORIES = (
    Story(
        "A task that goes well",
        "The fee of a $25 task is 18 %, $4.50; reward and fee are set aside together.",
        (
            *_COMPLETED,
            ("the hold ends, seven days later", postings.mature("task_1", OPERATOR, REWARD)),
            ("the operator asks for $25", postings.payout("payout_1", OPERATOR, REWARD)),
            ("the money has left", postings.payout_sent("payout_1", REWARD)),
        ),
    ),
    Story(
        "A payout that comes back",
        "The provider refuses, and the operator has the money again.",
        (
            *_COMPLETED,
            ("the hold ends", postings.mature("task_1", OPERATOR, REWARD)),
            ("the operator asks for $25", postings.payout("payout_1", OPERATOR, REWARD)),
            ("it is refused", postings.payout_failed("payout_1", OPERATOR, REWARD)),
        ),
    ),
    Story(
        "A task that nobody does",
        "Cancelled by the agent or by the clock: everything comes back.",
        (*_POSTED, ("the deadline passes", postings.refund("task_1", AGENT, PRICE))),
    ),
    Story(
        "A dispute about proof, split 0.6",
        "Everything is still in escrow. The outcome is final, so the operator's part is available at once.",
        (*_POSTED, ("the dispute is split", postings.settle("task_1", AGENT, OPERATOR, SPLIT, DAY))),
    ),
    Story(
        "A dispute inside the hold, refunded",
        "The reward lies in the operator's pending and the fee with the house; both go back.",
        (*_COMPLETED, ("the dispute is refunded", postings.take_back("task_1", AGENT, OPERATOR, ALL_BACK, DAY))),
    ),
    Story(
        "A test by the second, disputed and split 0.5",
        "Of ten minutes set aside 220 seconds were needed. Wage and fee are each divided, half-up to the cent.",
        (
            ("the agent deposits $100", postings.deposit_usdc("txn_1", AGENT, money.usd(100))),
            ("the agent orders a test", postings.hold("job_1", AGENT, JOB_HELD)),
            (
                "it is completed",
                postings.pay_by_time("job_1", AGENT, OPERATOR, WAGE, JOB_COST - WAGE, JOB_HELD - JOB_COST),
            ),
            ("the dispute is split", postings.take_back_wage("job_1", AGENT, OPERATOR, JOB_SPLIT)),
        ),
    ),
    Story(
        "A deposit by card that is reversed",
        "What is still there goes back. What is missing the house lost and the agent owes; the next deposit pays it.",
        (
            ("the agent deposits $30 by card", postings.deposit_fiat("pay_1", AGENT, money.usd(30))),
            ("the agent posts a task for $25", postings.hold("task_1", AGENT, PRICE)),
            ("the card's owner objects", postings.reverse_fiat("pay_1", AGENT, money.usd(30) - PRICE, PRICE)),
            (
                "the agent deposits $100",
                [
                    *postings.deposit_usdc("txn_2", AGENT, money.usd(100)),
                    *postings.repay("txn_2", AGENT, PRICE),
                ],
            ),
        ),
    ),
)  # fmt: skip


def parts() -> Iterator[str]:
    """The paragraphs and tables of the page below its title."""
    yield (
        "Money is whole micro-USD. A transfer takes an amount from one account and gives it to another, once, for "
        "ever; its id says what caused it. Agents and operators have a book, one row that cannot go below zero; house "
        "and world are sums over transfers. All accounts together are always zero."
    )
    yield "\n".join(["```", *_chart(), "```"])
    for story in STORIES:
        yield f"## {story.title}"
        yield story.says
        yield table(("step", "transfer", "code", "from", "to", "USD"), _rows(story))
        yield _ending(story)


def _chart() -> list[str]:
    return (chart.__doc__ or "").strip().splitlines()[2:]


def _rows(story: Story) -> Iterator[tuple[str, ...]]:
    for step, transfers in story.steps:
        for number, one in enumerate(transfers):
            said = "" if number else step
            yield said, f"`{one.id}`", one.code.value, one.debit.path, one.credit.path, _dollars(one.amount_micros)


def _ending(story: Story) -> str:
    after = balances(transfer for _, transfers in story.steps for transfer in transfers)
    held = [f"{path} {_dollars(amount)}" for path, amount in sorted(after.items()) if amount]
    return f"At the end: {', '.join(held)}. Together {_dollars(sum(after.values()))}."


def _dollars(amount_micros: int) -> str:
    exact = money.to_decimal(amount_micros)
    return str(exact) if amount_micros % money.MICROS_PER_CENT else f"{exact:.2f}"
