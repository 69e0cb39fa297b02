"""Runs a command and ends it, with everything it started, as soon as whoever asked for it is gone.

Started as a program of its own, with nothing but the standard library: `python guard.py COMMAND ARGUMENT...`. Its
standard input is a pipe that nobody writes to; it ends when the process that holds the other end closes it or dies,
however that came about. The command is then told to terminate, and killed after a while. On Linux the command is also
told to terminate should this program itself be killed.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

GRACE_SECONDS = 10.0
_LOOK_SECONDS = 0.1
_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36


def main(command: list[str]) -> int:
    """Run a command to its end, or to that of the pipe; return its exit status."""
    told: list[int] = []
    _adopt_orphans()

    def tell(signum: int, frame: FrameType | None) -> None:
        told.append(signum)

    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, tell)
    # A session of its own: its process group is everything it starts. This program has one thread, so that a function
    # may run between fork and exec.
    child = subprocess.Popen(  # noqa: S603 - what to run is what it is for
        command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_terminate_with_parent
    )
    while child.poll() is None and not told and not _closed(sys.stdin.fileno()):
        pass
    _end(child)
    return child.returncode


def _closed(pipe: int) -> bool:
    """Wait a moment for the end of a pipe."""
    readable, _, _ = select.select([pipe], [], [], _LOOK_SECONDS)
    return bool(readable) and not os.read(pipe, 1)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a process group: ask first, then do not ask."""
    _signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    with suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_SECONDS)
    while _group_lives(child) and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    _signal_group(child, signal.SIGKILL)
    child.wait()


def _signal_group(child: subprocess.Popen[bytes], signum: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signum)


def _group_lives(child: subprocess.Popen[bytes]) -> bool:
    with suppress(ChildProcessError):
        while os.waitpid(-child.pid, os.WNOHANG)[0]:  # the dead are members until somebody takes note of them
            pass
    try:
        os.killpg(child.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _terminate_with_parent() -> None:
    """Ask Linux for a signal when the parent dies; elsewhere the pipe must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _adopt_orphans() -> None:
    """Become, on Linux, the parent of what the command leaves behind, so that its end is noticed at once."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
