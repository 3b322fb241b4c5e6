"""An ASGI app behind events of API Gateway.

Its lifespan is entered once per process, since some apps bear no second.
"""

import asyncio
from typing import Any

HOST = ("127.0.0.1", 8000)


class Handler:
    """Calls an app with one event after another, in one loop."""

    def __init__(self, app: Any) -> None:
        self._app, self._loop = app, asyncio.new_event_loop()
        self._loop.run_until_complete(self._start())

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        return self._loop.run_until_complete(self._handle(event))

    async def _start(self) -> None:
        started: asyncio.Future[None] = self._loop.create_future()

        async def send(message: Any) -> None:
            if message["type"] == "lifespan.startup.complete":
                started.set_result(None)

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
        self._living = self._loop.create_task(self._app(scope, self._told({"type": "lifespan.startup"}), send))
        await started

    async def _handle(self, event: dict[str, Any]) -> dict[str, Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        request = {"type": "http.request", "body": event["body"].encode(), "more_body": False}
        await self._app(_scope(event), self._told(request), send)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return {"statusCode": sent[0]["status"], "headers": {}, "body": body.decode()}

    def _told(self, message: Any) -> Any:
        """An ASGI `receive` that gives one message, and then has no more to say."""
        messages, never = iter([message]), self._loop.create_future()

        async def receive() -> Any:
            return next(messages, None) or await never

        return receive


def _scope(event: dict[str, Any]) -> dict[str, Any]:
    headers = [(name.lower().encode(), value.encode()) for name, value in event["headers"].items()]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": event["httpMethod"],
        "scheme": "https", "path": event["path"], "raw_path": event["path"].encode(), "query_string": b"",
        "root_path": "", "headers": [*headers, (b"host", b"%s:%d" % (HOST[0].encode(), HOST[1]))],
        "client": ("127.0.0.1", 1), "server": HOST,
    }  # fmt: skip
