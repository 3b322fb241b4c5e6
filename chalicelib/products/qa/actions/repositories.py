"""In which repositories the deployment's token may be used, and for whom: the backoffice decides (ruling 36)."""

from chalicelib.core.events import service as events
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Admin
from chalicelib.core.world import World
from chalicelib.kit import clock, once, pages
from chalicelib.kit.once import Claim, Outcome
from chalicelib.products.qa.store import repositories as rows
from chalicelib.products.qa.words import repositories as words


def list_granted(world: World, account_id: str, query: pages.CursorWords) -> words.RepositoryPage:
    """The repositories in which issues may be opened for an agent. Raises AccountNotFound, Invalid."""
    identity.account_of(world, account_id)
    turn = pages.turn(world.cursors, f"admin/repositories/{account_id}", query)
    page = rows.list_granted(world.store, account_id, query.limit, turn.after)
    shown = [
        words.RepositoryShown(
            repo=item["repo"], granted_by=item["granted_by"], granted_at=clock.parse(item["granted_at"])
        )
        for item in page.items
    ]
    return words.RepositoryPage(data=shown, pagination=turn.pagination(page.last, None))


def grant(
    world: World, admin: Admin, account_id: str, order: words.RepositoryOrder, claim: Claim | None
) -> Outcome:  # fmt: skip
    """Let issues be opened in a repository for an agent. Raises AccountNotFound."""
    identity.account_of(world, account_id)
    now = world.now()
    writes = [
        rows.grant(account_id, order.repo, admin.name, now),
        events.audit(world, admin, "admin.repository_granted", account_id, order.reason, repo=order.repo),
    ]
    answer = words.RepositoryShown(repo=order.repo, granted_by=admin.name, granted_at=now)
    return once.commit(world.store, claim, writes, answer)


def withdraw(
    world: World, admin: Admin, account_id: str, order: words.RepositoryOrder, claim: Claim | None
) -> Outcome:  # fmt: skip
    """Let no more issues be opened in a repository for an agent. Raises AccountNotFound, RepositoryNotGranted."""
    identity.account_of(world, account_id)
    writes = [
        rows.withdraw(account_id, order.repo),
        events.audit(world, admin, "admin.repository_withdrawn", account_id, order.reason, repo=order.repo),
    ]
    return once.commit(world.store, claim, writes, words.RepositoryWithdrawn(repo=order.repo))
