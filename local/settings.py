"""The environment of a laptop: test mode, no real credentials, nothing beyond loopback.

What could do harm is set whatever the user's shell says (credentials, endpoints, mode). What is a choice, the user's
shell wins. When the stack ends, the process has the environment back that it had before.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local.stack import REGION

# Real keys must not reach an emulator, and requests meant for one must never reach AWS: every AWS_ variable of the
# shell is set aside, and these take their place. The files are named because a profile may hold endpoints and keys.
AWS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",  # Emulators do not know hosts that begin with an account's number.
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
ALWAYS = {"BYHAND_MODE": "test"}
# Play money only: a live deployment takes no key from this file.
ADMIN_KEY = "local-admin-key-of-this-laptop-only"
UNLESS_SET = {
    "BYHAND_ADMIN_KEY_HASHES": f"local:{hashlib.sha256(ADMIN_KEY.encode()).hexdigest()}",
    "ALLOW_DEV_OPERATOR_ID_HEADER": "true",
    "BYHAND_ALLOW_LOOPBACK_URLS": "true",
    "BYHAND_WAIT_SECONDS": "600",  # No gateway here gives up before that, at either port.
    "BYHAND_LOG_LEVEL": "WARNING",  # Refusals and sweeps are logged as well; BYHAND_LOG_LEVEL=INFO shows them.
}


@contextmanager
def laptop() -> Iterator[None]:
    """Make this process's environment a laptop's, and put it back afterwards."""
    before = dict(os.environ)
    try:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(AWS | ALWAYS)
        fill(UNLESS_SET)
        _keep_proxies_away()
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def fill(defaults: Mapping[str, str]) -> None:
    """Set what the user has not set."""
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def _keep_proxies_away() -> None:
    """A proxy of the user's shell cannot reach this machine's loopback, and botocore would ask it to."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join([*hosts, "127.0.0.1", "localhost"])
