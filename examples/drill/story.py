"""How the drill speaks: chapters, lines, a clock while it waits, commands as they were typed."""

import shlex
import sys
import textwrap
import time


class Story:
    def __init__(self):
        self._tty = sys.stdout.isatty()
        self._began = time.monotonic()

    def _paint(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self._tty else text

    def chapter(self, title):
        elapsed = time.monotonic() - self._began
        print(f"\n{self._paint('1', title)}  {self._paint('2', f'[{elapsed:.0f} s]')}", flush=True)

    def line(self, text=""):
        print(f"  {text}" if text else "", flush=True)

    def good(self, text):
        print(f"  {self._paint('32', 'ok')}  {text}", flush=True)

    def bad(self, text):
        print(f"  {self._paint('31', 'NOT SEEN')}  {text}", flush=True)

    def quote(self, text):
        for row in textwrap.wrap(text, 92):
            print(f"      {self._paint('3', row)}", flush=True)

    def command(self, words):
        print("  " + self._paint("36", "$ " + shlex.join(map(str, words))), flush=True)

    def output(self, text):
        for row in text.rstrip("\n").split("\n"):
            print(f"    {row}", flush=True)

    def wait(self, what, seen, limit_s):
        """Calls `seen` until it gives something true, showing the time. None: too late."""
        began = time.monotonic()
        shown = -1
        while True:
            result = seen()
            passed = time.monotonic() - began
            if result or passed > limit_s:
                self._wipe()
                return result or None
            if int(passed) != shown:
                shown = int(passed)
                self._progress(f"{what} ... {shown} s (at most {limit_s:.0f} s)", shown)
            time.sleep(0.02)

    def _progress(self, text, seconds):
        if self._tty:
            print(f"\r  {self._paint('2', text)}\033[K", end="", flush=True)
        elif seconds % 10 == 0 and seconds > 0:
            print(f"  {text}", flush=True)

    def _wipe(self):
        if self._tty:
            print("\r\033[K", end="", flush=True)
