"""Settings: everything that a deployment can be told. docs/configuration.md lists them.

Read once per container, checked whole, frozen.
"""

from datetime import timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, field_validator, model_validator

from chalicelib.core.resources import Resources
from chalicelib.kit import config, money

LOOPBACK = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")
LIVE_PROVIDERS = ("api.dlocal.com", "api.payoneer.com", "login.payoneer.com")

TASK_TYPES = (
    "VERIFICATION", "PHOTO", "DELIVERY", "INSPECTION", "CAPTCHA_SOLVING", "FORM_FILLING", "BROWSER_INTERACTION",
    "CONTENT_REVIEW", "DATA_VALIDATION", "ACCOUNT_CREATION", "API_KEY_PROCUREMENT", "PHONE_VERIFICATION",
    "SUBSCRIPTION_SETUP",
)  # fmt: skip
"""What BYHAND_DISABLED_TASK_TYPES may name; the product that sells them says what they are."""
# What can be used against third parties (ruling 25): off in live until somebody has thought about it and said so.
AGAINST_OTHERS = ("CAPTCHA_SOLVING", "ACCOUNT_CREATION", "PHONE_VERIFICATION")


class Settings(Resources):
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
    byhand_mcp_origins: str = ""
    """The web pages that may call MCP from a browser, as `https://one,https://two`; in test, those of this machine."""
    byhand_external_proof_urls: bool | None = None
    """Proof may be a link to elsewhere, which nobody here reads. Unset: true in test; refused in live."""
    byhand_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least important lines that are logged."""
    byhand_wait_seconds: PositiveInt = Field(default=25, le=600)
    """How long one exchange may wait for people, at most 600; behind API Gateway no more than 25."""
    allow_dev_operator_id_header: bool = False
    """Operators may say who they are by X-Operator-Id alone. Refused in live."""
    operator_jwks_url: str = ""
    """Where the identity provider of operators publishes its keys. Without it and the issuer no token is taken."""
    operator_jwt_issuer: str = ""
    """Who must have issued an operator's token, letter by letter as in its `iss`."""
    operator_jwt_authorized_parties: str = ""
    """The pages that may have asked for a token (`azp`), separated by commas; without any, it is not looked at."""
    operator_jwt_audience: str = ""
    """For whom a token must be meant (`aud`); without it, that is not looked at."""
    kyc_webhook_secret: str = ""
    """The secret under which the identity check signs its notices; without it, every notice is refused."""
    kyc_webhook_algorithm: Literal["HMAC_SHA256_HEX", "HMAC_SHA512_HEX", "HMAC_SHA1_HEX"] = "HMAC_SHA256_HEX"
    """How it signs them; a notice that names another algorithm is refused."""
    auto_approve_max_usd: NonNegativeInt | None = None
    """Above this reward a person decides, however sure the Guardian is. Unset: no limit in test, 500 in live."""
    manual_review_hours: PositiveInt = 72
    """How long an agent may leave a manual review unanswered before it becomes a dispute."""
    hold_days: PositiveInt = 7
    """How long earnings wait before they can be paid out."""
    dispute_days: PositiveInt = 14
    """How long a dispute waits for the backoffice before it ends by itself."""
    tester_share_percent: PositiveInt = Field(default=60, le=100)
    """The tester's part of what a test ordered from now on costs; the house keeps the rest."""
    analyses_per_day: PositiveInt = 200
    """How many issues and pull requests an account may have analysed in one UTC day."""
    open_assignments_max: PositiveInt = 5
    """How many pieces of work an operator may have open at once, of all products."""
    give_backs_per_day: PositiveInt = 10
    """How many pieces of work an operator may give back, or leave, in one UTC day."""
    byhand_disabled_task_types: str | None = None
    """Task types that are refused, as `PHOTO,DELIVERY`; `none` for none. Unset: none in test, three in live."""
    guardian: Literal["built_in", "bedrock", "openai"] = "built_in"
    """Who looks at proof: checks that need no model, a model of Amazon Bedrock, or an OpenAI-compatible endpoint."""
    guardian_model: str = ""
    """The model that is asked: its id, with Bedrock perhaps that of an inference profile."""
    guardian_base_url: str = ""
    """Where the OpenAI-compatible endpoint is, such as https://api.openai.com/v1; https in live."""
    guardian_api_key: str = Field(default="", repr=False)
    """The bearer token of that endpoint; without one, none is sent."""
    guardian_seconds: PositiveInt = Field(default=60, le=90)
    """How long a model may take, at most 90; then a person decides."""
    reader_model: str = ""
    """The model of the same provider that reads reports; without one, the Guardian's does."""
    webhook_disable_after: PositiveInt = 10
    """How many deliveries in a row may run out of tries before a webhook endpoint is disabled."""
    payout_cooling_hours: NonNegativeInt | None = None
    """How long a payout waits whose destination is new. Unset: 24 in live, 0 in test."""
    payout_review_usd: NonNegativeInt | None = None
    """Above this sum a day an operator's payouts wait for a person; 0: never. Unset: 1,000 in live, 0 in test."""
    payout_refused_addresses: str = ""
    """Wallets that nobody is paid to, separated by commas: tokens, and wallets of the deployment itself."""
    credential_retention_days: PositiveInt = 30
    """How long after its task's end an encrypted credential is kept; then it is removed."""
    fiat_hold_days: PositiveInt = 30
    """How long a reward waits that was paid by an agent with a fiat deposit in the last 60 days."""
    byhand_public_url: str = ""
    """Where this deployment is reached, such as https://api.example.com: for providers' notices and links to files."""
    file_link_days: PositiveInt = 30
    """How long a link to a file lasts that is passed on to others; it needs BYHAND_PUBLIC_URL."""
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
    github_api_url: str = "https://api.github.com"
    """GitHub's REST API: where files of repositories are read and issues are opened."""
    github_token: str = Field(default="", repr=False)
    """A user's token that may open issues where the backoffice grants it. Without one, none is opened."""
    byhand_slack: bool = False
    """There is a channel of Slack to tell. The template says so to whoever does not know its webhook."""
    slack_webhook_url: str = Field(default="", repr=False)
    """The incoming webhook of the Slack channel where testers wait. Without it, nobody is told there."""
    rate_limit_per_minute: PositiveInt = 100
    """Requests a minute per source, account and route."""
    upload_limit_per_minute: PositiveInt = 10
    """The same for uploads."""
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
    def disabled_task_types(self) -> frozenset[str]:
        """The task types that this deployment does not take (ruling 25)."""
        if self.byhand_disabled_task_types is None:
            return frozenset() if self.test_mode else frozenset(AGAINST_OTHERS)
        return frozenset(config.names(self.byhand_disabled_task_types))

    @field_validator("byhand_disabled_task_types")
    @classmethod
    def _known_task_types(cls, text: str | None) -> str | None:
        """A type that is misspelt would stay on without anybody noticing."""
        if text is not None and (unknown := set(config.names(text)) - set(TASK_TYPES)):
            raise ValueError(
                f"{', '.join(sorted(unknown))}: no such task type; one of {', '.join(TASK_TYPES)}, or none"
            )
        return text

    @property
    def tells_slack(self) -> bool:
        """Whether testers are told of new work in Slack."""
        return self.byhand_slack or bool(self.slack_webhook_url)

    def hold(self, *, fiat: bool) -> timedelta:
        """How long earnings wait; longer when the money behind them can still be taken back (ruling 27)."""
        return timedelta(days=max(self.hold_days, self.fiat_hold_days) if fiat else self.hold_days)

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

    @model_validator(mode="after")
    def _tokens_are_whole(self) -> "Settings":
        """Keys without an issuer would take tokens that were meant for somebody else."""
        if bool(self.operator_jwks_url) != bool(self.operator_jwt_issuer):
            raise ValueError("OPERATOR_JWKS_URL and OPERATOR_JWT_ISSUER go together: set both, or neither")
        return self

    @model_validator(mode="after")
    def _urls_are_secure(self) -> "Settings":
        """What we ask, tell and believe travels in the clear on this machine at most."""
        for name in ("operator_jwks_url", "github_api_url", "slack_webhook_url"):
            url = getattr(self, name)
            if url and not url.startswith(("https://", *(LOOPBACK if self.test_mode else ()))):
                raise ValueError(f"{name.upper()} must begin with https://; in test mode it may be http on loopback")
        return self

    @model_validator(mode="after")
    def _guardian_is_whole(self) -> "Settings":
        """A deployment that names a model says which, and where it is."""
        if self.guardian != "built_in" and not self.guardian_model:
            raise ValueError(f"GUARDIAN_MODEL must name a model when GUARDIAN is {self.guardian}")
        if self.guardian == "built_in" and self.reader_model:
            raise ValueError("READER_MODEL needs a provider: set GUARDIAN to bedrock or openai")
        if self.guardian == "openai":
            if not self.guardian_base_url.startswith(("https://", "http://")):
                raise ValueError("GUARDIAN_BASE_URL must be a URL such as https://host/v1 when GUARDIAN is openai")
            if not self.test_mode and not self.guardian_base_url.startswith("https://"):
                raise ValueError("GUARDIAN_BASE_URL must begin with https:// when BYHAND_MODE is live")
        return self


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
