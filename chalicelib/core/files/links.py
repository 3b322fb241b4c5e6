"""Links that last: our own signed address of a frozen file, which leads to a fresh signed URL of the bucket.

    https://<public URL>/api/files/<token> ──302──► the bucket's URL, good for an hour ──► the bytes

A link stands where nobody can renew it, in a public comment or in an answer that was stored. Whoever has it may read
the file; the token carries key, type and expiry under a signature of ours, so nothing is looked up. It counts wall
time, like every signed URL.
"""

from chalicelib.core.files.model import LINK_PATH, READ_SECONDS, SHOWN_TYPES, Frozen
from chalicelib.core.world import World
from chalicelib.kit import signed
from chalicelib.kit.errors import Gone, NotFound

DAY_SECONDS = 86_400
_PURPOSE = "byhand/file-link/v1"


class LinkNotFound(NotFound):
    """We never gave out such a link."""

    code = "link_not_found"

    def __init__(self) -> None:
        super().__init__("There is no file behind this link.")


class LinkExpired(Gone):
    """The link was ours and its time is over; whoever may read the file can ask for a new one."""

    code = "link_expired"

    def __init__(self) -> None:
        super().__init__("This link has expired.")


def make(world: World, frozen: Frozen) -> str:
    """The link of a frozen file. Its token needs no escaping in a path."""
    until = world.wall_seconds() + world.settings.file_link_days * DAY_SECONDS
    token = signed.token(_key(world), [frozen.key, frozen.content_type, until])
    return f"{world.settings.byhand_public_url.rstrip('/')}{LINK_PATH}{token}"


def follow(world: World, token: str, *, to_look: bool = False) -> str:
    """Where the file of a link can be read now, or looked at with a HEAD: no longer than the link itself.

    Raises LinkNotFound, LinkExpired.
    """
    found = signed.read_token(_key(world), token)
    if found is None:
        raise LinkNotFound
    key, content_type, until = found
    left = until - world.wall_seconds()
    if left <= 0:
        raise LinkExpired
    return signed_url(world, key, content_type, min(left, READ_SECONDS), to_look=to_look)


def signed_url(world: World, key: str, content_type: str, seconds: int, *, to_look: bool = False) -> str:
    """The bucket's own signed URL. A document may hold scripts: nobody's browser opens it."""
    return world.bucket.url_to_get(key, seconds, to_save=content_type not in SHOWN_TYPES, to_look=to_look)


def _key(world: World) -> bytes:
    return world.seal.derive(_PURPOSE)
