"""The kinds of agenda entries about accounts."""

from chalicelib.core.agenda.model import TIMERS, Kind

SUSPEND = Kind("account.suspend", TIMERS)
"""An account is suspended, for the reason that the entry carries."""
