"""A Guardian on Amazon Bedrock: one `converse` call, in which the model must call the tool `verdict`.

Credentials are the function's own role. Nothing is asked again here: a person decides when there is no verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.core.judge import prompt
from chalicelib.core.ports.judge import Case, JudgeUnavailable, Verdict
from chalicelib.kit import aws


@dataclass(frozen=True)
class BedrockJudge:
    """Asks one model of Bedrock, by its id or the id of an inference profile."""

    model: str
    seconds: int = 60

    def judge(self, case: Case) -> Verdict:
        """The model's verdict. Raises JudgeUnavailable."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = aws.bedrock_runtime(self.seconds).converse(**self._question(case))
        except ClientError as refused:
            raise JudgeUnavailable(f"Bedrock refused: {refused.response['Error']['Code']}") from refused
        except BotoCoreError as problem:
            raise JudgeUnavailable(f"Bedrock did not answer: {type(problem).__name__}") from problem
        return prompt.read(_tool_input(answer), case, f"bedrock:{self.model}")

    def _question(self, case: Case) -> dict[str, Any]:
        tool = {
            "name": prompt.TOOL, "description": prompt.TOOL_SAYS, "inputSchema": {"json": prompt.schema(case)},
        }  # fmt: skip
        return {
            "modelId": self.model,
            "system": [{"text": prompt.SYSTEM}],
            "messages": [{"role": "user", "content": list(_content(case))}],
            "inferenceConfig": {"maxTokens": prompt.ANSWER_TOKENS_MAX},
            "toolConfig": {"tools": [{"toolSpec": tool}], "toolChoice": {"tool": {"name": prompt.TOOL}}},
        }


def _content(case: Case) -> Iterator[dict[str, Any]]:
    words, shown = prompt.question(case)
    yield {"text": words}
    for picture in shown:
        yield {"text": picture.label}
        yield {"image": {"format": picture.content_type.removeprefix("image/"), "source": {"bytes": picture.content}}}


def _tool_input(answer: Any) -> object:
    """The words of the one tool call. Raises JudgeUnavailable: an answer cut short or withheld is no verdict."""
    if answer.get("stopReason") != "tool_use":
        raise JudgeUnavailable(f"Bedrock stopped by {answer.get('stopReason')}")
    message = (answer.get("output") or {}).get("message") or {}
    calls = [block["toolUse"] for block in message.get("content") or [] if "toolUse" in block]
    if len(calls) != 1 or calls[0].get("name") != prompt.TOOL:
        raise JudgeUnavailable("Bedrock answered without one call of the tool")
    return calls[0].get("input")
