"""The traffic log: one JSON line per exchange, for people and for openapi_check.mjs.

Keys: time, elapsed_ms, method, url, request_headers (without credentials), request_body, status,
response_headers, response_body, bent. Bodies are JSON values where they parse, text where they do
not, null where there is none. `status` is null if the client got no answer. `bent` says why an
answer departs from the API description on purpose (a fault, a known deviation of the service).
"""

import json
import time

from . import strict_json
from .clock import timestamp

_SECRET_HEADERS = frozenset(
    ("authorization", "x-auth-key", "x-auth-email", "x-auth-user-service-key", "cookie")
)


class TrafficLog:
    def __init__(self, path=None):
        self._file = open(path, "a", buffering=1, encoding="utf-8") if path else None

    def close(self):
        if self._file:
            self._file.close()

    def write(self, request, body, answer, headers, started):
        if self._file is None:
            return
        line = {
            "time": timestamp(),
            "elapsed_ms": round((time.monotonic() - started) * 1000, 3),
            "method": request.method,
            "url": request.raw_path,
            "request_headers": _shown(request.headers),
            "request_body": _document(body),
            "status": answer.status if answer else None,
            "response_headers": dict(headers) if answer else None,
            "response_body": _document(answer.body()) if answer else None,
            "bent": answer.bent if answer else "the answer was lost",
        }
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _shown(headers):
    return {k.lower(): v for k, v in headers.items() if k.lower() not in _SECRET_HEADERS}


def _document(body):
    if not body:
        return None
    try:
        return strict_json.parse(body)
    except ValueError:
        return body.decode("utf-8", "replace")
