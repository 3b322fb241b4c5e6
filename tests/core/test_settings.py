"""Settings: read once, checked whole, and a live deployment never starts like a test."""

import pytest

from chalicelib.core import resources
from chalicelib.core.settings import Settings
from chalicelib.kit.config import ConfigurationError, read

RESOURCES = {
    **{f"{name.upper()}_TABLE": f"byhand-{name}" for name in resources.TABLES},
    **{f"{name.upper()}_QUEUE_URL": f"https://sqs/{name}" for name in resources.QUEUES},
    "FILES_BUCKET": "byhand-files",
    "DATA_KEY_ID": "key-1",
}
TEST_SWITCHES = ("ALLOW_DEV_OPERATOR_ID_HEADER", "BYHAND_ALLOW_LOOPBACK_URLS", "BYHAND_EXTERNAL_PROOF_URLS")


def _settings(**environment: str) -> Settings:
    return read(Settings, RESOURCES | environment)


def test_without_a_mode_a_deployment_is_live() -> None:
    assert _settings().byhand_mode == "live"
    assert not _settings().test_mode
    assert not _settings(AWS_LAMBDA_FUNCTION_NAME="byhand-api").test_mode


def test_an_empty_mode_is_no_mode_and_therefore_live() -> None:
    assert _settings(BYHAND_MODE="").byhand_mode == "live"


@pytest.mark.parametrize("mode", ["TEST", "Live", "prod", "production", "test ", "1"])
def test_a_mode_that_is_neither_test_nor_live_starts_nothing(mode: str) -> None:
    with pytest.raises(ConfigurationError, match="BYHAND_MODE"):
        _settings(BYHAND_MODE=mode)


