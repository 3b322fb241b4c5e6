"""The page of tables: infra/resources.yaml, and the rows that the stores' docstrings list."""

import inspect
from collections.abc import Iterator
from typing import Any

import yaml

from docs.drawing import ROOT, modules, page, table


def table_page() -> str:
    resources = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text())["Resources"]
    parts = []
    for logical, resource in resources.items():
        if resource["Type"] == "AWS::DynamoDB::Table":
            name = logical.removesuffix("Table").lower()
            parts += [f"## {name}", _described_table(resource["Properties"]), *_rows_of(name)]
    return page("Tables", "Every table has the keys `pk` and `sk`, both text; reads by them are consistent.", *parts)


def _described_table(properties: dict[str, Any]) -> str:
    rows = [("the table itself", *_key(properties), "everything")]
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
