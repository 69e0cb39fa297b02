"""The one clock: monotonic integer nanoseconds, read after the device has finished what it was given."""

from __future__ import annotations

import sys
import time

CLOCK = "logical"
"""The name of the one clock there is: streams are played as fast as the model takes them."""


def synchronise() -> None:
    """Wait for the accelerator, if the process uses one."""
    torch = sys.modules.get("torch")  # a control that needs no model must not pay for importing torch
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.synchronize()


def now() -> int:
    """Return the monotonic time in nanoseconds once the device is idle."""
    synchronise()
    return time.monotonic_ns()
