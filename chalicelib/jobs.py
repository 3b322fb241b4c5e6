"""What the agenda's entries do, gathered from the house and from all products.

A module of its own, so that only a container that works entries has the modules of the jobs run.
"""

from collections.abc import Mapping

from chalicelib.core.agenda.service import Job
from chalicelib.core.events import jobs as events
from chalicelib.doors import schedules
from chalicelib.products.accounts import jobs as accounts
from chalicelib.products.operators import jobs as operators
from chalicelib.products.qa import jobs as qa
from chalicelib.products.tasks import jobs as tasks
from chalicelib.suspension import ON_SUSPENSION

JOBS: Mapping[str, Job] = {
    **events.JOBS,
    **schedules.JOBS,
    **operators.JOBS,
    **tasks.JOBS,
    **qa.JOBS,
    **accounts.jobs(ON_SUSPENSION),
}
