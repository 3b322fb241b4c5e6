"""Modules that run when somebody first asks them for a name, so that a cold start pays for what its request needs.

    from package import module       the module is known, and waits
    module.name                      it runs now, once, whoever asks first
    from package.module import name  asks for a name, so it runs now

Nobody sees a module half run: while it runs, other threads wait, as they would in an ordinary import. Nothing may
therefore happen for having been imported; who needs all modules there (to list the refusals, say) calls `load_all`.
"""

import sys
import threading
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_running = threading.RLock()


def install(package: str) -> None:
    """From now on the modules of a package wait; its packages run at import, as ever."""
    if not any(isinstance(finder, _Finder) and finder.package == package for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(package))


def load_all() -> None:
    """Run every module that waits, and those that come to wait by that."""
    while waiting := [module for module in list(sys.modules.values()) if type(module) is _Waiting]:
        for module in waiting:
            _run(module)


class _Waiting(ModuleType):
    """A module that has not run. What the import system knows of it can be asked without waking it."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__"):
            return object.__getattribute__(self, name)
        _run(self)
        return getattr(self, name)


class _Running(ModuleType):
    """A module while it runs: open to the thread that runs it, closed to all others until it is done."""

    def __getattribute__(self, name: str) -> Any:
        with _running:
            return object.__getattribute__(self, name)


def _run(module: Any) -> None:
    with _running:
        kind: type[ModuleType] = type(module)
        if kind is not _Waiting:
            return
        known = dict(vars(module))
        module.__class__ = _Running
        try:
            known["__spec__"].loader.run(module)
        except BaseException:
            # It waits again, so that whoever asks next is told the same, and not of a name that is missing.
            vars(module).clear()
            vars(module).update(known)
            module.__class__ = _Waiting
            raise
        module.__class__ = ModuleType


class _Finder:
    """Finds what the path finds, and has it wait."""

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if not name.startswith(f"{self.package}."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.submodule_search_locations is None:
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment]
        return spec


class _Loader:
    """Another loader, whose modules wait."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """An ordinary module: what it is while it waits is settled when the import system has named it."""
        made: ModuleType | None = self.loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = _Waiting

    def run(self, module: ModuleType) -> None:
        self.loader.exec_module(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)
