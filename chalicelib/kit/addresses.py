"""Addresses of the web that people are sent to."""

from urllib.parse import urlsplit


def is_page(url: str) -> bool:
    """Whether a URL leads to a page of some host: nothing that a click could run, and nothing cut short (ruling 10)."""
    if not url.lower().startswith(("https://", "http://")):
        return False
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
