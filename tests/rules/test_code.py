"""House rules about the code, kept by the code: what a review would say again and again."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.source import PACKAGED, ROOT, WRITTEN, at_import, files, functions, imported, name, spoken, tree

FILE_LINES_MAX, APP_LINES_MAX = 300, 60
FUNCTION_LINES_REASON, FUNCTION_LINES_MAX = 40, 70
MONEY = [ROOT / "chalicelib/kit/money.py", *files("chalicelib/core/ledger")]
EVERY_WRITTEN = pytest.mark.parametrize("path", files(*WRITTEN), ids=name)
EVERY_PACKAGED = pytest.mark.parametrize("path", files(*PACKAGED), ids=name)


def test_the_rules_look_at_files_that_are_there() -> None:
    seen = {name(path) for path in files(*WRITTEN)}
    assert {"app.py", "chalicelib/kit/money.py", "local/strict.py", "infra/package.py", "docs/build.py"} <= seen
    assert len(MONEY) > 5


@EVERY_WRITTEN
def test_a_file_is_short_enough_to_be_read_at_once(path: Path) -> None:
    most = APP_LINES_MAX - 1 if name(path) == "app.py" else FILE_LINES_MAX
    assert len(path.read_text().splitlines()) <= most


@EVERY_WRITTEN
def test_a_function_is_short_and_a_long_one_says_why(path: Path) -> None:
    assert [one for one in functions(path) if one.lines >= FUNCTION_LINES_MAX] == []
    assert [one for one in functions(path) if one.lines > FUNCTION_LINES_REASON and not one.says_why] == []


@EVERY_WRITTEN
def test_a_module_says_what_it_is_for(path: Path) -> None:
    if path.read_text().strip():
        assert ast.get_docstring(tree(path))


@EVERY_PACKAGED
def test_only_the_proof_of_the_books_scans_a_table(path: Path) -> None:
    if name(path) != "chalicelib/core/ledger/proof.py":
        calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
        assert [spoken(call) for call in calls if spoken(call.func).endswith(".scan")] == []
        words = [node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)]
        assert "scan" not in words


@EVERY_PACKAGED
def test_no_client_is_made_when_a_module_is_imported(path: Path) -> None:
    calls = [spoken(node.func) for node in at_import(path) if isinstance(node, ast.Call)]
    assert [call for call in calls if call.startswith(("boto3", "aws.", "_client"))] == []
    everywhere = [spoken(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    if name(path) != "chalicelib/kit/aws.py":
        assert [call for call in everywhere if call.startswith("boto3.")] == []


@EVERY_PACKAGED
def test_only_the_configuration_reads_the_environment(path: Path) -> None:
    if name(path) != "chalicelib/kit/config.py":
        named = [spoken(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
        assert [one for one in named if one in ("os.environ", "os.environb", "os.getenv", "os.putenv")] == []
        assert not imported(path) & {"os.environ", "os.environb", "os.getenv"}


@pytest.mark.parametrize("path", MONEY, ids=name)
def test_no_float_comes_near_money(path: Path) -> None:
    nodes = list(ast.walk(tree(path)))
    assert [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, float)] == []
    assert [node.id for node in nodes if isinstance(node, ast.Name) and node.id in ("float", "round")] == []
    assert [spoken(node) for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)] == []
    assert "math" not in imported(path)


@pytest.mark.parametrize("path", files("chalicelib", "infra"), ids=name)
def test_nothing_imports_the_app(path: Path) -> None:
    assert not {one for one in imported(path) if one == "app" or one.startswith("app.")}


@EVERY_PACKAGED
def test_the_app_never_shows_its_insides(path: Path) -> None:
    """`debug` makes Chalice answer with a traceback."""
    named = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
    assert [spoken(node) for node in named if node.attr == "debug" and spoken(node.value) in ("app", "self")] == []
    words = [node.arg for node in ast.walk(tree(path)) if isinstance(node, ast.keyword)]
    assert "debug" not in words
    assert '"debug"' not in (ROOT / ".chalice/config.json").read_text()


@EVERY_PACKAGED
def test_no_exception_is_swallowed_whole(path: Path) -> None:
    handlers = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)]
    assert [node.lineno for node in handlers if node.type is None] == []
    assert [node.lineno for node in handlers if len(node.body) == 1 and isinstance(node.body[0], ast.Pass)] == []


def test_importing_the_app_opens_nothing_and_reads_no_more_than_its_mode() -> None:
    """In a process of its own, with nothing set but the mode: the names of tables come at the first request."""
    look = (
        "import boto3, app\n"
        "from chalicelib.kit import aws\n"
        "from chalicelib.doors import wiring\n"
        "assert boto3.DEFAULT_SESSION is None\n"
        "assert aws._made.cache_info().currsize == 0\n"
        "assert wiring._built.cache_info().currsize == 0\n"
        "print(len(app.app.routes))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", look], cwd=ROOT, env={"PATH": "", "BYHAND_MODE": "live"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 10
