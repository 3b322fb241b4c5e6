"""What jobs are called on the board, and the kinds of entries they put on the agenda; jobs.py says what each does."""

from chalicelib.core.agenda.model import COURIER, JUDGE, TIMERS, Kind

PRODUCT = "qa"
TEST = "test"
"""The one kind of work there is."""

ANNOUNCE = Kind("job.announce", TIMERS)
EXPIRE = Kind("job.expire", TIMERS)
OVERRUN = Kind("job.overrun", TIMERS)
EXTRACT_OVERDUE = Kind("job.extract_overdue", TIMERS)
MATURE = Kind("job.mature", TIMERS)
RESOLVE = Kind("job.resolve", TIMERS)
WITHDRAW_ALL = Kind("job.withdraw_all", TIMERS)
EXTRACT = Kind("job.extract", JUDGE)
TELL_SLACK = Kind("job.tell_slack", COURIER)
OPEN_ISSUE = Kind("job.open_issue", COURIER)

ON_SUSPENSION = (WITHDRAW_ALL,)
"""What the suspension of an agent puts on the agenda, with the agent as its subject."""
