"""The command that starts a vLLM server of one's own.

Run against a stand-in for the `vllm` program only. Unchecked against the real one: the names of its arguments, how long
it takes to start, and what it writes when it fails.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from vstreamqa.serving.process import LOOPBACK

PROGRAM = "vllm"
NOT_THERE = (
    f"there is no {PROGRAM!r} program on the PATH; install vLLM, best into an environment of its own, and put its bin "
    "folder on the PATH"
)
START_SECONDS = 1800.0
"""Until a server must be healthy: it may have to fetch its weights."""


def find_program() -> str | None:
    """Return the path of the program, None where it is not installed."""
    return shutil.which(PROGRAM)


def serve_command(
    program: str,
    model: str,
    *,
    port: int,
    dtype: str = "auto",
    revision: str | None = None,
    further: Sequence[str] = (),
) -> list[str]:
    """Return the command line of a server that only this machine can reach.

    Args:
        program: path of `vllm`.
        model: folder or hub name.
        port: of the loopback interface.
        dtype: type of the weights, in vLLM's words.
        revision: on the hub, None for the newest.
        further: arguments that come last.
    """
    command = [program, "serve", model, "--host", LOOPBACK, "--port", str(port), "--dtype", dtype]
    if revision is not None:
        command += ["--revision", revision]
    return [*command, *further]
