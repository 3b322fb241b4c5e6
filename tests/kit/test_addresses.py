"""What may be opened is a page of some host; anything else is no address."""

import pytest

from chalicelib.kit.addresses import is_page


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com", "HTTP://Example.com/a b?c#d", "http://127.0.0.1:3000", "http://[::1]/", "https://a",
        "https://user@example.com",
    ],
)  # fmt: skip
def test_a_page_of_some_host_is_an_address(url: str) -> None:
    assert is_page(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "nonsense", "example.com", "https:", "https://", "https:///path", "http://[x", "http://:80", "https://@/",
        "http://a:port", "http://a:99999", "javascript:alert(1)//https://example.com", "file:///etc/passwd",
        " https://example.com", "//example.com",
    ],
)  # fmt: skip
def test_anything_else_is_none(url: str) -> None:
    assert not is_page(url)
