"""Settings: everything that a deployment can be told. docs/configuration.md lists them.

Read once per container, checked whole, frozen.
"""

from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from chalicelib.kit import config, money

TABLES = (
    "identity", "ledger", "agenda", "events", "board", "tasks", "files", "deposits", "payouts", "ephemeral",
)  # fmt: skip
QUEUES = ("timers", "courier", "judge")
LIVE_PROVIDERS = ("api.dlocal.com", "api.payoneer.com", "login.payoneer.com")


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
    payout_cooling_hours: NonNegativeInt | None = None
    """How long a payout waits whose destination is new. Unset: 24 in live, 0 in test."""
    payout_review_usd: NonNegativeInt | None = None
    """Above this sum a day an operator's payouts wait for a person; 0: never. Unset: 1,000 in live, 0 in test."""
    payout_refused_addresses: str = ""
    """Wallets that nobody is paid to, separated by commas: tokens, and wallets of the deployment itself."""
    fiat_hold_days: PositiveInt = 30
    """How long a reward waits that was paid by an agent with a fiat deposit in the last 60 days."""
    byhand_public_url: str = ""
    """Where this deployment is reached, such as https://api.example.com: where providers send their notices."""
    dlocal_base_url: str = ""
    """The API of dLocal; without it and its three keys there are no fiat deposits in live."""
    dlocal_login: str = ""
    """Sent as X-Login."""
    dlocal_trans_key: str = ""
    """Sent as X-Trans-Key."""
    dlocal_secret: str = ""
    """The key that signs what is sent to dLocal."""
    dlocal_webhook_secret: str = ""
    """The key that signs what dLocal sends; without it every notice is refused."""
    dlocal_country: str = ""
    """The payer's country as dLocal wants it, such as US; left out of the request when unset."""
    payoneer_base_url: str = ""
    """The API of Payoneer; without it and the three settings below nobody is paid by Payoneer."""
    payoneer_token_url: str = ""
    """Where tokens of Payoneer are issued, if that is not below its base URL."""
    payoneer_program_id: str = ""
    """The programme that payouts belong to."""
    payoneer_client_id: str = ""
    """Who asks for a token."""
    payoneer_client_secret: str = ""
    """The secret of who asks."""
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

    @property
    def payout_cooling(self) -> timedelta:
        """How long a payout to a new destination waits (ruling 26)."""
        if self.payout_cooling_hours is None:
            return timedelta(hours=0 if self.test_mode else 24)
        return timedelta(hours=self.payout_cooling_hours)

    @property
    def payout_review_micros(self) -> int:
        """The sum of a day above which payouts wait for a person; 0 when they never do (ruling 26)."""
        if self.payout_review_usd is None:
            return 0 if self.test_mode else money.usd(1_000)
        return money.usd(self.payout_review_usd)

    @property
    def refused_addresses(self) -> frozenset[str]:
        """Wallets that nobody is paid to, in small letters."""
        return frozenset(filter(None, (one.strip().lower() for one in self.payout_refused_addresses.split(","))))

    @property
    def has_dlocal(self) -> bool:
        """Whether all that is needed to ask dLocal is set."""
        keys = (self.dlocal_login, self.dlocal_trans_key, self.dlocal_secret)
        return all((self.dlocal_base_url, self.byhand_public_url, *keys))

    @property
    def has_payoneer(self) -> bool:
        """Whether all that is needed to pay by Payoneer is set."""
        keys = (self.payoneer_program_id, self.payoneer_client_id, self.payoneer_client_secret)
        return all((self.payoneer_base_url, *keys))

    @model_validator(mode="after")
    def _providers_fit_the_mode(self) -> "Settings":
        """Play money never meets a provider of real money, and real money never travels in the clear (ruling 2)."""
        for name in ("dlocal_base_url", "payoneer_base_url", "payoneer_token_url"):
            url = getattr(self, name)
            if self.test_mode and urlsplit(url).hostname in LIVE_PROVIDERS:
                raise ValueError(f"{name.upper()} leads to real money; it must not when BYHAND_MODE is test")
            if url and not self.test_mode and urlsplit(url).scheme != "https":
                raise ValueError(f"{name.upper()} must begin with https:// when BYHAND_MODE is live")
        return self

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
