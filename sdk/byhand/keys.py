"""Where private keys are kept between posting a task and reading its credential.

A key is kept under the task's id. While the task is being posted it has none yet: until then the key is under the
idempotency key of the posting, so that a program that dies in between and posts again posts the same public key.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from byhand import private_files
from byhand.credentials import PrivateKey
from byhand.errors import KeyExists, KeyMissing, Misconfigured


class KeyStore(Protocol):
    """A place for private keys. A key that is there is never replaced by another one."""

    def save(self, label: str, key: PrivateKey) -> None:
        """Keep a key; keeping the same one again is well. Raises KeyExists if another is there."""

    def load(self, label: str) -> PrivateKey:
        """The key of that name. Raises KeyMissing."""

    def remove(self, label: str) -> None:
        """Forget a key, or that there is none."""


@dataclass(frozen=True)
class FileKeys:
    """One file per key, of mode 0600, in `keys` below the user's config folder."""

    folder: Path = field(default_factory=lambda: private_files.config_folder() / "keys")

    def save(self, label: str, key: PrivateKey) -> None:
        """Keep a key; keeping the same one again is well. Raises KeyExists if another is there."""
        words = {"label": label, "public_key": key.public_key, "private_key": key.export()}
        try:
            private_files.create(self._path(label), json.dumps(words, indent=2) + "\n")
        except FileExistsError:
            _must_be_the_same(self.load(label), key, label)

    def load(self, label: str) -> PrivateKey:
        """The key of that name. Raises KeyMissing."""
        try:
            return PrivateKey.read(json.loads(private_files.read(self._path(label)))["private_key"])
        except FileNotFoundError:
            raise _missing(label, str(self.folder)) from None

    def remove(self, label: str) -> None:
        """Forget a key, or that there is none."""
        self._path(label).unlink(missing_ok=True)

    def _path(self, label: str) -> Path:
        return self.folder / f"{private_files.file_name(label)}.json"


class KeyringKeys:
    """Keys in the keyring of the operating system; needs the extra `keyring`. Raises Misconfigured without one."""

    _SERVICE = "byhand"

    def __init__(self) -> None:
        try:
            import keyring
            from keyring.errors import KeyringError
        except ImportError:
            raise Misconfigured("The keyring needs an extra: pip install 'byhand[keyring]'.") from None
        self._keyring, self._error = keyring, KeyringError

    def save(self, label: str, key: PrivateKey) -> None:
        """Keep a key; keeping the same one again is well. Raises KeyExists if another is there."""
        kept = self._kept(label)
        if kept is not None:
            _must_be_the_same(PrivateKey.read(kept), key, label)
            return
        with self._open():
            self._keyring.set_password(self._SERVICE, label, key.export())

    def load(self, label: str) -> PrivateKey:
        """The key of that name. Raises KeyMissing."""
        kept = self._kept(label)
        if kept is None:
            raise _missing(label, "the keyring")
        return PrivateKey.read(kept)

    def remove(self, label: str) -> None:
        """Forget a key, or that there is none."""
        if self._kept(label) is not None:
            with self._open():
                self._keyring.delete_password(self._SERVICE, label)

    def _kept(self, label: str) -> str | None:
        with self._open():
            return self._keyring.get_password(self._SERVICE, label)

    @contextmanager
    def _open(self) -> Iterator[None]:
        """A keyring that is locked, or none at all, is a matter of settings."""
        try:
            yield
        except self._error as failed:
            raise Misconfigured(f"The keyring does not open: {failed}") from None


def _must_be_the_same(kept: PrivateKey, given: PrivateKey, label: str) -> None:
    if kept.public_key != given.public_key:
        raise KeyExists(f"Another private key is kept for {label}; remove it first if nothing needs it.")


def _missing(label: str, place: str) -> KeyMissing:
    return KeyMissing(f"No private key for {label} in {place}. It is where the task was posted, or nowhere.")
