"""A stand-in for the `vllm` program, on the PATH, and what became of the processes it started."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

SUPPORT = Path(__file__).parent
DEADLINE = 20.0

STAND_IN = """\
#!{python}
# Notes how it was called and who it is, starts a child as the real one does, and serves by a script.
import json, os, signal, subprocess, sys, threading, time
sys.path.insert(0, {support!r})
notes, mode = os.environ["STAND_IN_NOTES"], os.environ.get("STAND_IN_MODE", "")
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(notes, "a") as file:
    file.write(json.dumps({{"arguments": sys.argv[1:], "pids": [os.getpid(), child.pid]}}) + "\\n")
if mode == "fails":
    print("Loading\\nValueError: no such\\tmodel", flush=True)
    sys.exit(1)
if mode == "hangs":
    time.sleep(600)
if mode == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if mode == "once" and len(open(notes).readlines()) > 1:
    sys.exit(3)
import chat_server
from chat_server import ChatScript, ChatServer
if mode == "judges":
    verdicts = ['{{"verdict": "no", "score": 1}}', '{{"verdict": "yes", "score": 5}}']
    chat_server.words_about = lambda body: [verdicts["magenta" in chat_server.question_of(body)]]
time.sleep(0.3)
port = int(sys.argv[sys.argv.index("--port") + 1])
ChatServer(ChatScript(models=["another" if mode == "other" else sys.argv[2]]), port).start()
while True:
    time.sleep(0.1)
"""


class StandIn:
    """The program on the PATH, and what it noted."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.notes = folder / "notes.jsonl"
        self._monkeypatch = monkeypatch
        script = folder / "bin" / "vllm"
        script.parent.mkdir()
        script.write_text(STAND_IN.format(python=sys.executable, support=str(SUPPORT)))
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("STAND_IN_NOTES", str(self.notes))
        # Logs go where the test's other files are, those of processes killed on purpose too.
        monkeypatch.setenv("TMPDIR", str(folder))
        monkeypatch.setattr(tempfile, "tempdir", str(folder))

    def mode(self, mode: str) -> None:
        self._monkeypatch.setenv("STAND_IN_MODE", mode)

    def calls(self) -> list[dict[str, list[str]]]:
        return [json.loads(line) for line in self.notes.read_text().splitlines()] if self.notes.exists() else []

    def pids(self) -> list[int]:
        return [int(pid) for call in self.calls() for pid in call["pids"]]

    def left(self) -> list[int]:
        return [pid for pid in self.pids() if runs(pid)]


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until(true: Callable[[], object], seconds: float = DEADLINE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)


def check_it_goes_with(stand_in: StandIn, code: str, *, says: str, signum: int | None) -> None:
    """Run code that starts the server and says so in a line, and see that the server is gone once it has ended.

    Args:
        stand_in: what is started.
        code: of a process of its own.
        says: what it prints once the server is there.
        signum: what it is killed with then; None if it ends by itself.
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == f"{says}\n"
    assert stand_in.pids()
    if signum is not None:
        holder.send_signal(signum)
    holder.wait(DEADLINE)
    wait_until(lambda: stand_in.left() == [])


@contextmanager
def stand_in_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    made = StandIn(folder, monkeypatch)
    yield made
    for pid in made.left():
        os.kill(pid, signal.SIGKILL)
