"""How faults bend answers: one function per kind, from the true answer to what the client gets.

Each takes the options of its fault and the true answer, which is None if the request was not let
through.
"""

import json

from .answer import Answer
from .rate import throttled


def _html(options, _answer):
    status = options.get("status", 502)
    page = f"<html>\r\n<head><title>{status}</title></head>\r\n<body>cloudflare</body>\r\n</html>"
    raw = options.get("body", page).encode()
    return Answer(status, raw=raw, content_type="text/html; charset=UTF-8")


def _problem(options, _answer):
    status = options.get("status", 502)
    document = {
        "type": f"https://developers.cloudflare.com/support/errors/{status}/",
        "title": f"Error {status}",
        "status": status,
        "detail": "The origin web server could not be reached.",
        "retryable": status >= 500,
    }
    raw = json.dumps(document).encode()
    return Answer(status, raw=raw, content_type="application/problem+json")


def _truncated(options, answer):
    status = answer.status if answer else 200
    whole = answer.body() if answer else b'{"result":{"id":"","success":'
    return Answer(status, raw=whole[: int(len(whole) * options.get("keep", 0.5))])


def _error(status):
    def bend(options, _answer):
        entry = {
            "code": options.get("code", 10000),
            "message": options.get("message", "Authentication error"),
        }
        payload = {"success": False, "errors": [entry], "messages": [], "result": None}
        return Answer(options.get("status", status), payload)

    return bend


def _without(*always):
    def bend(options, answer):
        dropped = (*always, *options.get("keys", ()))
        return Answer(answer.status, _pruned(answer.payload, dropped))

    return bend


def _pruned(value, dropped):
    if isinstance(value, dict):
        return {k: _pruned(v, dropped) for k, v in value.items() if k not in dropped}
    if isinstance(value, list):
        return [_pruned(item, dropped) for item in value]
    return value


def _extra(_options, answer):
    return Answer(answer.status, _enriched(answer.payload))


def _enriched(value):
    if isinstance(value, dict):
        known = {key: _enriched(item) for key, item in value.items()}
        return {"x_new_field": {"nested": [1, "two", None]}, **known, "zz_new_flag": True}
    if isinstance(value, list):
        return [_enriched(item) for item in value]
    return value


def _redirect(options, _answer):
    location = options.get("location", "http://127.0.0.1:9/elsewhere")
    return Answer(options.get("status", 302), raw=b"", headers={"Location": location})


def _throttle(options, _answer):
    return throttled(options.get("retry_after", 1), options.get("code", 971))


BENDS = {
    "status_html": _html,
    "problem_json": _problem,
    "truncated_json": _truncated,
    "success_false_200": _error(200),
    "api_error": _error(403),
    "missing_result_info": _without("result_info"),
    "missing_keys": _without(),
    "extra_keys": _extra,
    "redirect": _redirect,
    "throttle": _throttle,
}
