"""A test of a page in two calls, in Markdown: what a model reads before it orders its first one."""

GUIDE = """## A test of a page

1. `POST /api/jobs` `{"url", "description", "outputSchema": {"works": {"type": "boolean", "description": "Does it?"}}}`:
   a person tries the page and is paid by the second. The most that it can cost is set aside; the answer has `jobId`.
2. `GET /api/job/{job_id}`, until `status` is `completed` (`result`, `costUsd`), or `incomplete`, `abandoned`,
   `rejected` or `error`, which cost nothing. `POST /api/run` is both in one request that waits.

As tools: `POST /api/qa/mcp`.
"""
