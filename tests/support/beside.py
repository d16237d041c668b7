"""What goes on beside a test, on a thread of its own, as long as a block lasts.

    class Knocking(Beside):
        def go(self):
            while not self.over.wait(1):
                knock()

    with Knocking():
        ...
"""

import threading


class Beside:
    """go() ends soon after `over` is set."""

    def __init__(self):
        self.over = threading.Event()
        self._thread = threading.Thread(target=self.go, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self._thread.join()
