"""What the suspension of an agent puts on the agenda, gathered from all products."""

from chalicelib.products.qa import kinds as qa
from chalicelib.products.tasks import kinds as tasks

ON_SUSPENSION = (*tasks.ON_SUSPENSION, *qa.ON_SUSPENSION)
