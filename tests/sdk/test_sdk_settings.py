"""Where the deployment is and who calls: arguments, environment, what was saved. A key goes only where it belongs."""

from pathlib import Path

import pytest

from byhand import Byhand, settings
from byhand.errors import Misconfigured
from byhand.settings import Settings, resolve


@pytest.mark.parametrize(
    "url", ["https://x.example", "https://x.example/", "https://x.example/api/v1", "https://x.example/api/v1/"]
)
def test_an_address_is_taken_with_and_without_its_prefix(url: str) -> None:
    assert resolve(url).base_url == "https://x.example/api/v1"


@pytest.mark.parametrize(
    "url", ["x.example", "ftp://x.example", "https://", "https://x.example?a=1", "https://me:pw@x.example"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        resolve(url)


@pytest.mark.parametrize("family", ["BYHAND", "HUMANOPS"])
def test_the_environment_says_it_under_either_name(monkeypatch: pytest.MonkeyPatch, family: str) -> None:
    monkeypatch.setenv(f"{family}_API_URL", "https://x.example")
    monkeypatch.setenv(f"{family}_API_KEY", "ho_live_x")
    assert resolve() == Settings("https://x.example/api/v1", "ho_live_x")
    assert resolve("https://y.example", "ho_live_y") == Settings("https://y.example/api/v1", "ho_live_y")


def test_a_key_of_the_original_service_is_not_sent_to_another_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYHAND_API_URL", "https://x.example")
    monkeypatch.setenv("HUMANOPS_API_KEY", "ho_live_theirs")
    assert resolve().api_key is None


def test_nothing_said_is_a_sentence_that_says_what_to_say() -> None:
    with pytest.raises(Misconfigured, match="BYHAND_API_URL"):
        Byhand(api_key="ho_live_x")


def test_what_was_saved_is_used_where_it_was_saved_for(config_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = settings.save(Settings("https://x.example/api/v1", "ho_live_x"))
    assert Path(place) == config_folder / "config.json"
    assert Path(place).stat().st_mode & 0o777 == 0o600
    assert resolve(saved=True).api_key == "ho_live_x"
    assert resolve("https://x.example", saved=True).api_key == "ho_live_x"
    assert resolve("https://y.example", saved=True).api_key is None
    monkeypatch.setenv("BYHAND_API_KEY", "ho_live_other")
    assert resolve(saved=True).api_key == "ho_live_other"
    with pytest.raises(Misconfigured):
        resolve()


def test_a_spoilt_file_is_named(config_folder: Path) -> None:
    settings.save(Settings("https://x.example/api/v1", "ho_live_x"))
    (config_folder / "config.json").write_text("{")
    with pytest.raises(Misconfigured, match=r"config\.json"):
        resolve(saved=True)


@pytest.mark.parametrize("key", ["ho_live_secret\r\n", " ho_live_secret", "ho_live_secret\n"])
def test_a_key_is_taken_without_what_a_file_leaves_around_it(key: str) -> None:
    assert resolve("https://x.example", key).api_key == "ho_live_secret"


@pytest.mark.parametrize("key", ["ho_live\rsecret", "ho_live_\u200bsecret", "ho live secret"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_quoted(key: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        resolve("https://x.example", key)
    assert "secret" not in str(refused.value)


def test_no_print_of_a_client_or_its_settings_shows_the_key() -> None:
    client = Byhand("ho_live_secret", "https://x.example")
    assert "secret" not in f"{client!r} {client._driver.wire!r} {resolve('https://x.example', 'ho_live_secret')!r}"
    client.close()
