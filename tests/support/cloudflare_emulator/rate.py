"""The request quota: so many requests per window and user, then nothing for a while.

Going over it locks the user out for a whole window, counted from the first refusal, as the
service does; `lockout_s` changes that length.
"""

import math
import time
from dataclasses import dataclass

from .answer import ApiError, failure


@dataclass
class Quota:
    requests: int = 1200
    window_s: float = 300
    lockout_s: float | None = None  # None: as long as the window


@dataclass
class _Budget:
    ends: float
    used: int = 0
    locked: bool = False


class RateLimiter:
    def __init__(self, quota):
        self.quota = quota
        self._budgets = {}
        self.refused = 0

    def set_quota(self, quota):
        """A new quota forgets what was used and who was locked out."""
        self.quota = quota
        self._budgets.clear()

    def spend(self, caller):
        """Counts one request; gives back the refusal if the caller is over the quota."""
        now = time.monotonic()
        budget = self._current(caller, now)
        if not budget.locked:
            budget.used += 1
            if budget.used <= self.quota.requests:
                return None
            budget.locked = True
            lockout = self.quota.lockout_s
            budget.ends = now + (self.quota.window_s if lockout is None else lockout)
        self.refused += 1
        return throttled(budget.ends - now)

    def headers(self, caller):
        now = time.monotonic()
        budget = self._current(caller, now)
        left = max(0, self.quota.requests - budget.used)
        reset = max(0, math.ceil(budget.ends - now))
        window = math.ceil(self.quota.window_s)
        return {
            "Ratelimit": f'"default";r={left};t={reset}',
            "Ratelimit-Policy": f'"burst";q={self.quota.requests};w={window}',
        }

    def _current(self, caller, now):
        budget = self._budgets.get(caller)
        if budget is None or budget.ends <= now:
            budget = self._budgets[caller] = _Budget(now + self.quota.window_s)
        return budget


def throttled(retry_after_s, code=971):
    text = "Please wait and consider throttling your request speed"
    answer = failure(ApiError(429, code, text))
    if retry_after_s is not None:
        answer.headers["Retry-After"] = str(max(1, math.ceil(retry_after_s)))
    if code < 1000:
        answer.bent = f"code {code} is below the least code of the API description"
    return answer
