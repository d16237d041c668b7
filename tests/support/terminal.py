"""A program at a terminal of its own."""

import os
import pty
import subprocess


def at_a_terminal(command, environment, answers=None):
    """Its exit status, and what a person saw. answers: what they type, by what they saw last."""
    main, side = pty.openpty()
    process = subprocess.Popen(command, stdin=side, stdout=side, env=environment)
    os.close(side)
    seen = b""
    try:
        while chunk := os.read(main, 65536):
            seen += chunk
            for question, answer in (answers or {}).items():
                if seen.endswith(question):
                    os.write(main, answer)
    except OSError:
        pass  # the other side is closed: Linux says EIO
    finally:
        os.close(main)
    return process.wait(20), seen.decode()
