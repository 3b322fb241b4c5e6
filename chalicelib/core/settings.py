"""Settings: everything that a deployment can be told. docs/configuration.md lists them.

Read once per container, checked whole, frozen.
"""

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from chalicelib.kit import config, money

TABLES = (
    "identity", "ledger", "agenda", "events", "board", "tasks", "files", "deposits", "payouts", "ephemeral",
)  # fmt: skip
QUEUES = ("timers", "courier", "judge")


Variable = Annotated[str, Field(min_length=1)]


class Settings(BaseModel):
    """Everything a deployment can be told. Each field is the environment variable of the same name, in upper case."""

    model_config = ConfigDict(frozen=True)

    byhand_mode: Literal["test", "live"] = "live"
    """`test`: play money, and a clock that moves. `live`: real money, and no switch that only a test may have."""
    byhand_registration: Literal["open", "admin_key", "closed"] | None = None
    """Who may register agents: anybody, who holds a registration key, nobody. Unset: open in test, else admin_key."""
    byhand_registration_key_hashes: str = ""
    """The keys for registration as `name:sha256,name:sha256`, in hex; without any, `admin_key` lets nobody in."""
    byhand_admin_key_hashes: str = ""
    """The keys of the backoffice, spelled like those for registration; without any, it is closed to everybody."""
    byhand_allow_loopback_urls: bool = False
    """Webhooks may call this machine. For a laptop; refused in live and in Lambda."""
    byhand_external_proof_urls: bool | None = None
    """Proof may be a link to elsewhere, which nobody here reads. Unset: true in test; refused in live."""
    byhand_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least important lines that are logged."""
    allow_dev_operator_id_header: bool = False
    """Operators may say who they are by X-Operator-Id alone. Refused in live."""
    auto_approve_max_usd: NonNegativeInt | None = None
    """Above this reward a person decides, however sure the Guardian is. Unset: no limit in test, 500 in live."""
    manual_review_hours: PositiveInt = 72
    """How long an agent may leave a manual review unanswered before it becomes a dispute."""
    hold_days: PositiveInt = 7
    """How long earnings wait before they can be paid out."""
    open_assignments_max: PositiveInt = 5
    """How many tasks an operator may have open at once."""
    webhook_disable_after: PositiveInt = 10
    """How many deliveries in a row may run out of tries before a webhook endpoint is disabled."""
    rate_limit_per_minute: PositiveInt = 100
    """Requests a minute per source, account and route."""
    upload_limit_per_minute: PositiveInt = 10
    """The same for uploads."""

    identity_table: Variable
    ledger_table: Variable
    agenda_table: Variable
    events_table: Variable
    board_table: Variable
    tasks_table: Variable
    files_table: Variable
    deposits_table: Variable
    payouts_table: Variable
    ephemeral_table: Variable
    timers_queue_url: Variable
    courier_queue_url: Variable
    judge_queue_url: Variable
    files_bucket: Variable
    data_key_id: Variable
    aws_lambda_function_name: str = ""
    """Set by Lambda itself; how a deployment knows that it is no laptop."""

    @property
    def test_mode(self) -> bool:
        """Whether money is play money here (ruling 2)."""
        return self.byhand_mode == "test"

    @property
    def registration(self) -> Literal["open", "admin_key", "closed"]:
        """Who may register agents: open in test mode, behind a registration key in live, unless said otherwise."""
        return self.byhand_registration or ("open" if self.test_mode else "admin_key")

    @property
    def external_proof_urls(self) -> bool:
        """Whether proof may name pictures that were not uploaded here."""
        return self.test_mode if self.byhand_external_proof_urls is None else self.byhand_external_proof_urls

    @property
    def auto_approve_max_micros(self) -> int | None:
        """The largest reward that the Guardian may approve by itself; None when there is no limit (ruling 13)."""
        if self.auto_approve_max_usd is None:
            return None if self.test_mode else money.usd(500)
        return money.usd(self.auto_approve_max_usd)

    @model_validator(mode="after")
    def _live_means_live(self) -> "Settings":
        """A live deployment refuses to start with anything switched on that only a test may have (ruling 2)."""
        if not self.test_mode:
            for name in ("allow_dev_operator_id_header", "byhand_allow_loopback_urls", "byhand_external_proof_urls"):
                if getattr(self, name):
                    raise ValueError(f"{name.upper()} must be off when BYHAND_MODE is live")
        if self.aws_lambda_function_name and self.byhand_allow_loopback_urls:
            raise ValueError("BYHAND_ALLOW_LOOPBACK_URLS is for a laptop; it must be off in Lambda")
        return self

    def table_names(self) -> dict[str, str]:
        """The physical name of every table by the name that the code uses."""
        return {name: getattr(self, f"{name}_table") for name in TABLES}

    def queue_urls(self) -> dict[str, str]:
        """The URL of every queue by the name that the code uses."""
        return {name: getattr(self, f"{name}_queue_url") for name in QUEUES}


class Mode(BaseModel):
    """The one setting that is needed before the resources are there: it decides which routes exist at all."""

    byhand_mode: Literal["test", "live"] = "live"


def test_mode_at_import() -> bool:
    """Whether this is a test deployment. Raises ConfigurationError."""
    return config.read(Mode).byhand_mode == "test"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read at first use. Raises ConfigurationError."""
    return config.read(Settings)
