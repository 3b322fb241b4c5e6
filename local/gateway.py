"""What API Gateway does before a request reaches us: refuses what has no route or is too large, in our error shape.

More than it does: a doubled slash in a path is one here, as at the waiting door; API Gateway answers 404 for it.

Deployed, infra/lambda.yaml says these answers; here the same words come from the HTTP door.
"""

import logging
import re
import uuid
from typing import Any

from chalice.local import ChaliceRequestHandler, LocalGatewayException

log = logging.getLogger("local.gateway")
DOUBLED = re.compile("/{2,}")
# API Gateway's own limit; what a route of ours reads is less, and the door says how much.
BODY_BYTES_MAX = 10 * 1024 * 1024


class GatewayHandler(ChaliceRequestHandler):
    """One connection. Requests leave no lines on the screen: a screen full of them hides what matters."""

    path: str

    def parse_request(self) -> bool:
        """Read a request's head, and its path with single slashes."""
        is_read: bool = super().parse_request()
        if is_read:
            path, mark, query = self.path.partition("?")
            self.path = DOUBLED.sub("/", path) + mark + query
        return is_read

    def _generic_handle(self) -> None:
        length = self.headers.get("content-length", "0")
        if not length.isdigit():
            self._refuse(400)
        elif int(length) > BODY_BYTES_MAX:
            self._refuse(413)
        else:
            super()._generic_handle()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815 their names

    def _send_error_response(self, error: LocalGatewayException) -> None:
        """Chalice answers 403 for a path that no route has, as a bare API Gateway does; ours answers 404."""
        self._refuse(404)

    def _refuse(self, status: int) -> None:
        # Imported late: what chalicelib keeps belongs to the stack that is running, not to this module.
        from chalicelib.doors.http import answers

        request_id = str(uuid.uuid4())
        answer = answers.of_framework(status, request_id)
        headers: dict[str, Any] = {"X-Request-Id": request_id, "Access-Control-Allow-Origin": "*"}
        # The body may not have been read: what follows on this connection is not a request.
        self.close_connection = True
        self._send_http_response(status, {**headers, "Connection": "close"}, answer.body)

    def log_message(self, *arguments: Any) -> None:
        log.debug(*arguments)
