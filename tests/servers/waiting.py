"""Waiting for a condition, however long a slow machine takes."""

import time

LIMIT_S = 60  # for what must never hang


def wait_for(condition):
    """Returns the condition's value once it is true."""
    end = time.monotonic() + LIMIT_S
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError("waited too long")
        time.sleep(0.02)
    return value
