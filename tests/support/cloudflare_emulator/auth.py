"""Finds out who calls, and answers the two token verification endpoints."""

import re

from .answer import ApiError, success
from .api_token import GlobalKey

# Shorter strings, and what is no token character, are refused by form before any look-up: so is
# a global key (37 to 45 hexadecimal digits start below this length) sent as a bearer token.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")
_KEY = re.compile(r"[0-9a-f]{37,45}|cfk_[A-Za-z0-9_-]{40,}")


def identify(world, call):
    """The caller, or an ApiError."""
    if "X-Auth-Key" in call.headers or "X-Auth-Email" in call.headers:
        return _identify_key(world, call)
    scheme, _, value = call.headers.get("Authorization", "").partition(" ")
    token = world.token(value) if scheme.lower() == "bearer" else None
    if token is None:
        if scheme.lower() != "bearer" or not _TOKEN.fullmatch(value):
            raise _malformed(6111, "Invalid format for Authorization header")
        raise ApiError(403, 9109, "Invalid access token")
    if not token.usable_from(call.remote):
        text = f"Cannot use the access token from location: {call.remote}"
        raise ApiError(403, 9109, text)
    if token.status != "active" and "tokens/verify" not in call.path:
        raise ApiError(403, 9109, "Invalid access token")
    return token


def verify_user_token(world, call):
    if isinstance(call.caller, GlobalKey):
        raise ApiError(400, 1001, 'Missing "Authorization" header')
    if call.caller.kind != "user":
        raise ApiError(401, 1000, "Invalid API Token")
    return _verified(call.caller)


def verify_account_token(world, call, account_id):
    if isinstance(call.caller, GlobalKey):
        raise ApiError(400, 1001, 'Missing "Authorization" header')
    if call.caller.kind != "account" or call.caller.account_id != account_id:
        raise ApiError(401, 1000, "Invalid API Token")
    return _verified(call.caller)


def _verified(token):
    # 10000 in `messages` means "fine"; in `errors` it means the opposite.
    text = f"This API Token is valid and {token.status}"
    return success(token.to_json(), messages=[{"code": 10000, "message": text}])


def _identify_key(world, call):
    value = call.headers.get("X-Auth-Key", "")
    if not _KEY.fullmatch(value):
        raise _malformed(6103, "Invalid format for X-Auth-Key header")
    key = world.global_key(call.headers.get("X-Auth-Email", ""), value)
    if key is None:
        raise ApiError(403, 9103, "Unknown X-Auth-Key or X-Auth-Email")
    return key


def _malformed(code, text):
    return ApiError(400, 6003, "Invalid request headers", chain=((code, text),))
