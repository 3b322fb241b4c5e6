"""A Guardian behind any OpenAI-compatible endpoint that can see: OpenAI, vLLM, Ollama and many more.

One POST {base}/chat/completions in which the model must call the function `verdict`. An endpoint that ignores tools may
answer with the same JSON as its content, and nothing beside it.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.judge import prompt
from chalicelib.core.ports.judge import Case, JudgeUnavailable, Verdict
from chalicelib.kit import outside


@dataclass(frozen=True)
class OpenAiJudge:
    """Asks one model of one endpoint; without a key it sends none, as a server on one's own machine needs none."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    seconds: int = 60

    def judge(self, case: Case) -> Verdict:
        """The model's verdict. Raises JudgeUnavailable."""
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        url = f"{self.base_url.rstrip('/')}/chat/completions"
        try:
            answer = outside.call("POST", url, words=self._question(case), headers=headers, seconds=self.seconds)
        except (outside.Unreached, outside.Unanswered) as problem:
            raise JudgeUnavailable(f"the endpoint did not answer: {problem}") from problem
        if not answer.ok:
            raise JudgeUnavailable(f"the endpoint answered {answer.status}")
        return prompt.read_json(_arguments(answer.json), case, f"openai:{self.model}")

    def _question(self, case: Case) -> dict[str, Any]:
        function = {"name": prompt.TOOL, "description": prompt.TOOL_SAYS, "parameters": prompt.schema(case)}
        return {
            "model": self.model,
            "messages": [
                {"role": "system", "content": prompt.SYSTEM},
                {"role": "user", "content": list(_content(case))},
            ],
            "max_completion_tokens": prompt.ANSWER_TOKENS_MAX,
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": prompt.TOOL}},
        }


def _content(case: Case) -> Iterator[dict[str, Any]]:
    words, shown = prompt.question(case)
    yield {"type": "text", "text": words}
    for picture in shown:
        yield {"type": "text", "text": picture.label}
        yield {"type": "image_url", "image_url": {"url": _data_url(picture)}}


def _data_url(picture: prompt.Shown) -> str:
    return f"data:{picture.content_type};base64,{base64.b64encode(picture.content).decode()}"


def _arguments(answer: Any) -> object:
    """The JSON text of the one function call, or of the content where there is none. Raises JudgeUnavailable."""
    try:
        choice = answer["choices"][0]
        message, stopped = choice["message"], choice["finish_reason"]
        calls = [call["function"] for call in message.get("tool_calls") or []]
        refusal, content = message.get("refusal"), message.get("content")
        names = [call["name"] for call in calls]
    except (AttributeError, IndexError, KeyError, TypeError):
        raise JudgeUnavailable("the endpoint's answer is no chat completion") from None
    if stopped not in ("stop", "tool_calls") or refusal:
        raise JudgeUnavailable(f"the model stopped by {'refusal' if refusal else stopped}")
    if not calls:
        return content
    if names != [prompt.TOOL]:
        raise JudgeUnavailable("the model answered without one call of the function")
    return calls[0].get("arguments")
