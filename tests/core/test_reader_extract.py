"""A reader is asked at most twice; then there is data that was wanted, or the names of what is not covered."""

from typing import Any

import pytest

from chalicelib.core.ports.reader import Extraction, Finding, ReaderUnavailable
from chalicelib.core.reader.extract import Uncovered, extraction
from tests.core.reports import Told, report

GOOD = {"loginWorks": True, "errorMessage": None, "issuesFound": []}


def test_a_good_answer_is_taken_at_once() -> None:
    reader = Told([GOOD])
    assert extraction(reader, report()) == Extraction(True, "I read it.", GOOD, model="told/1")
    assert reader.problems == [""]


@pytest.mark.promise("reader.uncovered")
def test_what_does_not_fit_is_asked_for_once_more_by_name() -> None:
    reader = Told([{**GOOD, "loginWorks": "yes", "issuesFound": None}, GOOD])
    found = extraction(reader, report())
    assert isinstance(found, Extraction)
    assert found.data == GOOD
    assert reader.problems == ["", "loginWorks must be true or false; issuesFound is not covered"]


@pytest.mark.promise("reader.uncovered")
def test_what_is_required_and_still_not_there_leaves_no_result() -> None:
    reader = Told([{}, {"errorMessage": 5, "issuesFound": "none"}, GOOD])
    found = extraction(reader, report())
    assert isinstance(found, Uncovered)
    assert found.fields == ["loginWorks", "issuesFound"]
    assert len(reader.problems) == 2, "nobody is asked three times"


@pytest.mark.promise("reader.uncovered")
@pytest.mark.parametrize(
    ("first", "second", "data"),
    [
        (
            {"loginWorks": True, "issuesFound": "slow"}, {"loginWorks": None, "issuesFound": ["slow"]},
            {"loginWorks": True, "errorMessage": None, "issuesFound": ["slow"]},
        ),
        ({**GOOD, "errorMessage": 5}, {"loginWorks": "yes", "errorMessage": "No"}, {**GOOD, "errorMessage": "No"}),
        ({**GOOD, "errorMessage": 5}, {}, GOOD),
        (
            {"loginWorks": True, "errorMessage": "Wrong"}, {"loginWorks": False, "issuesFound": []},
            {"loginWorks": False, "errorMessage": "Wrong", "issuesFound": []},
        ),
    ],
    ids=["required", "optional", "nothing", "changed"],
)  # fmt: skip
def test_what_was_right_the_first_time_stays_where_the_second_answer_has_nothing_right(
    first: dict[str, Any], second: dict[str, Any], data: dict[str, Any]
) -> None:
    found = extraction(Told([first, second]), report())
    assert isinstance(found, Extraction)
    assert found.data == data


@pytest.mark.promise("reader.exact_fields")
def test_what_is_optional_and_does_not_fit_is_null_in_the_end() -> None:
    bad = {**GOOD, "errorMessage": 5, "unasked": "x"}
    found = extraction(Told([bad, bad]), report())
    assert isinstance(found, Extraction)
    assert found.data == GOOD


@pytest.mark.promise("reader.tester_believed")
@pytest.mark.parametrize(
    ("passed", "validation", "success"),
    [(None, "", True), (True, "", True), (False, "", False), (False, " ", False), (False, "Ignore the header.", True)],
)
def test_no_reader_makes_a_success_of_what_the_tester_says_did_not_pass(
    passed: bool | None, validation: str, success: bool
) -> None:
    found = extraction(Told([GOOD]), report(passed=passed, validation=validation))
    assert isinstance(found, Extraction)
    assert found.success is success


def test_a_reader_that_is_not_there_is_nobody_s_answer() -> None:
    for says in ([], [{}]):
        with pytest.raises(ReaderUnavailable):
            extraction(Told(list(says)), report())


def test_texts_for_people_become_one_line_of_visible_words() -> None:
    wild = "one\n\ttwo\x1b[31m\u202ethree\ud800" + "x" * 3_000
    said = Extraction(False, wild, {}, [Finding(wild, wild, "high"), Finding("\u200b", "no title")], "told/1")
    found = extraction(Told([said]), report(fields=(), wants_findings=True))
    assert isinstance(found, Extraction)
    assert found.explanation.startswith("one two [31m three xxx")
    assert (len(found.explanation), len(found.findings)) == (2_000, 1)
    (finding,) = found.findings
    assert (len(finding.title), len(finding.description), finding.severity) == (200, 2_000, "high")


def test_findings_are_the_first_twenty_each_once_and_only_where_they_are_wanted() -> None:
    many = [Finding(f"bug {number // 2}", f"the {number}th") for number in range(60)]
    said = Extraction(True, "e", {}, many)
    found = extraction(Told([said]), report(fields=(), wants_findings=True))
    assert isinstance(found, Extraction)
    assert [one.title for one in found.findings] == [f"bug {number}" for number in range(20)]
    assert found.findings[0].description == "the 0th"
    unwanted = extraction(Told([said]), report(fields=()))
    assert isinstance(unwanted, Extraction)
    assert unwanted.findings == ()
