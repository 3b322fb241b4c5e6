"""A Guardian that asks a model. Nothing is asked again here: a person decides when there is no verdict."""

from dataclasses import dataclass

from chalicelib.core.asking.model import Model, NoAnswer
from chalicelib.core.judge import prompt
from chalicelib.core.ports.judge import Case, JudgeUnavailable, Verdict


@dataclass(frozen=True)
class ModelJudge:
    """Asks one model, which has so many seconds for its verdict."""

    model: Model
    seconds: int = 60

    def judge(self, case: Case) -> Verdict:
        """The model's verdict. Raises JudgeUnavailable."""
        try:
            answer = self.model.ask(prompt.question(case, self.seconds))
        except NoAnswer as problem:
            raise JudgeUnavailable(str(problem)) from problem
        return prompt.read(answer, case, self.model.name)
