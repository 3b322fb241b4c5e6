"""A model behind a real socket: it speaks Bedrock's wire or OpenAI's, says what it is told to, and keeps what it heard.

with serving(bedrock({...})) as model: …        model.heard[0].words is the request as it came
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from chalicelib.core.asking.bedrock import BedrockModel
from chalicelib.core.asking.model import Model as Asked
from chalicelib.core.asking.openai import OpenAiModel
from chalicelib.core.judge.by_model import ModelJudge
from chalicelib.kit import aws
from tests.loopback import Quiet, handling

MODEL = "a.model-v1:0"
KEY = "the-key-of-the-endpoint"
Says = tuple[int, Any]


@dataclass(frozen=True)
class Heard:
    """One request: its path, its headers in lower case, its JSON."""

    path: str
    headers: Mapping[str, str]
    words: Any


@dataclass
class Model:
    """A server that is running. `silence` keeps it from answering before the test is over."""

    says: Says
    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    silent: bool = False
    over: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Wire:
    """One of the two wires: how an answer is said on it, and what a request held."""

    name: str
    model: Callable[[Model], Asked]
    says: Callable[..., Says]
    system: Callable[[Any], str]
    texts: Callable[[Any], list[str]]
    pictures: Callable[[Any], list[bytes]]
    tool: Callable[[Any], tuple[Any, Any, Any]]

    def judge(self, model: Model, seconds: int) -> ModelJudge:
        """A Guardian that asks the model over this wire."""
        return ModelJudge(self.model(model), seconds)


def answer(*met: bool, confidence: Any = 95, **other: Any) -> dict[str, Any]:
    """The words of a verdict, one result for each of `met`."""
    results = [
        {"index": index, "met": one, "confidence": 95 if one else 5, "note": "as seen"}
        for index, one in enumerate(met, 1)
    ]
    return {"requirements": results, "confidence": confidence, "reasoning": "I looked.", **other}


def bedrock(words: Any, stop: str = "tool_use", name: str = "verdict") -> Says:
    """A verdict as Bedrock says it."""
    call = {"toolUse": {"toolUseId": "t1", "name": name, "input": words}}
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    message = {"role": "assistant", "content": [{"text": "Let me see."}, call]}
    return 200, {"output": {"message": message}, "stopReason": stop, "usage": usage, "metrics": {"latencyMs": 1}}


def openai(words: Any, stop: str = "stop", name: str = "verdict", **message: Any) -> Says:
    """A verdict as an OpenAI-compatible endpoint says it."""
    function = {"name": name, "arguments": words if isinstance(words, str) else json.dumps(words)}
    call = {"id": "c1", "type": "function", "function": function}
    said = {"role": "assistant", "content": None, "tool_calls": [call], **message}
    return 200, {"choices": [{"index": 0, "message": said, "finish_reason": stop}]}


def _bedrock_parts(words: Any, kind: str) -> list[Any]:
    return [part[kind] for part in words["messages"][0]["content"] if kind in part]


def _openai_parts(words: Any, kind: str) -> list[Any]:
    return [part[kind] for part in words["messages"][1]["content"] if part["type"] == kind]


BEDROCK = Wire(
    "bedrock", lambda model: BedrockModel(MODEL), bedrock,
    system=lambda words: str(words["system"][0]["text"]),
    texts=lambda words: _bedrock_parts(words, "text"),
    pictures=lambda words: [base64.b64decode(one["source"]["bytes"]) for one in _bedrock_parts(words, "image")],
    tool=lambda words: (
        words["toolConfig"]["tools"][0]["toolSpec"]["name"],
        words["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"],
        words["toolConfig"]["toolChoice"],
    ),
)  # fmt: skip
OPENAI = Wire(
    "openai", lambda model: OpenAiModel(f"{model.url}/v1/", MODEL, KEY), openai,
    system=lambda words: str(words["messages"][0]["content"]),
    texts=lambda words: _openai_parts(words, "text"),
    pictures=lambda words: [
        base64.b64decode(one["url"].partition(",")[2]) for one in _openai_parts(words, "image_url")
    ],
    tool=lambda words: (
        words["tools"][0]["function"]["name"], words["tools"][0]["function"]["parameters"], words["tool_choice"],
    ),
)  # fmt: skip
WIRES = pytest.mark.parametrize("wire", [BEDROCK, OPENAI], ids=lambda wire: wire.name)


@contextmanager
def serving(says: Says, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """Serve on loopback until the block ends; Bedrock's client is pointed there."""
    model = Model(says)
    with handling(_handler(model)) as model.url:
        yield from _pointed_at(model, monkeypatch)


def _pointed_at(model: Model, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    for name, setting in (
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", model.url), ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_DEFAULT_REGION", "us-east-1"),
    ):  # fmt: skip
        monkeypatch.setenv(name, setting)
    aws.reset()
    try:
        yield model
    finally:
        model.over.set()
        aws.reset()


def _handler(model: Model) -> type[BaseHTTPRequestHandler]:
    class Handler(Quiet):
        def do_POST(self) -> None:  # noqa: N802 the name of the standard library
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            model.heard.append(Heard(self.path, headers, json.loads(body)))
            if model.silent:
                model.over.wait(10)
                return
            status, said = model.says
            answered = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answered)))
            self.end_headers()
            self.wfile.write(answered)

    return Handler
