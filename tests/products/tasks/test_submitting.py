"""POST /operator/tasks/:id/submit: what proof must have, and when it can be handed in."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kit.clock import iso
from tests.doors.strangers import FixedJudge, StillClock
from tests.harness import House, picture
from tests.products.operators.uploads import uploaded
from tests.products.tasks.stages import PHOTOS, scene

DIGITAL = {"task_type": "FORM_FILLING", "location": None}


@pytest.mark.promise("operators.submit.submitted")
def test_submitting_answers_200_and_the_guardian_is_asked(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    made = stage.submit()
    assert made.json == {
        "task_id": stage.task_id, "status": "SUBMITTED", "submitted_at": stage.task["submitted_at"],
        "message": "Proof submitted. AI Guardian verification in progress.",
    }  # fmt: skip
    assert stage.status == "SUBMITTED"
    assert stage.judged(95)["status"] == "COMPLETED"


NEEDS: list[tuple[str, dict[str, Any], str | None]] = [
    ("PHOTO", {"notes": "Done."}, "photos"),
    ("PHOTO", {"photos": [], "confirmation_text": "I did it."}, "photos"),
    ("PHOTO", {"photos": PHOTOS}, None),
    ("SCREENSHOT", {"artifacts": PHOTOS}, "photos"),
    ("SCREENSHOT", {"photos": PHOTOS}, None),
    ("CONFIRMATION", {"photos": PHOTOS}, "confirmation_text"),
    ("CONFIRMATION", {"confirmation_text": "  \n "}, "confirmation_text"),
    ("CONFIRMATION", {"confirmation_text": "I have filled in the whole form."}, None),
    ("CONFIRMATION", {"confirmation_text": "Done.", "reference_url": "https://example.com/42"}, None),
    ("ARTIFACT", {"photos": PHOTOS, "confirmation_text": "Done."}, "artifacts"),
    ("ARTIFACT", {"artifacts": ["https://storage.example.com/report.pdf"]}, None),
]


@pytest.mark.promise("operators.submit.needs")
def test_each_proof_type_needs_its_own_proof(house: House) -> None:
    agent, operator = house.agent(deposit=1_000), house.operator()
    for proof_type, words, missing in NEEDS:
        task_id = agent.posted(**DIGITAL, proof_type=proof_type)
        assert operator.accept(task_id).status == 200
        made = operator.submit(task_id, **words)
        if missing is None:
            assert (words, made.status) == (words, 200)
        else:
            assert (words, made.status, made.json["details"]["field"]) == (words, 400, missing)
            assert agent.cancel(task_id).status == 200


@pytest.mark.promise("operators.submit.needs")
def test_a_file_that_is_an_artifact_is_frozen_like_a_photo(house: House) -> None:
    stage = scene(house, "ACCEPTED", **DIGITAL, proof_type="ARTIFACT")
    pdf = uploaded(stage.operator, b"%PDF-1.7 a report", "application/pdf")
    stage.submit(photos=[], artifacts=[pdf, uploaded(stage.operator, picture())])
    artifacts = stage.task["proof"]["artifacts"]
    assert len(artifacts) == 2
    assert all("X-Amz-Signature" in link for link in artifacts)
    guardian = FixedJudge(95)
    stage.judged(guardian)
    assert guardian.cases[0].photos[0].content == b"%PDF-1.7 a report"


@pytest.mark.promise("operators.submit.limits")
def test_the_words_of_a_proof_have_limits(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"notes": "n" * 5_001}, "notes"), ({"confirmation_text": "c" * 5_001}, "confirmation_text"),
        ({"reference_url": "https://e.com/" + "u" * 2_000}, "reference_url"), ({"photos": PHOTOS[0]}, "photos"),
        ({"photos": [7]}, "photos.0"), ({"photos": [""]}, "photos.0"), ({"artifacts": ["x"] * 21}, "artifacts"),
    ]  # fmt: skip
    for words, field in wrong:
        refused = stage.operator.submit(stage.task_id, **{"photos": PHOTOS, **words})
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
    stage.submit(notes="n" * 5_000)


@pytest.mark.promise("operators.submit.others")
def test_only_the_operator_who_has_the_task_can_hand_in(house: House) -> None:
    stage, other = scene(house, "ACCEPTED"), house.operator()
    refused = other.submit(stage.task_id, photos=PHOTOS)
    assert (refused.status, refused.json["code"]) == (404, "task_not_found")
    assert scene(house).operator.submit(stage.task_id, photos=PHOTOS).status == 404
    assert stage.status == "ACCEPTED"


@pytest.mark.promise("operators.submit.wrong_state")
def test_what_was_handed_in_cannot_be_handed_in_again(house: House) -> None:
    first = scene(house)
    for status in ("SUBMITTED", "VERIFIED", "MANUAL_REVIEW", "COMPLETED"):
        stage = first.next(status)
        refused = stage.operator.submit(stage.task_id, photos=PHOTOS)
        assert (status, refused.status, refused.json["code"]) == (status, 409, "wrong_state")
        assert refused.json["details"]["status"] == status
        assert stage.task["submissions"] == 1


@pytest.mark.promise("tasks.expiry.accepted_hour")
def test_accepted_work_can_be_handed_in_within_an_hour_of_its_deadline(house: House) -> None:
    clock = StillClock()
    with house.living_in(clock=clock):
        stage = scene(house, "ACCEPTED", deadline=iso(clock.now() + timedelta(days=1)))
        clock.pass_by(days=1, minutes=59)
        house.sweep()
        house.drain()
        stage.submit()
        clock.pass_by(minutes=2)
        house.sweep()
        assert stage.judged(95)["status"] == "COMPLETED"
