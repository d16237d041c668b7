"""Time stamps of the API, and new identifiers."""

import secrets
import time
from datetime import datetime, timezone

_last_us = 0


def timestamp():
    """Now, RFC 3339 with microseconds; strictly increasing, so that every write moves it."""
    global _last_us
    _last_us = max(_last_us + 1, time.time_ns() // 1000)
    moment = datetime.fromtimestamp(_last_us // 1_000_000, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{_last_us % 1_000_000:06d}Z"


def new_id():
    """32 hexadecimal digits, the form of every identifier of the API."""
    return secrets.token_hex(16)
