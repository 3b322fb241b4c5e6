"""What a repository says of itself: some of its files, for whoever has to understand it. Kept for an hour.

ephemeral table    pk                        sk       what
                   context#<owner>/<name>    <path>   the beginning of a file, or that there is none; gone an hour later
"""

from collections.abc import Mapping, Sequence

from chalicelib.core.ports.forge import Forge, ForgeRefused, ForgeUnavailable, is_repo
from chalicelib.core.world import World
from chalicelib.kit import log
from chalicelib.kit.table import Key

TABLE = "ephemeral"
KEPT_SECONDS = 3_600
# A row of DynamoDB has 400 KB, and a reader has better things to read than a handbook.
FILE_BYTES_MAX = 32 * 1024


def of(world: World, repo: str, paths: Sequence[str]) -> Mapping[str, str]:
    """Those of some files that a public repository has, by path: the first 32 KB of each.

    Context helps and nobody depends on it: where the forge gives no answer, there is less of it.
    """
    if not is_repo(repo):
        return {}
    kept = _kept(world, repo, paths)
    asked = _asked(world, world.forge, repo, [path for path in paths if path not in kept])
    texts = {**kept, **asked}
    return {path: text for path in paths if (text := texts.get(path)) is not None}


def _kept(world: World, repo: str, paths: Sequence[str]) -> dict[str, str | None]:
    """What is known of files since less than an hour; None for those that are not there."""
    rows = world.store.get_many(TABLE, [_row(repo, path) for path in paths])
    now = world.wall_seconds()
    return {path: row["text"] for path, row in zip(paths, rows, strict=True) if row and row["expires_at"] > now}


def _asked(world: World, forge: Forge, repo: str, paths: Sequence[str]) -> dict[str, str | None]:
    """What the forge says of files, which is kept; without those of which it gave no answer."""
    found: dict[str, str | None] = {}
    for path in paths:
        try:
            found[path] = forge.read(repo, path, FILE_BYTES_MAX)
        except ForgeRefused as refusal:
            log.info("context.refused", repo=repo, path=path, problem=str(refusal))
            found[path] = None
        except ForgeUnavailable as problem:
            # Asking for the next file would only make whoever waits for us wait longer.
            log.warning("context.unavailable", repo=repo, path=path, problem=str(problem))
            break
        until = world.wall_seconds() + KEPT_SECONDS
        world.store.update(TABLE, _row(repo, path), put={"text": found[path], "expires_at": until})
    return found


def _row(repo: str, path: str) -> Key:
    # GitHub takes Owner/Name and owner/name for the same.
    return Key(f"context#{repo.lower()}", path)
