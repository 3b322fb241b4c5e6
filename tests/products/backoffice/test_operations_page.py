"""The lines of docs/operations.md and docs/disputes.md work: nobody should learn of a slip during an alarm."""

import json
import re
import shlex
from collections.abc import Iterator

from tests.harness import House, Reply
from tests.products.qa.people import Customer, Test, Tester, test_of
from tests.rules.source import ROOT

DONE = 200


def _blocks(page: str) -> str:
    text = (ROOT / "docs" / page).read_text()
    return "\n".join(re.findall(r"```bash\n(.*?)```", text, re.S)).replace("\\\n", " ")


def _lines(*commands: str) -> Iterator[list[str]]:
    """Every line of operations.md that begins with one of our commands, as a shell would split it."""
    for line in _blocks("operations.md").splitlines():
        words = shlex.split(line, comments=True)
        if words and words[0] in commands and "()" not in words[0]:
            yield words


def _run(house: House, known: dict[str, str], words: list[str]) -> Reply:
    command, path, *body = [
        re.sub(r"(agent|op|txn|payout|task|job)_…", lambda found: known[found[1]], word) for word in words
    ]
    if command == "see":
        return house.admin.get(f"/admin{path}")
    return house.admin.send(f"/admin{path}", json.loads(body[0]))


def test_every_line_of_operations_works(house: House) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    deposit = agent.get("/agents/deposits").json["data"][0]["transaction_id"]
    known = {"agent": agent.id, "op": operator.id, "txn": deposit, "payout": "payout_01k00000000000000000000000"}
    known["task"] = agent.posted()
    known["job"] = Test(house, (someone := Customer(agent)), Tester(operator), someone.ordered()).completed().job_id
    replies = {shlex.join(words): _run(house, known, words) for words in _lines("see", "act")}
    assert len(replies) > 20
    refused = {line: reply.json for line, reply in replies.items() if reply.status != DONE}
    codes = {reply["code"] for reply in refused.values()}
    assert codes <= {"entry_not_found", "payout_not_found", "wrong_state"}, refused


def test_the_lines_of_disputes_end_a_dispute(house: House) -> None:
    listing, resolving, *_ = re.findall(r"^curl .*", _blocks("disputes.md"), re.M)
    agent, operator = house.agent(deposit=100), house.operator()
    task_id = agent.posted()
    operator.accept(task_id)
    operator.hand_in(task_id)
    agent.verify(task_id, "REJECT")
    (row,) = house.request("GET", _path(listing), headers=house.admin.headers).json["data"]
    assert _sent(house, resolving.replace("$DISPUTE", row["dispute_id"])).status == DONE


def test_the_lines_of_disputes_dispute_a_job_and_end_that(house: House) -> None:
    *_, disputing, resolving = re.findall(r"^curl .*", _blocks("disputes.md"), re.M)
    made = test_of(house).completed()
    for line in (disputing, resolving):
        assert _sent(house, line.replace("$JOB", made.job_id)).status == DONE
    assert made.job["dispute"]["outcome"] == "refund"


def _sent(house: House, line: str) -> Reply:
    words = shlex.split(line)
    body = json.loads(words[words.index("-d") + 1])
    return house.request("POST", _path(line), body, headers=house.admin.headers)


def _path(line: str) -> str:
    """The path of the URL of a curl line."""
    return next(word for word in shlex.split(line, comments=True) if "$BYHAND" in word).removeprefix("$BYHAND")
