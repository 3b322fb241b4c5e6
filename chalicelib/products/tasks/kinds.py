"""What tasks are called on the board, and the kinds of entries they put on the agenda; jobs.py says what each does."""

from chalicelib.core.agenda.model import JUDGE, TIMERS, Kind

PRODUCT = "tasks"

EXPIRE = Kind("task.expire", TIMERS)
COMPLETE = Kind("task.complete", TIMERS)
RESOLVE = Kind("task.resolve", TIMERS)
MATURE = Kind("task.mature", TIMERS)
LAPSE = Kind("task.lapse", TIMERS)
FORGET = Kind("task.forget_credential", TIMERS)
WITHDRAW_ALL = Kind("task.withdraw_all", TIMERS)
JUDGE_PROOF = Kind("task.judge", JUDGE)
JUDGE_OVERDUE = Kind("task.judge_overdue", TIMERS)

ON_SUSPENSION = (WITHDRAW_ALL,)
"""What the suspension of an agent puts on the agenda, with the agent as its subject."""
