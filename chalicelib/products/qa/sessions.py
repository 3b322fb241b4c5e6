"""What a tester hands in: words, a form, what the browser recorded, and files."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from chalicelib.core.files import service as files
from chalicelib.core.files.model import IMAGE_TYPES, JSON_TYPE, VIDEO_TYPES, Frozen
from chalicelib.core.identity.model import Operator
from chalicelib.core.world import World
from chalicelib.kit import strict_json
from chalicelib.kit.errors import Invalid
from chalicelib.kit.table import Item, Write
from chalicelib.kit.words import dumps, read
from chalicelib.products.qa.model.jobs import Session
from chalicelib.products.qa.words import jobs as job_words
from chalicelib.products.qa.words import testers as words

VIDEO, RECORDED = "testerData.videoUrl", "testerData.recordedUrl"
TAKES = {VIDEO: VIDEO_TYPES, RECORDED: (JSON_TYPE,)}
"""Which types are taken where; screenshots are pictures."""
ROW_BYTES_MAX = 100_000
"""Longer texts go to a file, and their hash into the row."""
SHOWN_BYTES_MAX = 2_000_000
"""How much of a recorded file an answer shows. On its way out of Lambda it is escaped once more, which doubles a text
of quotation marks, and an answer may have 6 MB there (the quota "Invocation payload" of Lambda).
"""


def places(world: World, data: words.TesterDataIn) -> dict[str, str]:
    """Where the request names each upload. Raises Invalid for a link that is none, or is there twice."""
    links = {f"testerData.screenshots.{n}": link for n, link in enumerate(data.screenshots)}
    links |= {place: link for place, link in ((VIDEO, data.videoUrl), (RECORDED, data.recordedUrl)) if link}
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
    rows = dict(zip(named, uploads, strict=True))
    frozen, used = dict[str, Frozen](), list[Write]()
    for upload_id, place in named.items():
        takes = TAKES.get(place, IMAGE_TYPES)
        one, its = files.freeze(world, operator, {upload_id: place}, [rows[upload_id]], job_id, takes=takes)
        frozen[place], used = one[upload_id], [*used, *its]
    recorded, whole = _recorded(world, said.testerData, frozen.get(RECORDED))
    is_long = len(recorded.encode()) > ROW_BYTES_MAX
    session = Session(
        words=said.testerResponse, answers=dumps(said.answers), passed=said.passed,
        screenshots=[file for place, file in frozen.items() if place not in TAKES], video=frozen.get(VIDEO),
        recorded=None if is_long else recorded,
        recorded_file=files.keep_text(world, job_id, recorded) if is_long else None, recorded_whole=whole,
    )  # fmt: skip
    return session, used


def recorded(world: World, session: Session) -> str:
    """What is shown of console messages, network requests and clicks of a session, as JSON."""
    kept = session.recorded_file
    return files.read_text(world, kept) if kept else session.recorded or "{}"


def _recorded(world: World, data: words.TesterDataIn, file: Frozen | None) -> tuple[str, Frozen | None]:
    """What is shown of console messages, network requests and clicks, as JSON: out of a file, if there is one. The file
    comes with it if it holds more than that; a request never does. Raises Invalid.
    """
    if file is None:
        return dumps(data.model_dump(include=set(job_words.Recorded.model_fields))), None
    try:
        found = read(job_words.Recorded, strict_json.parse(files.content(world, file) or b""))
    except Invalid as wrong:
        raise Invalid(f"{RECORDED}.{wrong.details['field']}", str(wrong.details["problem"])) from None
    whole = dumps(found)
    return (whole, None) if len(whole.encode()) <= SHOWN_BYTES_MAX else (dumps(_first_entries(found)), file)


def _first_entries(whole: job_words.Recorded) -> job_words.Recorded:
    """As much of a recording as is shown. A list that does not need its third of the room leaves it to longer ones."""
    sizes = {name: [len(dumps(entry).encode()) + len(",") for entry in entries] for name, entries in whole}
    room, first = SHOWN_BYTES_MAX, {}
    for lists_left, name in zip((3, 2, 1), sorted(sizes, key=lambda name: sum(sizes[name])), strict=True):
        sums = list(accumulate(sizes[name], initial=0))
        count = bisect_right(sums, room // lists_left) - 1
        first[name] = getattr(whole, name)[:count]
        room -= sums[count]
    return whole.model_copy(update=first)
