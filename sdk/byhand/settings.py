"""Where the deployment is and who is calling: arguments, then the environment, then what `byhand register` saved.

    base_url=, api_key=                        arguments, each for itself
    BYHAND_API_URL, BYHAND_API_KEY             the environment; if either is set, the next two are not read
    HUMANOPS_API_URL, HUMANOPS_API_KEY         the same under the names of the original service
    BYHAND_WAIT_URL                            where requests may wait for minutes, if the deployment has such a door
    <config folder>/config.json                what `byhand register` saved, for the command line and the MCP server

A key is never sent where it does not belong: a saved one only goes to the deployment it was saved for, the two families
of names in the environment are not mixed, and who names an address by an argument names the waiting door with it.
"""

import json
import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from byhand import private_files
from byhand.errors import Misconfigured

_FAMILIES = (("BYHAND_API_URL", "BYHAND_API_KEY"), ("HUMANOPS_API_URL", "HUMANOPS_API_KEY"))
_WAIT = "BYHAND_WAIT_URL"
_PREFIX = "/api/v1"
_KEY = re.compile("[!-~]+")


@dataclass(frozen=True)
class Settings:
    """A deployment, and perhaps a key that opens it."""

    base_url: str
    api_key: str | None = field(default=None, repr=False)
    wait_url: str | None = None


def resolve(
    base_url: str | None = None, api_key: str | None = None, wait_url: str | None = None, *, saved: bool = False
) -> Settings:  # fmt: skip
    """The settings to go by; `saved` also looks at what `byhand register` saved. Raises Misconfigured."""
    env_url, env_key = _environment()
    url, key = base_url or env_url, api_key or env_key
    door = wait_url or (None if base_url else os.environ.get(_WAIT))
    waits = whole(door).removesuffix("/v1") if door else None
    if saved and (kept := load()) and (url is None or whole(url) == kept.base_url):
        return Settings(kept.base_url, _checked(key or kept.api_key), waits)
    if url is None:
        how = "`byhand register --url`" if saved else "base_url=... (--url on the command line)"
        raise Misconfigured(f"Say where the deployment is: {how}, or BYHAND_API_URL in the environment.")
    return Settings(whole(url), _checked(key), waits)


def _checked(key: str | None) -> str | None:
    """A key that can travel in a header, without the line end that a file leaves behind it. It is never quoted."""
    bare = key.strip() if key else None
    if bare and not _KEY.fullmatch(bare):
        raise Misconfigured("The key has characters that no key has: it was cut, or something else was pasted.")
    return bare or None


def whole(url: str) -> str:
    """The URL below which the routes are, whether or not it was given with `/api/v1`. Raises Misconfigured."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise Misconfigured(f"{url!r} is no address of a deployment, such as https://byhand.example.")
    bare = url.strip().rstrip("/")
    return bare if bare.endswith(_PREFIX) else bare + _PREFIX


def load() -> Settings | None:
    """What was saved, if anything was."""
    try:
        words = json.loads(private_files.read(private_files.config_folder() / "config.json"))
        return Settings(words["base_url"], words["api_key"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise Misconfigured(f"{private_files.config_folder() / 'config.json'} is not as `register` wrote it.") from None


def save(settings: Settings) -> str:
    """Keep settings for this user alone; the path of the file."""
    path = private_files.config_folder() / "config.json"
    words = {"base_url": settings.base_url, "api_key": settings.api_key}
    private_files.replace(path, json.dumps(words, indent=2) + "\n")
    return str(path)


def _environment() -> tuple[str | None, str | None]:
    for url_name, key_name in _FAMILIES:
        url, key = os.environ.get(url_name), os.environ.get(key_name)
        if url or key:
            return url or None, key or None
    return None, None
