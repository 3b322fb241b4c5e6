"""Routes as data. A product declares them; app.py hands them to the door; tests and documents read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, Generic, TypeVar, get_args

from chalicelib.core import waiting
from chalicelib.core.files.model import CONTENT_TYPES
from chalicelib.core.identity.model import Admin, Agent, Operator
from chalicelib.core.world import World
from chalicelib.doors.http.shapes import Shape, with_details
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.words import Words

JSON_BYTES_MAX = 1024 * 1024

W = TypeVar("W", bound=Words)


class Who(StrEnum):
    """Whose credentials a route asks for."""

    ANYONE = "anyone"
    AGENT = "agent"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True)
class Request:
    """One HTTP request, free of its framework. Header names are lower-case; `query` keeps the last of each name."""

    method: str
    route: str
    ids: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    source: str
    request_id: str
    base: str = ""
    """What stands before the route's own path where it is deployed, such as the stage."""
    repeated: frozenset[str] = frozenset()
    """The names of headers that came more than once."""

    @property
    def is_file(self) -> bool:
        """Whether the body is the bytes of a file, and not words."""
        return self.content_type in CONTENT_TYPES

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Call(Generic[W]):
    """What a verb is called with: the world, who calls, the words, the ids of the path, and the claim of a key."""

    world: World
    words: W
    ids: Mapping[str, str]
    claim: Claim | None
    request: Request
    caller: Agent | Operator | Admin | None = None

    @property
    def agent(self) -> Agent:
        assert isinstance(self.caller, Agent), "the route asks for an agent"  # noqa: S101
        return self.caller

    @property
    def operator(self) -> Operator:
        assert isinstance(self.caller, Operator), "the route asks for an operator"  # noqa: S101
        return self.caller

    @property
    def admin(self) -> Admin:
        assert isinstance(self.caller, Admin), "the route asks for an admin"  # noqa: S101
        return self.caller


@dataclass(frozen=True)
class Text:
    """An answer that is a whole text and no words, with headers of its own."""

    body: str
    headers: Mapping[str, str]
    not_modified: bool = False
    content_type: str | None = None
    """Its own, where one route answers with texts of several kinds."""


class Page(Words):
    """A whole text; it has an ETag, and is 304 for whoever has it already."""


class Elsewhere(Words):
    """Where to look instead, for now."""


def elsewhere(url: str) -> Text:
    """The answer that leads to another address; whoever follows it does not tell where it was found."""
    return Text("", {"Location": url, "Referrer-Policy": "no-referrer"}, content_type="text/plain; charset=utf-8")


Verb = Callable[[Call[Any]], "Words | Outcome | Text | waiting.Wait"]
Signed = Callable[[World, Request], None]
Declared = type[Words] | Callable[[], type[Words]]
"""The words of a route: `lambda: words.TaskOrder` leaves the module `words` alone until the route is called."""
Answers = type[Words] | Callable[[], type[Words] | UnionType]
"""The words of an answer; some routes have more than one: `lambda: words.FeedPage | words.MyTaskPage`."""


@dataclass(frozen=True)
class Route:
    """One route: its place, who may call it, the verb, the words it reads and the words it answers."""

    method: str
    path: str
    who: Who
    verb: Verb
    reads: Declared
    answers: Answers
    status: int = 200
    once: bool = False
    uploads: bool = False
    """A small file may be the body itself."""
    upload_limit: bool = False
    """As many requests a minute are let in as there is a limit for uploads."""
    produces: str = "application/json"
    requests_a_visit: int = 1
    """How often one visit asks for this route; so many times the usual number of requests a minute are let in."""
    no_store: bool = False
    """The answer is for the caller alone: nobody on the way, and no claim of ours, keeps it."""
    errors: Shape = with_details
    """How its refusals look."""
    signed: Signed | None = None
    """Who sent the bytes is proven by a signature over them, which is looked at before a word is read."""
    waits: bool = False
    """The verb answers with a Wait; after a deed, with one that `core.waiting.after` made."""
    repeats: str | None = None
    """The path of another route whose deed this is: under one Idempotency-Key the two repeat each other."""

    @property
    def deed(self) -> tuple[str, str]:
        """What makes a request under a key another one, beside its words."""
        return self.method, self.repeats or self.path

    @property
    def words(self) -> type[Words]:
        return self.reads if isinstance(self.reads, type) else self.reads()

    @property
    def answer(self) -> tuple[type[Words], ...]:
        """The words of the answer, or the kinds of words that it may be."""
        answers = self.answers if isinstance(self.answers, type) else self.answers()
        return get_args(answers) if isinstance(answers, UnionType) else (answers,)

    @property
    def name(self) -> str:
        """The route template, as rate limits and fingerprints know it."""
        return f"{self.method} {self.path}"

    @property
    def methods(self) -> list[str]:
        """What it is asked by. Who follows a link may look where it leads before they read what is there."""
        return [self.method, "HEAD"] if self.answers is Elsewhere else [self.method]

    @property
    def content_types(self) -> list[str]:
        return ["application/json", *CONTENT_TYPES] if self.uploads else ["application/json"]


class Routes:
    """The routes of one product, gathered by decorators in the order of the file."""

    def __init__(self, errors: Shape = with_details) -> None:
        self.all: list[Route] = []
        self._errors = errors

    def get(
        self, path: str, who: Who, words: Declared, answer: Answers, *, status: int = 200,
        produces: str = "application/json", requests_a_visit: int = 1, no_store: bool = False, waits: bool = False,
    ) -> Callable[[Verb], Verb]:  # fmt: skip
        """Declare a read. `words` are read from the query. With `waits` the verb answers with a Wait."""
        more = {"produces": produces, "requests_a_visit": requests_a_visit, "no_store": no_store, "status": status}
        more |= {"waits": waits}
        return self._declare("GET", path, who, words, answer, **more)

    def post(
        self, path: str, who: Who, words: Declared, answer: Answers, *, status: int = 200, once: bool = True,
        uploads: bool = False, upload_limit: bool = False, no_store: bool = False, signed: Signed | None = None,
        waits: bool = False, repeats: str | None = None,
    ) -> Callable[[Verb], Verb]:  # fmt: skip
        """Declare a deed. With `once` it honours the Idempotency-Key of a known caller.

        `signed` raises Unauthenticated for a request that does not carry its sender's signature. With `waits` the verb
        answers with a Wait for what becomes of the deed. `repeats` is the path of a route with the same deed and words.
        """
        more = {"status": status, "once": once, "no_store": no_store, "signed": signed, "waits": waits}
        taken = {"uploads": uploads, "upload_limit": upload_limit, "repeats": repeats}
        return self._declare("POST", path, who, words, answer, **more, **taken)

    def patch(
        self, path: str, who: Who, words: Declared, answer: Answers, *, once: bool = True
    ) -> Callable[[Verb], Verb]:  # fmt: skip
        """Declare a change of some fields. With `once` it honours the Idempotency-Key of a known caller."""
        return self._declare("PATCH", path, who, words, answer, once=once)

    def delete(self, path: str, who: Who, words: Declared, answer: Answers) -> Callable[[Verb], Verb]:
        """Declare a removal."""
        return self._declare("DELETE", path, who, words, answer)

    def _declare(self, method: str, path: str, who: Who, *rest: Any, **more: Any) -> Callable[[Verb], Verb]:
        def keep(verb: Verb) -> Verb:
            self.all.append(Route(method, path, who, verb, *rest, **{"errors": self._errors, **more}))
            return verb

        return keep
