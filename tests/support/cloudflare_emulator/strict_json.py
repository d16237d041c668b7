"""JSON as other programs read it: Python's reader also takes NaN, Infinity and endless numbers."""

import json
import math


def parse(text):
    """Raises ValueError for what is not JSON, nested without end, or a number without bounds."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(text):
    raise ValueError(f"{text} is no JSON")


def _finite(text):
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)
