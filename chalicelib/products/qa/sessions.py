"""What a tester hands in: words, a form, what the browser recorded, and files."""

from collections.abc import Mapping, Sequence

from chalicelib.core.files import service as files
from chalicelib.core.files.model import IMAGE_TYPES, VIDEO_TYPES, Frozen
from chalicelib.core.identity.model import Operator
from chalicelib.core.world import World
from chalicelib.kit.errors import Invalid
from chalicelib.kit.table import Item, Write
from chalicelib.kit.words import dumps
from chalicelib.products.qa.model.jobs import Session
from chalicelib.products.qa.words import jobs as job_words
from chalicelib.products.qa.words import testers as words

VIDEO = "testerData.videoUrl"
ANSWERS_BYTES_MAX = 50_000
ROW_BYTES_MAX = 100_000
"""Longer texts go to a file, and their hash into the row."""


def places(world: World, data: words.TesterDataIn) -> dict[str, str]:
    """Where the request names each upload. Raises Invalid for a link that is none, or is there twice."""
    links = {f"testerData.screenshots.{n}": link for n, link in enumerate(data.screenshots)}
    if data.videoUrl:
        links[VIDEO] = data.videoUrl
    found: dict[str, str] = {}
    for place, link in links.items():
        upload_id = files.own_upload_id(world, link)
        if upload_id is None:
            raise Invalid(place, "must be the url of an upload of yours; POST /api/tester/uploads")
        if upload_id in found:
            raise Invalid(place, "is there twice")
        found[upload_id] = place
    return found


def handed_in(
    world: World, operator: Operator, job_id: str, said: words.Submission, named: Mapping[str, str],
    uploads: Sequence[Item | None],
) -> tuple[Session, list[Write]]:  # fmt: skip
    """A session, and the writes that use its uploads up. Raises Invalid, UploadUsed."""
    answers = dumps(said.answers)
    if len(answers.encode()) > ANSWERS_BYTES_MAX:
        raise Invalid("answers", f"must be at most {ANSWERS_BYTES_MAX:,} bytes of JSON")
    shots, used = _frozen(world, operator, job_id, named, uploads, films=False)
    films, used_too = _frozen(world, operator, job_id, named, uploads, films=True)
    recorded = _recorded(said.testerData)
    is_long = len(recorded.encode()) > ROW_BYTES_MAX
    session = Session(
        words=said.testerResponse, answers=answers, passed=said.passed, screenshots=shots,
        video=films[0] if films else None, recorded=None if is_long else recorded,
        recorded_file=files.keep_text(world, job_id, recorded) if is_long else None,
    )  # fmt: skip
    return session, [*used, *used_too]


def recorded(world: World, session: Session) -> str:
    """Console messages, network requests and clicks of a session, as JSON."""
    kept = session.recorded_file
    return files.read_text(world, kept) if kept else session.recorded or "{}"


def _frozen(
    world: World, operator: Operator, job_id: str, named: Mapping[str, str], uploads: Sequence[Item | None],
    *, films: bool,
) -> tuple[list[Frozen], list[Write]]:  # fmt: skip
    """The screenshots, or the video, in the order in which they are named."""
    rows = {upload_id: row for (upload_id, place), row in zip(named.items(), uploads, strict=True)
            if (place == VIDEO) is films}  # fmt: skip
    places = {upload_id: named[upload_id] for upload_id in rows}
    takes = VIDEO_TYPES if films else IMAGE_TYPES
    frozen, used = files.freeze(world, operator, places, list(rows.values()), job_id, takes=takes)
    return list(frozen.values()), used


def _recorded(data: words.TesterDataIn) -> str:
    return dumps(data.model_dump(include=set(job_words.Recorded.model_fields)))
