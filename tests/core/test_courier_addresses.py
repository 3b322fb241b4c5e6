"""Where the courier goes: out to the internet, and never into a network that is none of the caller's business."""

import ipaddress

import pytest
from pytest_socket import SocketConnectBlockedError

from chalicelib.core.events.courier import HttpCourier, UrlRule
from chalicelib.core.ports.courier import UnsafeUrl
from tests.core.servers import OK, answering, serving

STRICT = UrlRule(https_only=True, loopback_allowed=False)
TEST_MODE = UrlRule(https_only=False, loopback_allowed=False)
LAPTOP = UrlRule(https_only=False, loopback_allowed=True)

LOOPBACK = [
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "::127.0.0.1",
]
ELSEWHERE = [
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1",
    "0.0.0.1", "0.1.2.3", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1",
    "198.51.100.1", "203.0.113.1", "192.0.0.1",
    str(ipaddress.IPv4Address(0)),
    "::", "fe80::1", "fe80::1%1", "fc00::1", "fd12:3456::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
    "2001::1", "100::1", "5f00::1", "64:ff9b:1::a00:1", "::ffff:0:10.0.0.1",
    # The same private addresses in the clothes of IPv6: mapped, NAT64, 6to4 and compatible.
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1",
    "2002:a9fe:a9fe::", "2002:a00:1::1", "2002:c0a8:101::1", "::169.254.169.254", "::10.0.0.1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


def _answering(*answers: list[str]) -> tuple[HttpCourier, list[str]]:
    """A courier of test mode whose name server gives these answers, one per question, and the hosts it was asked."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return HttpCourier(TEST_MODE, resolve=resolve), asked


def _refused(rule: UrlRule, url: str) -> str:
    with pytest.raises(UnsafeUrl) as caught:
        rule.check(url)
    return str(caught.value)


@pytest.mark.parametrize("address", [*LOOPBACK, *ELSEWHERE])
def test_no_address_inside_a_network_is_called_whatever_clothes_it_wears(address: str) -> None:
    for rule in (STRICT, TEST_MODE):
        with pytest.raises(UnsafeUrl, match="which is not an address on the public internet"):
            rule.check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_out_on_the_internet_are_called(address: str) -> None:
    for rule in (STRICT, TEST_MODE, LAPTOP):
        rule.check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_is_called_where_it_is_allowed(address: str) -> None:
    LAPTOP.check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ELSEWHERE)
def test_where_loopback_is_allowed_nothing_else_is(address: str) -> None:
    with pytest.raises(UnsafeUrl):
        LAPTOP.check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "must be a URL"), ("example.com/hook", "must be a URL"), ("ftp://example.com/", "must be a URL"),
        ("file:///etc/passwd", "must be a URL"), ("gopher://example.com:70/_x", "must be a URL"),
        ("javascript:alert(1)", "must be a URL"), ("https://", "must be a URL"), ("https:///path", "must be a URL"),
        ("https://:443/", "must be a URL"), ("https://[::1", "is not a URL"), ("https://x:99999/", "is not a URL"),
        ("https://x:port/", "is not a URL"),
        ("https://user@example.com/", "must not carry a user name or password"),
        ("https://user:password@example.com/", "must not carry a user name or password"),
        ("https://:password@example.com/", "must not carry a user name or password"),
        ("https://@example.com/", "must not carry a user name or password"),
        ("https://example.com@169.254.169.254/", "must not carry a user name or password"),
        ("https://169.254.169.254/latest/meta-data/", "is not an address on the public internet"),
        ("https://[::ffff:169.254.169.254]/", "is not an address on the public internet"),
        ("https://[fd00:ec2::254]/", "is not an address on the public internet"),
        ("https://127.0.0.1/", "is not an address on the public internet"),
        ("https://exam ple.com/", "must be a URL"), ("https://-example.com/", "must name a host"),
        (f"https://{'a.' * 130}com/", "must name a host"), ("https://a..b/", "must name a host"),
    ],
)  # fmt: skip
def test_what_the_words_of_a_url_already_show_is_refused_before_anything_is_asked(url: str, sentence: str) -> None:
    for rule in (STRICT, TEST_MODE):
        assert sentence in _refused(rule, url)
        with pytest.raises(UnsafeUrl, match=sentence):
            HttpCourier(rule).check(url)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://example.com:8443/", "https://example.com:80/", "https://example.com:0/"]
)
def test_a_live_deployment_calls_https_on_port_443_and_nothing_else(url: str) -> None:
    assert _refused(STRICT, url) == "must be https on port 443"
    TEST_MODE.check(url)


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://example.com:443/x?y#z", "HTTPS://EXAMPLE.COM/", "https://8.8.8.8/"]
)
def test_a_url_that_is_right_is_taken(url: str) -> None:
    for rule in (STRICT, TEST_MODE, LAPTOP):
        rule.check(url)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "017700000001", "0", "localhost", "LOCALHOST",
     "127.0.0.1.", "[::1]", "[0:0:0:0:0:ffff:7f00:1]"],
)  # fmt: skip
def test_other_spellings_of_this_machine_are_found_out_when_they_are_resolved(host: str) -> None:
    """The real resolver: numbers and the hosts file need no network."""
    with serving(answering(OK)) as server:
        receipt = HttpCourier(TEST_MODE).post(server.url(host=host), {}, b"secret")
    assert receipt.status is None
    assert "which is not an address on the public internet" in receipt.problem or "gaierror" in receipt.problem
    assert server.requests == []


@pytest.mark.parametrize("address", [*LOOPBACK, *ELSEWHERE])
def test_a_name_that_leads_inside_is_refused_when_the_answer_comes(address: str) -> None:
    courier, asked = _answering([address])
    receipt = courier.post("http://innocent.example/hook", {}, b"")
    assert "which is not an address on the public internet" in receipt.problem
    assert asked == ["innocent.example"]


def test_one_address_inside_among_several_refuses_the_whole_name() -> None:
    courier, _ = _answering(["8.8.8.8", "10.0.0.1"])
    assert (
        "10.0.0.1, which is not an address on the public internet" in courier.post("http://x.example/", {}, b"").problem
    )


def test_a_name_server_that_changes_its_mind_changes_nothing_because_it_is_asked_once() -> None:
    courier, asked = _answering(["8.8.8.8"], ["127.0.0.1"])
    # The guard of the tests stops every connection that leaves this machine, and says where it was going to.
    with pytest.warns(UserWarning, match=r'with host "8\.8\.8\.8"'), pytest.raises(SocketConnectBlockedError):
        courier.post("http://rebinding.example/hook", {}, b"")
    assert asked == ["rebinding.example"]


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    with serving(answering(OK)) as server:
        asked: list[str] = []

        def resolve(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

        courier = HttpCourier(LAPTOP, resolve=resolve)
        assert courier.post(server.url(host="rebinding.example"), {}, b"").status == 200
        assert asked == ["rebinding.example"]


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering(OK)) as proxy, serving(answering(OK)) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert HttpCourier(LAPTOP).post(server.url(), {}, b"").status == 200
        assert (len(proxy.requests), len(server.requests)) == (0, 1)
