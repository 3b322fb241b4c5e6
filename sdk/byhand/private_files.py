"""Files that are nobody else's business: mode 0600, in folders of mode 0700, written whole or not at all."""

import contextlib
import hashlib
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import platformdirs

from byhand.errors import KeyExists, Misconfigured

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def config_folder() -> Path:
    """Where this user's keys, secrets and settings are: BYHAND_CONFIG_DIR, or the place their system has for it."""
    return Path(os.environ.get("BYHAND_CONFIG_DIR") or platformdirs.user_config_path("byhand"))


def file_name(label: str) -> str:
    """A label as a file name. Ids are left as they are; anything else, such as a path, becomes its hash."""
    if _PLAIN_NAME.fullmatch(label):
        return label
    return f"sha256-{hashlib.sha256(label.encode()).hexdigest()}"


def create(path: Path, text: str) -> None:
    """Write a new file. Raises FileExistsError: what is there may be the only copy of something."""
    with _written_beside(path, text) as written:
        # A link is exclusive and whole at once: nobody ever sees half of the file, nor another one replaced.
        os.link(written, path)


def replace(path: Path, text: str) -> None:
    """Write a file, in place of the one before."""
    with _written_beside(path, text) as written:
        os.replace(written, path)


def read(path: Path) -> str:
    """The text of a file. Raises FileNotFoundError, and Misconfigured if others can read it too."""
    with path.open(encoding="utf-8") as opened:
        mode = os.fstat(opened.fileno()).st_mode
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise Misconfigured(f"Others can read {path}: make it yours alone with `chmod 600 {path}`.")
        return opened.read()


@contextlib.contextmanager
def _written_beside(path: Path, text: str) -> Iterator[Path]:
    """A file beside the place where it will be, taken away again if it never gets there."""
    for folder in reversed((path.parent, *path.parent.parents)):
        # One by one, since `parents` gives a mode to the last of them alone.
        folder.mkdir(mode=0o700, exist_ok=True)
    beside = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def save_secret(task_id: str, credential: Mapping[str, Any]) -> Path:
    """Keep a credential in `secrets` below the user's config folder; the path. Raises KeyExists if another is there."""
    path = config_folder() / "secrets" / file_name(task_id)
    text = json.dumps(credential, ensure_ascii=False, indent=2) + "\n"
    try:
        create(path, text)
    except FileExistsError:
        if read(path) != text:
            raise KeyExists(f"Another credential is kept in {path}; move it away first.") from None
    return path
