"""Mistakes about servers: one line each, and no video is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vstreamqa.cli.main import run

SERVED = ["eval", "--model", "served:seer", "--suite", "mini/vs-ego", "--limit", "1"]
LOCAL = ["eval", "--model", "flash-vstream", "--suite", "mini/vs-ego", "--limit", "1"]
NOBODY = ["--base-url", "http://127.0.0.1:9"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (SERVED, "'served:seer' needs --base-url"),
        ([*SERVED, *NOBODY], r"http://127.0.0.1:9/v1: cannot be reached \(.*\); start the server"),
        (["eval", "--model", "served", "--suite", "mini/vs-ego", *NOBODY], "served:MODEL"),
        ([*SERVED, "--base-url", "127.0.0.1:8000"], r"--base-url 127.0.0.1:8000: must be http\(s\)://HOST"),
        ([*SERVED, "--base-url", "ftp://there/v1"], "--base-url ftp://there/v1: must be"),
        ([*SERVED, "--base-url", "http://there:port/v1"], "--base-url http://there:port/v1: must be"),
        ([*SERVED, "--base-url", "http://there/v1?key=1"], "put the key into OPENAI_API_KEY"),
        ([*SERVED, "--base-url", "http://me:secret@there/v1"], "OPENAI_API_KEY"),
        ([*SERVED, *NOBODY, "--concurrency", "0"], "--concurrency 0: must be above 0"),
        ([*SERVED, *NOBODY, "--set", "frames_as=gif"], "frames_as='[^']*': it takes 'images' or 'video'"),
        ([*SERVED, *NOBODY, "--set", "policy=last"], "policy 'last'"),
        ([*LOCAL, *NOBODY], "--base-url http://127.0.0.1:9: model 'flash-vstream' is not asked through a server"),
        ([*LOCAL, "--concurrency", "2"], "--concurrency 2: model 'flash-vstream' takes one question at a time"),
        (["eval", "--model", "vllm:seer", "--suite", "mini/vs-ego", *NOBODY], "'vllm:seer' is not asked through"),
        (["eval", "--model", "vllm:seer", "--suite", "mini/vs-ego"], "no 'vllm' program on the PATH"),
    ],
)
def test_mistakes_about_servers(
    arguments: list[str],
    message: str,
    workplace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(workplace))
    assert run(arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith("vstreamqa: ")
    assert told.count("\n") == 1
    assert re.search(message, told), told
    assert "secret" not in told