@pytest.mark.parametrize("switch", TEST_SWITCHES)
@pytest.mark.parametrize("mode", ["live", ""])
def test_a_live_deployment_refuses_to_start_with_a_test_switch_on(switch: str, mode: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{switch} must be off when BYHAND_MODE is live"):
        _settings(BYHAND_MODE=mode, **{switch: "true"})


@pytest.mark.parametrize("switch", TEST_SWITCHES)
def test_a_test_switch_may_be_named_in_live_as_long_as_it_is_off(switch: str) -> None:
    assert _settings(BYHAND_MODE="live", **{switch: "false"}).byhand_mode == "live"


@pytest.mark.parametrize("switch", TEST_SWITCHES)
def test_a_test_deployment_may_switch_each_of_them_on(switch: str) -> None:
    assert getattr(_settings(BYHAND_MODE="test", **{switch: "true"}), switch.lower()) is True


def test_loopback_is_for_a_laptop_and_never_for_lambda() -> None:
    with pytest.raises(ConfigurationError, match="BYHAND_ALLOW_LOOPBACK_URLS is for a laptop"):
        _settings(BYHAND_MODE="test", BYHAND_ALLOW_LOOPBACK_URLS="true", AWS_LAMBDA_FUNCTION_NAME="byhand-api")


@pytest.mark.parametrize("missing", sorted(RESOURCES))
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_a_missing_variable_is_named(missing: str, how: str) -> None:
    environment = {name: value for name, value in RESOURCES.items() if name != missing}
    with pytest.raises(ConfigurationError, match=rf"\b{missing}: "):
        read(Settings, environment | ({missing: ""} if how == "empty" else {}))


def test_all_missing_variables_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(Settings, {})
    assert all(name in str(caught.value) for name in RESOURCES)


def test_the_sentence_about_a_bad_setting_does_not_repeat_its_value() -> None:
    with pytest.raises(ConfigurationError) as caught:
        _settings(BYHAND_REGISTRATION="sk-secret-pasted-into-the-wrong-field")
    assert "sk-secret" not in str(caught.value)
    assert "BYHAND_REGISTRATION" in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"HOLD_DAYS": "0"}, {"HOLD_DAYS": "-1"}, {"HOLD_DAYS": "seven"}, {"RATE_LIMIT_PER_MINUTE": "0"},
        {"AUTO_APPROVE_MAX_USD": "-1"}, {"MANUAL_REVIEW_HOURS": "0"}, {"OPEN_ASSIGNMENTS_MAX": "0"},
        {"ALLOW_DEV_OPERATOR_ID_HEADER": "perhaps"}, {"BYHAND_REGISTRATION": "everybody"},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_that_makes_no_sense_starts_nothing(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        _settings(BYHAND_MODE="test", **wrong)


@pytest.mark.parametrize(
    ("environment", "registration"),
    [
        ({"BYHAND_MODE": "live"}, "admin_key"),
        ({"BYHAND_MODE": "test"}, "open"),
        ({"BYHAND_MODE": "live", "BYHAND_REGISTRATION": "closed"}, "closed"),
        ({"BYHAND_MODE": "live", "BYHAND_REGISTRATION": "open"}, "open"),
        ({"BYHAND_MODE": "test", "BYHAND_REGISTRATION": "admin_key"}, "admin_key"),
    ],
    ids=str,
)
def test_registration_is_open_in_test_and_behind_a_key_in_live_unless_said_otherwise(
    environment: dict[str, str], registration: str
) -> None:
    assert _settings(**environment).registration == registration


@pytest.mark.parametrize(
    ("environment", "allowed"),
    [
        ({"BYHAND_MODE": "test"}, True),
        ({"BYHAND_MODE": "test", "BYHAND_EXTERNAL_PROOF_URLS": "false"}, False),
        ({"BYHAND_MODE": "live"}, False),
    ],
    ids=str,
)
def test_proof_from_elsewhere_is_taken_in_test_only(environment: dict[str, str], allowed: bool) -> None:
    assert _settings(**environment).external_proof_urls is allowed


@pytest.mark.parametrize(
    ("environment", "micros"),
    [
        ({"BYHAND_MODE": "live"}, 500_000_000),
        ({"BYHAND_MODE": "live", "AUTO_APPROVE_MAX_USD": "50"}, 50_000_000),
        ({"BYHAND_MODE": "live", "AUTO_APPROVE_MAX_USD": "0"}, 0),
        ({"BYHAND_MODE": "test"}, None),
        ({"BYHAND_MODE": "test", "AUTO_APPROVE_MAX_USD": "0"}, 0),
    ],
    ids=str,
)
def test_the_guardians_limit_is_500_dollars_in_live_and_none_in_test(
    environment: dict[str, str], micros: int | None
) -> None:
    assert _settings(**environment).auto_approve_max_micros == micros


BEDROCK = {"GUARDIAN": "bedrock", "GUARDIAN_MODEL": "a.model-v1:0"}
OPENAI = {"GUARDIAN": "openai", "GUARDIAN_MODEL": "a-model", "GUARDIAN_BASE_URL": "https://example.com/v1"}


@pytest.mark.promise("guardian.model_settings")
@pytest.mark.parametrize("mode", ["test", "live"])
@pytest.mark.parametrize(
    ("guardian", "change", "sentence"),
    [
        (BEDROCK, {"GUARDIAN_MODEL": ""}, "GUARDIAN_MODEL must name a model when GUARDIAN is bedrock"),
        (OPENAI, {"GUARDIAN_MODEL": ""}, "GUARDIAN_MODEL must name a model when GUARDIAN is openai"),
        (OPENAI, {"GUARDIAN_BASE_URL": ""}, "GUARDIAN_BASE_URL must be a URL such as https://host/v1"),
        (OPENAI, {"GUARDIAN_BASE_URL": "example.com"}, "GUARDIAN_BASE_URL must be a URL such as https://host/v1"),
        (OPENAI, {"GUARDIAN": "model"}, "GUARDIAN"),
        (BEDROCK, {"GUARDIAN_SECONDS": "91"}, "GUARDIAN_SECONDS"),
        (BEDROCK, {"GUARDIAN_SECONDS": "0"}, "GUARDIAN_SECONDS"),
    ],
)
def test_a_guardian_that_asks_a_model_says_which_and_where(
    guardian: dict[str, str], change: dict[str, str], sentence: str, mode: str
) -> None:
    assert _settings(BYHAND_MODE=mode, **guardian).guardian == guardian["GUARDIAN"]
    with pytest.raises(ConfigurationError, match=sentence):
        _settings(BYHAND_MODE=mode, **{**guardian, **change})


@pytest.mark.promise("reader.settings")
def test_a_reader_s_model_needs_the_guardian_s_provider() -> None:
    assert _settings(BYHAND_MODE="test", **BEDROCK, READER_MODEL="another").reader_model == "another"
    with pytest.raises(ConfigurationError, match="READER_MODEL needs a provider: set GUARDIAN to bedrock or openai"):
        _settings(BYHAND_MODE="test", READER_MODEL="another")


@pytest.mark.promise("guardian.model_settings")
def test_a_live_guardian_is_asked_by_https_only() -> None:
    plain = {**OPENAI, "GUARDIAN_BASE_URL": "http://127.0.0.1:11434/v1"}
    assert _settings(BYHAND_MODE="test", **plain).guardian_base_url == plain["GUARDIAN_BASE_URL"]
    with pytest.raises(ConfigurationError, match="GUARDIAN_BASE_URL must begin with https:// when BYHAND_MODE is live"):
        _settings(BYHAND_MODE="live", **plain)


def test_the_key_of_the_guardians_endpoint_is_not_in_what_a_log_may_show() -> None:
    assert "sk-secret" not in repr(_settings(BYHAND_MODE="test", **OPENAI, GUARDIAN_API_KEY="sk-secret"))


def test_tables_and_queues_are_known_by_the_codes_names() -> None:
    assert _settings().table_names()["ledger"] == "byhand-ledger"
    assert set(_settings().table_names()) == set(resources.TABLES)
    assert _settings().queue_urls() == {name: f"https://sqs/{name}" for name in resources.QUEUES}


def test_settings_do_not_change_under_a_running_process() -> None:
    with pytest.raises(Exception, match="frozen"):
        _settings().byhand_mode = "test"  # type: ignore[misc]


def test_variables_of_somebody_else_are_ignored() -> None:
    assert _settings(PATH="/bin", HOME="/root", byhand_mode="test").byhand_mode == "live"


@pytest.mark.promise("tasks.types.disabled")
def test_live_begins_without_what_can_be_used_against_third_parties_and_test_with_all() -> None:
    assert _settings(BYHAND_MODE="live").disabled_task_types == {
        "CAPTCHA_SOLVING", "ACCOUNT_CREATION", "PHONE_VERIFICATION"
    }  # fmt: skip
    assert _settings(BYHAND_MODE="live", BYHAND_DISABLED_TASK_TYPES="none").disabled_task_types == frozenset()
    assert _settings(BYHAND_MODE="test").disabled_task_types == frozenset()
    with pytest.raises(ConfigurationError, match="HACKING: no such task type; one of VERIFICATION, PHOTO"):
        _settings(BYHAND_DISABLED_TASK_TYPES="PHOTO,HACKING")


PROVIDER = {"OPERATOR_JWKS_URL": "https://clerk.example.com/jwks", "OPERATOR_JWT_ISSUER": "https://clerk.example.com"}


@pytest.mark.parametrize("missing", sorted(PROVIDER))
def test_the_keys_and_the_issuer_of_operator_tokens_go_together(missing: str) -> None:
    assert _settings(**PROVIDER).operator_jwt_issuer == "https://clerk.example.com"
    with pytest.raises(ConfigurationError, match="OPERATOR_JWKS_URL and OPERATOR_JWT_ISSUER go together"):
        _settings(**{name: value for name, value in PROVIDER.items() if name != missing})


@pytest.mark.parametrize("name", ["OPERATOR_JWKS_URL", "GITHUB_API_URL", "SLACK_WEBHOOK_URL"])
@pytest.mark.parametrize(
    ("mode", "url", "starts"),
    [
        ("live", "https://example.com/x", True), ("test", "https://example.com/x", True),
        ("test", "http://127.0.0.1:8080/jwks", True), ("test", "http://localhost:1/jwks", True),
        ("test", "http://localhost.example.com/jwks", False), ("test", "http://clerk.example.com/jwks", False),
        ("live", "http://127.0.0.1:8080/jwks", False), ("live", "file:///etc/passwd", False),
    ],
)  # fmt: skip
def test_what_we_ask_and_tell_goes_over_https_or_in_test_on_this_machine(
    name: str, mode: str, url: str, starts: bool
) -> None:
    environment = {**PROVIDER, "BYHAND_MODE": mode, name: url}
    if starts:
        assert getattr(_settings(**environment), name.lower()) == url
    else:
        with pytest.raises(ConfigurationError, match=f"{name} must begin with https://"):
            _settings(**environment)


def test_the_secrets_of_github_and_slack_are_not_in_what_a_log_may_show() -> None:
    settings = _settings(GITHUB_TOKEN="ghp-secret", SLACK_WEBHOOK_URL="https://hooks.example.com/secret")
    assert "secret" not in repr(settings).replace("_secret", "")


def test_an_algorithm_that_nobody_signs_with_starts_nothing() -> None:
    with pytest.raises(ConfigurationError, match="KYC_WEBHOOK_ALGORITHM"):
        _settings(KYC_WEBHOOK_ALGORITHM="HMAC_MD5_HEX")
