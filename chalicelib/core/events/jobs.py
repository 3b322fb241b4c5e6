"""What the agenda's entries do with events: deliver them, and pass them on."""

from collections.abc import Mapping

from chalicelib.core.agenda.service import Job
from chalicelib.core.events import deliveries, pump, service

JOBS: Mapping[str, Job] = {**service.JOBS, **deliveries.JOBS, **pump.JOBS}
