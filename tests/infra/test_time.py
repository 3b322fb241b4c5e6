"""Time for the slowest batch: a worker that is stopped in the middle of one costs everything in it a try."""

import pytest

import app
from chalicelib.core.agenda.model import TEMPERS
from chalicelib.core.events import courier
from chalicelib.core.providers import github, payoneer
from chalicelib.core.reader import by_model
from chalicelib.core.settings import Settings
from chalicelib.kit import aws, commit, outside
from chalicelib.products.qa.actions.reports import CONTEXT_FILES
from infra import templates

# A look at rows and the commit, each of which DynamoDB answers at the last moment.
OUR_OWN = aws.CALL_SECONDS + commit.LONGEST_SECONDS
# A reader is asked a second time when its data does not fit.
READINGS_MAX = 2


def _longest_verdict() -> float:
    (most,) = (rule.le for rule in Settings.model_fields["guardian_seconds"].metadata if hasattr(rule, "le"))
    return outside.longest_seconds(most)


LONGEST_OUTSIDE = {
    "timers": 0,
    "courier": max(
        courier.EXCHANGE_SECONDS,
        github.EXCHANGES_MAX * github.SECONDS,
        payoneer.EXCHANGES_MAX * outside.longest_seconds(payoneer.SECONDS),
    ),
    "judge": max(
        _longest_verdict(),
        len(CONTEXT_FILES) * github.SECONDS
        + READINGS_MAX * outside.longest_seconds(by_model.EXTRACT_SECONDS_MAX),
    ),
}  # fmt: skip
BATCH_SIZES = {source.name: source.batch_size for source in app.app.event_sources if hasattr(source, "batch_size")}


@pytest.mark.parametrize("queue", TEMPERS)
def test_the_slowest_batch_of_a_queue_fits_into_the_time_of_its_function(queue: str) -> None:
    function = templates.overlay("live")["Resources"][queue.capitalize()]["Properties"]
    slowest = BATCH_SIZES[queue] * (LONGEST_OUTSIDE[queue] + OUR_OWN)
    assert slowest <= function["Timeout"], f"{BATCH_SIZES[queue]} entries of {queue} can take {slowest:g} s"


@pytest.mark.parametrize("queue", TEMPERS)
def test_nobody_else_begins_while_strangers_may_still_be_asked(queue: str) -> None:
    assert TEMPERS[queue].lease_seconds >= LONGEST_OUTSIDE[queue]
