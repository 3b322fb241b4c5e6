"""Resources: the names of what infra/resources.yaml describes, as the template tells them to every function."""

from typing import Annotated

from pydantic import BaseModel, Field

TABLES = (
    "identity", "ledger", "agenda", "events", "board", "tasks", "qa", "files", "deposits", "payouts", "ephemeral",
)  # fmt: skip
QUEUES = ("timers", "courier", "judge")

Variable = Annotated[str, Field(min_length=1)]


class Resources(BaseModel):
    """What a deployment stands on. Each field is the environment variable of the same name, in upper case."""

    identity_table: Variable
    ledger_table: Variable
    agenda_table: Variable
    events_table: Variable
    board_table: Variable
    tasks_table: Variable
    qa_table: Variable
    files_table: Variable
    deposits_table: Variable
    payouts_table: Variable
    ephemeral_table: Variable
    timers_queue_url: Variable
    courier_queue_url: Variable
    judge_queue_url: Variable
    files_bucket: Variable
    data_key_id: Variable

    def table_names(self) -> dict[str, str]:
        """The physical name of every table by the name that the code uses."""
        return {name: getattr(self, f"{name}_table") for name in TABLES}

    def queue_urls(self) -> dict[str, str]:
        """The URL of every queue by the name that the code uses."""
        return {name: getattr(self, f"{name}_queue_url") for name in QUEUES}
