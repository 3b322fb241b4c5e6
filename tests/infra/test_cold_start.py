"""What a cold start pays for: the modules that importing app.py and the first request run, and those they leave alone.

How long it takes is measured by `bench/cold.py`; a time is no promise on a machine that does other things. What is
imported is one, and it is where the time goes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json, sys
from types import ModuleType
import app
print(json.dumps([[name, type(module) is ModuleType] for name, module in list(sys.modules.items())]))
"""
TOOLS = """
from chalicelib.tools import tasks
listed = tasks.SERVER.tools.listed()
"""
HEAVY = {
    "boto3", "s3transfer", "multiprocessing.pool", "h3", "jwt", "PIL", "cryptography", "ulid", "schemathesis", "moto",
    "requests",
}  # fmt: skip
# Of more than 190. What is run here every function pays for, at every cold start; a new module seldom belongs to it.
OURS_MAX = 50


def _known_after(program: str) -> dict[str, bool]:
    """The modules that a program knows at its end in live mode, and whether each has run."""
    environment = {"PATH": os.environ["PATH"], "BYHAND_MODE": "live", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def modules() -> dict[str, bool]:
    """The modules that `import app` knows in live mode, and whether each has run."""
    return _known_after(PROGRAM)


def test_nothing_heavy_is_imported_before_it_is_needed(modules: dict[str, bool]) -> None:
    assert sorted(HEAVY & modules.keys()) == []


def test_of_our_own_modules_few_have_run(modules: dict[str, bool]) -> None:
    ours = sorted(name for name, has_run in modules.items() if has_run and name.startswith("chalicelib."))
    run = [name for name in ours if not (ROOT / name.replace(".", "/")).is_dir()]
    assert len(run) <= OURS_MAX, run


def test_a_list_of_tools_wakes_no_product(modules: dict[str, bool]) -> None:
    ours = {name for name, has_run in _known_after(TOOLS + PROGRAM).items() if has_run}
    more = {name for name in ours if name.startswith("chalicelib.products.")} - {
        name for name, has_run in modules.items() if has_run
    }
    assert [name for name in more if not (ROOT / name.replace(".", "/")).is_dir()] == []
    assert [name for name in modules if name.startswith("chalicelib.doors.mcp.") and modules[name]] == [
        "chalicelib.doors.mcp.mount"
    ]


def test_an_endpoint_wakes_nothing_of_another(modules: dict[str, bool]) -> None:
    """Not even to call a tool: each has the modules of its own product run."""
    declared = TOOLS + "tools = tasks.TOOLBOX.declared()"
    run = {name for name, has_run in _known_after(declared + PROGRAM).items() if has_run}
    woken = run - {name for name, has_run in modules.items() if has_run}
    files = [name for name in woken if not (ROOT / name.replace(".", "/")).is_dir()]
    assert "chalicelib.products.tasks.tools.tasks" in files
    assert [name for name in files if name.startswith(("chalicelib.tools.qa", "chalicelib.products.qa"))] == []


def test_the_words_verbs_and_jobs_of_products_wait(modules: dict[str, bool]) -> None:
    run = {name for name, has_run in modules.items() if has_run and name.startswith("chalicelib.products.")}
    files = {name for name in run if not (ROOT / name.replace(".", "/")).is_dir()}
    assert {name.split(".")[3] for name in files} <= {"routes", "guide", "kinds"}
