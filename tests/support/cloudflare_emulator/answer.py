"""The envelope of the API: what every handler returns, and the one exception it may raise."""

import json
from dataclasses import dataclass, field


class ApiError(Exception):
    """A refusal in the words of the API: HTTP status, numeric code and text."""

    def __init__(self, status, code, message, chain=(), bare=False):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.chain = chain  # (code, message) pairs that explain the outer code
        self.bare = bare  # only `success` and `errors`: the authorization layer's manner


@dataclass
class Answer:
    """One HTTP answer. `payload` is the JSON document; `raw` replaces it when a fault bends it."""

    status: int
    payload: dict | None = None
    headers: dict = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = "application/json"
    bent: str | None = None  # why this answer departs from the API description, if it does

    def body(self):
        if self.raw is not None:
            return self.raw
        return json.dumps(self.payload, separators=(",", ":"), ensure_ascii=False).encode()


def success(result, result_info=None, messages=()):
    payload = {"result": result, "success": True, "errors": [], "messages": list(messages)}
    if result_info is not None:
        payload["result_info"] = result_info
    return Answer(200, payload)


def failure(error):
    entry = {"code": error.code, "message": error.message}
    if error.chain:
        entry["error_chain"] = [{"code": code, "message": text} for code, text in error.chain]
    if error.bare:
        answer = Answer(error.status, {"success": False, "errors": [entry]})
        answer.bent = "the authorization layer leaves out messages and result"
        return answer
    return Answer(
        error.status, {"result": None, "success": False, "errors": [entry], "messages": []}
    )


def page_of(items, page, per_page):
    """One page of a list and the exact result_info that goes with it."""
    total = len(items)
    start = (page - 1) * per_page
    chosen = items[start : start + per_page]
    info = {
        "page": page,
        "per_page": per_page,
        "count": len(chosen),
        "total_count": total,
        "total_pages": -(-total // per_page),
    }
    return chosen, info


def page_request(query, default, lowest, highest):
    """`page` and `per_page` of a query. The code of the refusal is not documented."""
    page = _whole_number(query, "page", 1)
    per_page = _whole_number(query, "per_page", default)
    if page < 1:
        raise ApiError(400, 1004, "page must be at least 1")
    if not lowest <= per_page <= highest:
        raise ApiError(400, 1004, f"per_page must be between {lowest} and {highest}")
    return page, per_page


def _whole_number(query, key, default):
    text = query.get(key)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ApiError(400, 1004, f"{key} must be a whole number")
    return int(text)
