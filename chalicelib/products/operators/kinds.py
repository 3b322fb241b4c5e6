"""The kinds of agenda entries about payouts. All of them call outside, or lead to that."""

from chalicelib.core.agenda.model import COURIER, TIMERS, Kind

SEND = Kind("payout.send", TIMERS)
"""It is time to send it: from here on it counts as sent."""
PAY = Kind("payout.pay", COURIER)
"""Hand it to its rail."""
LOOK = Kind("payout.look", COURIER)
"""Ask its rail what became of it."""
