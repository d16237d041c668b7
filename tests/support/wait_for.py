"""Waiting for a condition with a deadline, instead of sleeping and hoping."""

import threading
import time

PATIENCE_S = 20


class Changing:
    """State that other threads change: they call changed(), a test waits in until()."""

    def __init__(self):
        self.condition = threading.Condition(threading.RLock())

    def changed(self):
        with self.condition:
            self.condition.notify_all()

    def until(self, what, holds, patience_s=PATIENCE_S):
        """Returns the first true value of holds(); fails, naming `what`, when there is none."""
        end = time.monotonic() + patience_s
        with self.condition:
            while True:
                value = holds()
                if value:
                    return value
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"not within {patience_s} s: {what}")
                # Not everything that holds() looks at announces its changes.
                self.condition.wait(min(left, 0.05))
