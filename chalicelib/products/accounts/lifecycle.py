"""Deposits: the table of moves (ruling 27). One in USDC begins completed.

pending ──► completed ──► reversed        the provider says what happened; our own row says how much it was
   │  ▲        ▲
   ├──┼► failed┤                          a payment that was given up may still arrive
   └──┴► parked┘ │                        the notice does not fit the order: a person looks, or a right notice comes
                 └──────► returned        the backoffice gives back what is left of it

Notices overtake each other: a deposit that is not completed can be reversed as well, and then is never credited.
"""

from enum import StrEnum

from chalicelib.kit.lifecycle import Lifecycle, Move, Role


class DepositState(StrEnum):
    """Where a deposit stands."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    PARKED = "parked"
    REVERSED = "reversed"
    RETURNED = "returned"


_S = DepositState
_IN = "fiat → deposit"

DEPOSIT = Lifecycle(
    "deposit",
    tuple(_S),
    (
        Move("credit", _S.PENDING, _S.COMPLETED, Role.PROVIDER, _IN, "deposit.completed"),
        Move("credit", _S.FAILED, _S.COMPLETED, Role.PROVIDER, _IN, "deposit.completed"),
        Move("credit", _S.PARKED, _S.COMPLETED, Role.PROVIDER, _IN, "deposit.completed"),
        Move("fail", _S.PENDING, _S.FAILED, Role.PROVIDER, "", "deposit.failed"),
        Move("park", _S.PENDING, _S.PARKED, Role.PROVIDER, "", "deposit.parked"),
        Move("park", _S.FAILED, _S.PARKED, Role.PROVIDER, "", "deposit.parked"),
        Move(
            "reverse", _S.COMPLETED, _S.REVERSED, Role.PROVIDER, "deposit → fiat; losses, owed", "deposit.reversed"
        ),
        Move("reverse", _S.PENDING, _S.REVERSED, Role.PROVIDER, "", "deposit.reversed"),
        Move("reverse", _S.FAILED, _S.REVERSED, Role.PROVIDER, "", "deposit.reversed"),
        Move("reverse", _S.PARKED, _S.REVERSED, Role.PROVIDER, "", "deposit.reversed"),
        Move("return", _S.COMPLETED, _S.RETURNED, Role.ADMIN, "deposit → usdc, fiat", "deposit.returned"),
    ),
)  # fmt: skip
