"""A model on Amazon Bedrock: one `converse` call, in which it must call the tool.

Credentials are the function's own role.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.core.asking.model import NoAnswer, Question
from chalicelib.kit import aws


@dataclass(frozen=True)
class BedrockModel:
    """One model of Bedrock, by its id or the id of an inference profile."""

    model: str

    @property
    def name(self) -> str:
        return f"bedrock:{self.model}"

    def ask(self, question: Question) -> object:
        """What the tool was called with. Raises NoAnswer."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = aws.bedrock_runtime(question.seconds).converse(**self._request(question))
        except ClientError as refused:
            raise NoAnswer(f"Bedrock refused: {refused.response['Error']['Code']}") from refused
        except BotoCoreError as problem:
            raise NoAnswer(f"Bedrock did not answer: {type(problem).__name__}") from problem
        return _tool_input(answer, question.tool.name)

    def _request(self, question: Question) -> dict[str, Any]:
        tool = question.tool
        told = {"name": tool.name, "description": tool.says, "inputSchema": {"json": tool.schema}}
        return {
            "modelId": self.model,
            "system": [{"text": question.system}],
            "messages": [{"role": "user", "content": list(_content(question))}],
            "inferenceConfig": {"maxTokens": question.answer_tokens_max},
            "toolConfig": {"tools": [{"toolSpec": told}], "toolChoice": {"tool": {"name": tool.name}}},
        }


def _content(question: Question) -> Iterator[dict[str, Any]]:
    yield {"text": question.words}
    for picture in question.pictures:
        yield {"text": picture.label}
        yield {"image": {"format": picture.content_type.removeprefix("image/"), "source": {"bytes": picture.content}}}


def _tool_input(answer: Any, tool: str) -> object:
    """The words of the one tool call. Raises NoAnswer: what was cut short or withheld is none."""
    if answer.get("stopReason") != "tool_use":
        raise NoAnswer(f"Bedrock stopped by {answer.get('stopReason')}")
    message = (answer.get("output") or {}).get("message") or {}
    calls = [block["toolUse"] for block in message.get("content") or [] if "toolUse" in block]
    if len(calls) != 1 or calls[0].get("name") != tool:
        raise NoAnswer("Bedrock answered without one call of the tool")
    return calls[0].get("input")
