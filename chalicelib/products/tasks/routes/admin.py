"""Tasks over HTTP: the backoffice's side."""

from __future__ import annotations

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Nothing
from chalicelib.products.tasks.actions import categories
from chalicelib.products.tasks.words import categories as words

_routes = Routes()


@_routes.get("/api/v1/admin/task-types", Who.ADMIN, Nothing, lambda: words.TypesShown)
def list_types(call: Call[Nothing]) -> words.TypesShown:
    return categories.list_types(call.world)


@_routes.post("/api/v1/admin/task-types/{task_type}", Who.ADMIN, lambda: words.SwitchOrder, lambda: words.TypeShown)
def switch_type(call: Call[words.SwitchOrder]) -> Outcome:
    return categories.switch(call.world, call.admin, call.ids["task_type"], call.words, call.claim)


ROUTES = _routes.all
