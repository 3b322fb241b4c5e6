"""Whatever is sent to a route, right or wrong, the answer is one that the document tells: never a 500.

The document is read as a stranger's tool reads it, and requests are made from it: right ones, wrong ones, with
credentials that open the route and with others. Seeds are fixed, so a run is the same run every time.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.core.files.model import CONTENT_TYPES
from chalicelib.kit.clock import Patience
from local.settings import ADMIN_KEY
from tests.contract.gateway import wsgi
from tests.doors.sleeper import Sleeper
from tests.doors.strangers import Postman
from tests.harness import House, picture
from tests.products.qa.people import Customer, Test, Tester
from tests.products.tasks.stages import Scene, scene

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
CLOCK = "/api/v1/test/clock"
QUICK, LONG = 1, 40
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
WRONG: list[dict[str, str]] = [
    {}, {"X-API-Key": "ho_live_wrong"}, {"Authorization": "Bearer a.b.c"}, {"Authorization": "Basic"},
    {"X-Operator-Id": "op_xyz"}, {"X-Admin-Key": "wrong"}, {"X-API-Key": "a", "Authorization": "Bearer b"},
]  # fmt: skip

for _kind in CONTENT_TYPES:
    schemathesis.openapi.media_type(_kind, st.sampled_from([b"", b"x", picture(), b"%PDF-1.4\n%%EOF"]))


@pytest.fixture
def inhabited(house: House) -> Iterator[tuple[House, list[dict[str, str]], dict[str, list[str]]]]:
    """A house with people and things in it: credentials that open its doors, and ids that lead somewhere. Whoever waits
    in it wakes at once.
    """
    sleeper = Sleeper()
    patience = Patience(sleep=sleeper.sleep, elapsed=sleeper.elapsed)
    with house.living_in(courier=Postman(), patience=patience):
        stage = scene(house, "ACCEPTED")
        stages = [stage, stage.next("MANUAL_REVIEW"), stage.next()]
        right = [stage.agent.headers, stage.operator.headers, {"X-Admin-Key": ADMIN_KEY}]
        yield house, right, {"task_id": [one.task_id for one in stages], "job_id": _jobs(stage)}


def _jobs(stage: Scene) -> list[str]:
    """Jobs of the same two people: one that was completed, one at work, one that waits."""
    someone, tester = Customer(stage.agent), Tester(stage.operator)
    jobs = [Test(stage.house, someone, tester, someone.ordered()) for _ in range(3)]
    jobs[0].completed()
    jobs[1].claimed()
    return [one.job_id for one in jobs]


def _fuzz(house: House, right: list[dict[str, str]], ids: dict[str, list[str]], examples: int) -> dict[str, set[int]]:
    """Send what the document gives rise to, to every operation; the statuses that came back, by operation."""
    document = schemathesis.openapi.from_wsgi("/api/openapi.json", app=wsgi(house))
    seen: dict[str, set[int]] = {}
    operations = [found.ok() for found in document.get_all_operations()]
    # The clock comes last: what others find would lapse with it.
    for operation in sorted(operations, key=lambda one: one.path == CLOCK):
        for mode in MODES if operation.body or operation.query or operation.path_parameters else MODES[:1]:
            _ask(operation, mode, (right, ids), examples, seen.setdefault(operation.label, set()))
    return seen


def _ask(operation: Any, mode: Any, there: Any, examples: int, seen: set[int]) -> None:
    right, ids = there

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, print_blob=False,
        # Without shrinking: a failing request is told as it was found, and soon.
        suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    @given(
        case=operation.as_strategy(generation_mode=mode),
        headers=st.sampled_from([*right, *right, *WRONG]),
        known=st.fixed_dictionaries({name: st.sampled_from(values) for name, values in ids.items()}),
        at_home=st.booleans(),
    )
    def ask(case: Any, headers: dict[str, str], known: dict[str, str], at_home: bool) -> None:
        if at_home:
            case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        seen.add(answer.status_code)

    ask()


@pytest.mark.promise("reference.true")
def test_every_answer_to_a_few_requests_of_every_kind_is_one_that_the_document_tells(inhabited: Any) -> None:
    seen = _fuzz(*inhabited, QUICK)
    assert len(seen) > 20
    assert {status for statuses in seen.values() for status in statuses} >= {200, 201, 400, 401, 404}


@pytest.mark.slow
@pytest.mark.promise("reference.true")
def test_every_answer_to_many_requests_of_every_kind_is_one_that_the_document_tells(inhabited: Any) -> None:
    _fuzz(*inhabited, LONG)
