"""The document as one page for people: HTML that needs no script and no other host.

All text in it is escaped, and the page's policy lets nothing run or load but its own style.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from chalicelib.doors.http import examples

STYLE = """
:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--soft:#f4f4f1;--line:#ddd;--mark:#0a5}
@media(prefers-color-scheme:dark){:root{--ink:#e8e8e4;--paper:#16181a;--soft:#202326;--line:#3a3d40;--mark:#4d9}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
a{color:inherit}
header,main{max-width:60rem;margin:0 auto;padding:1rem}
nav{max-width:60rem;margin:0 auto;padding:0 1rem}
nav ul{list-style:none;margin:.25rem 0;padding:0}
nav li{margin:.2rem 0;overflow-wrap:anywhere}
section>article{border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
article h3{margin:0;font-size:1rem;overflow-wrap:anywhere}
.method{display:inline-block;min-width:4.2rem;font-weight:700;color:var(--mark)}
pre{background:var(--soft);padding:.75rem;border-radius:.4rem;overflow-x:auto;font-size:.85rem}
code{font-family:ui-monospace,monospace;font-size:.9em}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
td,th{text-align:left;vertical-align:top;border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0}
summary{cursor:pointer;margin:.5rem 0}
@media(min-width:75rem){
nav{position:fixed;top:0;bottom:0;left:0;width:22rem;overflow-y:auto;padding:1rem;font-size:.85rem}
header,main{margin-left:23rem}}
"""
# The one style of the page is named by its hash: anything else that got into the page would not be applied.
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def page(document: dict[str, Any]) -> str:
    """The page of a document."""
    info, server = document["info"], document["servers"][0]["url"].rstrip("/")
    return "".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{escape(info['title'])}</title><style>{STYLE}</style></head><body>",
            f"<header><h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['description'])}</p>",
            f'<p>For programs: <a href="{escape(server)}/api/openapi.json">openapi.json</a>. ',
            f'For models: <a href="{escape(server)}/llms.txt">llms.txt</a>.</p></header>',
            _contents(document),
            "<main>",
            *(_section(tag["name"], document) for tag in document["tags"]),
            "</main></body></html>",
        ]
    )


def _operations(document: dict[str, Any], tag: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if tag in operation["tags"]:
                yield method, path, operation


def _contents(document: dict[str, Any]) -> str:
    parts = ['<nav aria-label="Operations">']
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['name'])}</h2><ul>")
        for method, path, operation in _operations(document, tag["name"]):
            place = escape(operation["operationId"])
            parts.append(f'<li><a href="#{place}"><b>{method.upper()}</b> {escape(path)}</a></li>')
        parts.append("</ul>")
    return "".join([*parts, "</nav>"])


def _section(tag: str, document: dict[str, Any]) -> str:
    articles = [_article(*one, document) for one in _operations(document, tag)]
    return f"<section><h2>{escape(tag)}</h2>{''.join(articles)}</section>"


def _article(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    return "".join(
        [
            f'<article id="{escape(operation["operationId"])}">',
            f'<h3><span class="method">{method.upper()}</span> <code>{escape(path)}</code></h3>',
            f"<p>{escape(operation['summary'])} {escape(operation.get('description', ''))}</p>",
            _who(operation),
            _parameters(operation),
            _body(operation, document),
            f"<pre><code>{escape(examples.curl(method, path, operation, document))}</code></pre>",
            _answers(operation, document),
            "</article>",
        ]
    )


def _who(operation: dict[str, Any]) -> str:
    names = [name for one in operation["security"] for name in one]
    return f"<p>Opened by {' or '.join(f'<code>{escape(name)}</code>' for name in names)}.</p>" if names else ""


def _parameters(operation: dict[str, Any]) -> str:
    rows = [
        (one["name"], f"{one['in']}{', required' if one.get('required') else ''}", one.get("description", ""))
        for one in operation.get("parameters", [])
    ]
    return _table(("parameter", "where", ""), rows)


def _body(operation: dict[str, Any], document: dict[str, Any]) -> str:
    kinds = operation.get("requestBody", {}).get("content", {})
    if not kinds:
        return ""
    schema = _resolved(kinds["application/json"]["schema"], document)
    rows = [
        (name, f"{_kind(part)}{', required' if name in schema.get('required', []) else ''}",
         part.get("description", ""))
        for name, part in schema.get("properties", {}).items()
    ]  # fmt: skip
    others = [kind for kind in kinds if kind != "application/json"]
    more = f"<p>Or the bytes of a file as {escape(', '.join(others))}.</p>" if others else ""
    return _table(("field", "what", ""), rows) + more


def _answers(operation: dict[str, Any], document: dict[str, Any]) -> str:
    parts, rows = [], []
    for status, answer in operation["responses"].items():
        rows.append((status, answer["description"]))
        words = answer.get("content", {}).get("application/json")
        if words and status < "300":
            shown = json.dumps(examples.of(words["schema"], document, whole=True), indent=2, ensure_ascii=False)
            parts.append(f"<pre><code>{escape(shown)}</code></pre>")
    return f"<details><summary>Answers</summary>{_table(('status', 'what it means'), rows)}{''.join(parts)}</details>"


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return dict(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    kinds = [_kind(one) for one in schema.get("anyOf", []) if one != {"type": "null"}]
    name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    return " or ".join(kinds) or name or str(schema.get("format") or schema.get("type", "anything"))


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    heads = "".join(f"<th>{escape(one)}</th>" for one in header)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{heads}</tr>{lines}</table></div>'
