"""The adapters of providers: what is not understood is neither paid nor refused."""

from typing import Any

import pytest

from chalicelib.core import settings as config
from chalicelib.core.ports.payments import Charge, Opened, Paid, Rail, Refused, Till, Unheard, Unknown
from chalicelib.core.providers.dlocal import DlocalTill
from chalicelib.core.providers.payoneer import PayoneerRail
from chalicelib.core.providers.play import PlayRail
from chalicelib.core.settings import Settings
from chalicelib.doors import wiring
from chalicelib.kit.config import ConfigurationError, read
from chalicelib.kit.outside import Unanswered, Unreached
from tests.core.test_settings import RESOURCES
from tests.providers import serving

PAYONEER = {"PAYONEER_PROGRAM_ID": "100", "PAYONEER_CLIENT_ID": "c", "PAYONEER_CLIENT_SECRET": "s"}
DLOCAL = {
    "DLOCAL_LOGIN": "l", "DLOCAL_TRANS_KEY": "t", "DLOCAL_SECRET": "s", "BYHAND_PUBLIC_URL": "https://byhand.test"
}  # fmt: skip
CHARGE = Charge("pay_1", "agent_1", "a@example.com", 5_000_000, "card")


def _settings(**environment: str) -> Settings:
    return read(Settings, RESOURCES | {"BYHAND_MODE": "test", **environment})


def _payoneer(url: str) -> Rail:
    return PayoneerRail(_settings(PAYONEER_BASE_URL=url, **PAYONEER))


def _dlocal(url: str) -> Till:
    return DlocalTill(_settings(DLOCAL_BASE_URL=url, **DLOCAL))


def _answering(status: int, said: Any, found: tuple[int, Any] = (404, {})) -> Any:
    """A provider with a token for everybody that answers every deed like this, and every look like that."""

    def provider(method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        if path.endswith("/token"):
            return 200, {"access_token": "t", "expires_in": 3_600}
        return found if method == "GET" else (status, said)

    return provider


@pytest.mark.parametrize(
    ("status", "said", "found", "outcome"),
    [
        (200, {"result": "Payments Created"}, (404, {}), Unknown("HTTP 200")),
        (500, {}, (404, {}), Unknown("HTTP 500")),
        (400, {"error": "Duplicate reference"}, (404, {}), Unknown("HTTP 400")),
        (400, {"error": "No such payee"}, (404, {}), Refused("No such payee")),
        (400, {"error": "No such payee"}, (200, {"status": "Transferred"}), Paid()),
        (400, {"error": "No such payee"}, (500, {}), Unknown("HTTP 500")),
        (422, [1], (404, {}), Refused("HTTP 422")),
    ],
)
def test_only_a_refusal_of_what_was_never_heard_of_is_a_refusal(
    status: int, said: Any, found: tuple[int, Any], outcome: object
) -> None:
    with serving(_answering(status, said, found)) as url:
        assert _payoneer(url).pay("payout_1", 10_000_000, "payee_1") == outcome


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ((200, {"result": {"status": "Completed"}}), Paid()),
        ((200, {"status": "CANCELLED", "reason": "by the payee"}), Refused("by the payee")),
        ((200, {"status": "In review"}), Unknown("IN REVIEW")),
        ((200, []), Unknown("HTTP 200")),
        ((404, {}), Unheard()),
    ],
)
def test_a_status_that_nobody_knows_is_looked_at_again(found: tuple[int, Any], outcome: object) -> None:
    with serving(_answering(500, {}, found)) as url:
        assert _payoneer(url).look("payout_1") == outcome


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_token_that_is_no_longer_good_and_a_busy_provider_mean_later(status: int) -> None:
    with serving(_answering(status, {})) as url, pytest.raises(Unreached):
        _payoneer(url).pay("payout_1", 10_000_000, "payee_1")
    with serving(lambda *_: (status, {})) as url, pytest.raises(Unreached):
        _payoneer(url).look("payout_1")
    with pytest.raises(Unreached):
        _payoneer("http://127.0.0.1:1").pay("payout_1", 10_000_000, "payee_1")
    with serving(lambda *_: None) as url, pytest.raises(Unreached):
        _payoneer(url).pay("payout_1", 10_000_000, "payee_1")


@pytest.mark.parametrize(
    ("status", "said", "opened"),
    [
        (200, {"redirect_url": "https://pay.example.com/1"}, Opened("https://pay.example.com/1")),
        (200, {"redirect_url": "javascript:alert(1)"}, Opened(None)),
        (200, {}, Opened(None)),
        (400, {"redirect_url": "https://pay.example.com/1"}, Opened(None, refused=True)),
    ],
)
def test_a_payer_is_sent_to_a_secure_page_or_nowhere(status: int, said: Any, opened: Opened) -> None:
    with serving(_answering(status, said)) as url:
        assert _dlocal(url).open(CHARGE) == opened


def test_an_ailing_till_has_given_no_answer() -> None:
    with serving(_answering(500, {}, (200, {"status": 7}))) as url:
        with pytest.raises(Unanswered):
            _dlocal(url).open(CHARGE)
        with pytest.raises(Unanswered):
            _dlocal(url).look("pay_1")
    with serving(_answering(500, {}, (404, {}))) as url:
        assert _dlocal(url).look("pay_1") is None


def test_play_money_has_always_arrived() -> None:
    assert PlayRail().pay("payout_1", 1, "") == PlayRail().look("payout_1") == Paid()


def test_a_deployment_has_the_rails_whose_settings_are_whole() -> None:
    assert set(wiring.rails(_settings())) == {"test"}
    assert set(wiring.rails(_settings(PAYONEER_BASE_URL="https://x.test", **PAYONEER))) == {"test", "payoneer"}
    live = _settings(BYHAND_MODE="live", PAYONEER_BASE_URL="https://api.payoneer.com", **PAYONEER)
    assert set(wiring.rails(live)) == {"payoneer"}
    assert not _settings(BYHAND_MODE="live", PAYONEER_BASE_URL="https://x.test").has_payoneer
    assert _settings(DLOCAL_BASE_URL="https://x.test", **DLOCAL).has_dlocal
    assert not _settings(DLOCAL_BASE_URL="https://x.test").has_dlocal


@pytest.mark.parametrize("name", ["DLOCAL_BASE_URL", "PAYONEER_BASE_URL", "PAYONEER_TOKEN_URL"])
def test_play_money_never_meets_real_providers_and_real_money_never_travels_in_the_clear(name: str) -> None:
    for host in config.LIVE_PROVIDERS:
        with pytest.raises(ConfigurationError, match=f"{name} leads to real money"):
            _settings(**{name: f"https://{host}/"})
    with pytest.raises(ConfigurationError, match=f"{name} must begin with https://"):
        _settings(BYHAND_MODE="live", **{name: "http://api.dlocal.com"})


def test_what_is_unset_is_what_its_mode_wants() -> None:
    test, live = _settings(), _settings(BYHAND_MODE="live", PAYOUT_REFUSED_ADDRESSES=" 0xAB, ,0xcd")
    assert (test.payout_cooling.days, test.payout_review_micros) == (0, 0)
    assert (live.payout_cooling.days, live.payout_review_micros) == (1, 1_000_000_000)
    assert live.refused_addresses == {"0xab", "0xcd"}
    told = _settings(BYHAND_MODE="live", PAYOUT_COOLING_HOURS="0", PAYOUT_REVIEW_USD="0")
    assert (told.payout_cooling.days, told.payout_review_micros) == (0, 0)
