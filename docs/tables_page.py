"""The page of tables: infra/resources.yaml, the rows that the stores' docstrings list, and the queries they make."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from itertools import product
from types import ModuleType
from typing import Any, TypeGuard

import yaml

from chalicelib.core import heads
from docs.drawing import ROOT, modules, page, table

INTRODUCTION = """\
Every table has the keys `pk` and `sk`, both text; reads by them are consistent. Most reads are of one row, or of some
rows together, by these keys. The others are listed below each table: a query goes through one partition of the table or
of an index. Only the proof of all books reads a whole table."""
THE_TABLE = "the table itself"


def table_page() -> str:
    resources = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text())["Resources"]
    parts = []
    for logical, resource in resources.items():
        if resource["Type"] == "AWS::DynamoDB::Table":
            name = logical.removesuffix("Table").lower()
            parts += [f"## {name}", _described_table(resource["Properties"]), *_rows_of(name), *_access_of(name)]
    return page("Tables", INTRODUCTION, *parts)


def _described_table(properties: dict[str, Any]) -> str:
    rows = [(THE_TABLE, *_key(properties), "everything")]
    for index in properties.get("GlobalSecondaryIndexes", []):
        shown = index["Projection"]
        holds = {"ALL": "everything", "KEYS_ONLY": "keys"}.get(
            shown["ProjectionType"], "keys, " + ", ".join(shown.get("NonKeyAttributes", []))
        )
        rows.append((f"index `{index['IndexName']}`", *_key(index), holds))
    recovery = properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled", False)
    expiry = properties.get("TimeToLiveSpecification", {}).get("AttributeName")
    kept = [
        "Recoverable to any second of the last 35 days." if recovery else "Not backed up.",
        "Protected from deletion." if properties.get("DeletionProtectionEnabled") else "",
        f"Rows expire at `{expiry}`." if expiry else "",
    ]
    return " ".join(filter(None, kept)) + "\n\n" + table(("", "partition key", "sort key", "holds"), rows)


def _key(description: dict[str, Any]) -> tuple[str, str]:
    names = [f"`{part['AttributeName']}`" for part in description["KeySchema"]]
    return names[0], names[1]


def _rows_of(table: str) -> Iterator[str]:
    """What the modules that write to a table say of its rows."""
    for module in modules():
        if getattr(module, "TABLE", None) == table and (lines := _row_lines(inspect.getdoc(module) or "")):
            yield "\n".join(["```", *lines, "```"])


def _row_lines(text: str) -> list[str]:
    """The paragraph of a docstring that begins with the heads `pk`, `sk` and `what`, from the first head on."""
    for paragraph in text.split("\n\n"):
        lines = paragraph.splitlines()
        if {"pk", "sk", "what"} <= set(lines[0].split()):
            return [line[lines[0].index("pk") :] for line in lines]
    return []


def queries(table: str) -> Iterator[tuple[str, str]]:
    """The queries of a table: what each is asked, and the indexes that answer it, or the table itself."""
    for module in modules():
        if getattr(module, "TABLE", None) == table or getattr(getattr(module, "rows", None), "TABLE", None) == table:
            yield from _queries_in(module, table)
        if getattr(module, "TABLE", None) == table and isinstance(getattr(module, "HEADS", None), heads.Heads):
            yield from _queries_in(heads, table)


def _queries_in(module: ModuleType, table: str) -> Iterator[tuple[str, str]]:
    functions = {one.name: one for one in ast.walk(ast.parse(inspect.getsource(module))) if _is_function(one)}
    for function in functions.values():
        for call in ast.walk(function):
            if _is_query(call) and _of(call, module, table) == table:
                asked = " ".join((ast.get_docstring(function) or "").split("\n\n")[0].split())
                index = next((word.value for word in call.keywords if word.arg == "index"), None)
                for name in _texts(index, functions) if index else [THE_TABLE]:
                    yield asked.partition(". ")[0].rstrip("."), name


def _is_query(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "store.query"


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef)


def _of(call: ast.Call, module: ModuleType, table: str) -> str:
    """The table of a query: its first argument, a name of the module or of its store's, or the table of the heads."""
    owner, _, name = ast.unparse(call.args[0]).rpartition(".")
    if owner == "self":
        return table
    return str(getattr(getattr(module, owner) if owner else module, name))


def _texts(node: ast.expr, functions: Mapping[str, Any]) -> list[str]:
    """The texts that an expression may be: as it stands, put together, or answered by a function of the module."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.FormattedValue):
        return _texts(node.value, functions)
    if isinstance(node, ast.JoinedStr):
        return ["".join(parts) for parts in product(*(_texts(value, functions) for value in node.values))]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, functions), *_texts(node.orelse, functions)]
    assert isinstance(node, ast.Call), ast.unparse(node)  # noqa: S101
    answered = functions[ast.unparse(node.func)].body[-1]
    return _texts(answered.value, functions)


def _access_of(name: str) -> Iterator[str]:
    answered: dict[str, list[str]] = {}
    for asked, index in queries(name):
        answered.setdefault(asked, []).append(index if index == THE_TABLE else f"`{index}`")
    if answered:
        yield table(("asked", "answered by"), ((asked, " or ".join(by)) for asked, by in answered.items()))
