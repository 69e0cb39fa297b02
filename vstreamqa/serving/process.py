"""A server started for a run: on this machine only, and gone when the run is, whatever becomes of it."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from vstreamqa.errors import VStreamQAError, one_line
from vstreamqa.serving import guard

LOOPBACK = "127.0.0.1"
_LOOK_SECONDS = 0.1
_ANSWER_SECONDS = 2.0
_DOUBT_SECONDS = 5.0
_END_SECONDS = guard.GRACE_SECONDS + 5
_TAIL_BYTES = 4096


class StartError(VStreamQAError):
    """The server did not come up."""


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """A command that serves HTTP on loopback and answers `GET /health` once it is ready.

    It runs under `guard`, which holds one end of a pipe whose other end is here: if this process ends in whatever way,
    SIGKILL included, the pipe breaks and the guard ends the whole process group.
    """

    def __init__(self, command: Sequence[str], *, port: int, start_seconds: float, patience: str | None = None) -> None:
        """Take a command; nothing is started yet.

        Args:
            command: program and arguments.
            port: where it will listen on loopback.
            start_seconds: how long it may take until it is healthy.
            patience: the option that changes that, for the message where it took longer.
        """
        self._command = list(command)
        self._port = port
        self._start_seconds = start_seconds
        self._patience = f" ({patience})" if patience else ""
        self._process: subprocess.Popen[bytes] | None = None
        self._log: Path | None = None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def lives(self) -> bool:
        """Whether the server answers, or at least runs on; a process that is just ending is waited for."""
        deadline = time.monotonic() + _DOUBT_SECONDS
        while self.alive and not self._healthy() and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        return self.alive

    def start(self) -> None:
        """Start the server and wait until it is healthy.

        Raises:
            StartError: it ended, or took too long; the message has its last words and names its log, which is kept.
        """
        self.stop()
        handle, name = tempfile.mkstemp(prefix="vstreamqa-server-", suffix=".log")
        self._log = Path(name)
        with open(handle, "wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the command is the caller's, and no shell reads it
                [sys.executable, guard.__file__, *self._command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_healthy()
        except StartError:
            self._end()
            raise
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and everything it started; safe to call more than once."""
        self._end()
        if self._log is not None:
            self._log.unlink(missing_ok=True)
            self._log = None

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()  # the guard; the server is told by the kernel
            process.wait()

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + self._start_seconds
        while not self._healthy():
            if not self.alive:
                raise StartError(f"`{self._words()}` ended before it answered: {self._last_words()}")
            if time.monotonic() > deadline:
                raise StartError(
                    f"`{self._words()}` did not answer within {self._start_seconds:g} s{self._patience}: "
                    f"{self._last_words()}"
                )
            time.sleep(_LOOK_SECONDS)

    def _healthy(self) -> bool:
        # No proxy of the environment is meant for this machine itself.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://{LOOPBACK}:{self._port}/health", timeout=_ANSWER_SECONDS) as reply:
                return bool(reply.status == HTTPStatus.OK)
        except (OSError, urllib.error.URLError, ValueError):
            return False

    def _words(self) -> str:
        return " ".join([Path(self._command[0]).name, *self._command[1:3]])

    def _last_words(self) -> str:
        """Return the last line of the log, and where the rest is."""
        assert self._log is not None
        tail = self._log.read_bytes()[-_TAIL_BYTES:].decode(errors="replace").strip()
        last = one_line(tail.splitlines()[-1]) if tail else "it said nothing"
        return f"{last}; its log is {self._log}"
