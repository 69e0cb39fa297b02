"""`transformers serve` on loopback, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from vstreamqa.serving.process import free_port

_START_SECONDS = 90.0
_START = "from transformers.cli.transformers import main; main()"


@contextmanager
def transformers_serve(checkpoint: Path, log: Path) -> Iterator[str]:
    """Serve a checkpoint; what the server writes goes to a log."""
    port = free_port()
    command = [sys.executable, "-c", _START, "serve", str(checkpoint)]
    command += ["--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as written:
        server = subprocess.Popen(
            command, stdout=written, stderr=written, env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
        )
    try:
        _wait_until_healthy(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_healthy(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    opener = build_opener(ProxyHandler({}))
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"`transformers serve` ended: {log.read_text()[-2000:]}")
        try:
            with opener.open(f"http://127.0.0.1:{port}/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"`transformers serve` did not answer within {_START_SECONDS} s: {log.read_text()[-2000:]}")
