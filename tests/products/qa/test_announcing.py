"""A new job is put on the board, and whoever carries news hears of it where there is a channel to tell."""

import pytest

from tests.harness import House
from tests.products.qa.people import customer
from tests.proofs import order


def _told(house: House) -> list[str]:
    someone = customer(house)
    job_id = someone.create().json["jobId"]
    assert someone.job(job_id)["status"] == "pending"
    house.invoke("timers", _bell(house, f"job.announce:{someone.agent.id}/{job_id}"))
    assert someone.job(job_id)["status"] == "waiting"
    return [row["kind"] for row in order.scan(house.world.store, "agenda") if row["kind"] == "job.tell_slack"]


def _bell(house: House, entry_id: str) -> dict[str, list[dict[str, str]]]:
    return {"Records": [{"messageId": "1", "body": f'{{"entry": "{entry_id}"}}'}]}


def test_without_a_channel_nobody_is_to_be_told(house: House) -> None:
    assert _told(house) == []


@pytest.mark.parametrize("settings", [{"BYHAND_SLACK": "true"}])
def test_whoever_announces_knows_that_there_is_a_channel_and_not_where(house: House) -> None:
    assert house.world.settings.slack_webhook_url == ""
    assert _told(house) == ["job.tell_slack"]
