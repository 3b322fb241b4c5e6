"""A model behind any OpenAI-compatible endpoint: OpenAI, vLLM, Ollama and many more.

One POST {base}/chat/completions in which the model must call the function. An endpoint that ignores tools may answer
with the same JSON as its content, and nothing beside it.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.asking import text
from chalicelib.core.asking.model import NoAnswer, Picture, Question
from chalicelib.kit import outside


@dataclass(frozen=True)
class OpenAiModel:
    """One model of one endpoint; without a key it sends none, as a server on one's own machine needs none."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        return f"openai:{self.model}"

    def ask(self, question: Question) -> object:
        """What the function was called with. Raises NoAnswer."""
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        url = f"{self.base_url.rstrip('/')}/chat/completions"
        try:
            answer = outside.call("POST", url, words=self._request(question), headers=headers, seconds=question.seconds)
        except (outside.Unreached, outside.Unanswered) as problem:
            raise NoAnswer(f"the endpoint did not answer: {problem}") from problem
        if not answer.ok:
            raise NoAnswer(f"the endpoint answered {answer.status}")
        try:
            return text.loads(_arguments(answer.json, question.tool.name))
        except ValueError:
            raise NoAnswer("the endpoint's answer is not the JSON that was asked for") from None

    def _request(self, question: Question) -> dict[str, Any]:
        tool = question.tool
        function = {"name": tool.name, "description": tool.says, "parameters": tool.schema}
        return {
            "model": self.model,
            "messages": [
                {"role": "system", "content": question.system},
                {"role": "user", "content": list(_content(question))},
            ],
            "max_completion_tokens": question.answer_tokens_max,
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": tool.name}},
        }


def _content(question: Question) -> Iterator[dict[str, Any]]:
    yield {"type": "text", "text": question.words}
    for picture in question.pictures:
        yield {"type": "text", "text": picture.label}
        yield {"type": "image_url", "image_url": {"url": _data_url(picture)}}


def _data_url(picture: Picture) -> str:
    return f"data:{picture.content_type};base64,{base64.b64encode(picture.content).decode()}"


def _arguments(answer: Any, tool: str) -> object:
    """The JSON text of the one function call, or of the content where there is none. Raises NoAnswer."""
    try:
        choice = answer["choices"][0]
        message, stopped = choice["message"], choice["finish_reason"]
        calls = [call["function"] for call in message.get("tool_calls") or []]
        refusal, content = message.get("refusal"), message.get("content")
        names = [call["name"] for call in calls]
    except (AttributeError, IndexError, KeyError, TypeError):
        raise NoAnswer("the endpoint's answer is no chat completion") from None
    if stopped not in ("stop", "tool_calls") or refusal:
        raise NoAnswer(f"the model stopped by {'refusal' if refusal else stopped}")
    if not calls:
        return content
    if names != [tool]:
        raise NoAnswer("the model answered without one call of the function")
    return calls[0].get("arguments")
