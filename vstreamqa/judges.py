"""Judges as a user asks for them: named and checked before anything is played, or the default one if it is at hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.request import check_url
from vstreamqa.resources import cache_folder
from vstreamqa.scoring.judge.base import Judge
from vstreamqa.scoring.judge.cache import CachedJudge, VerdictCache
from vstreamqa.scoring.judge.names import DEFAULT, default_on_disk, make_judge

RULES = "rules"
"""The name of nobody: what rules cannot decide stays unjudged."""
_CACHE = "verdicts.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRequest:
    """Who is to judge what rules leave open.

    Attributes:
        name: `openai:MODEL`, `vllm:MODEL`, `hf:MODEL[@REVISION]`, a preset, `rules` for nobody; None for the judge that
            the run has been scored with so far, or else the default one, if its weights are on the disk.
        base_url: of the server that runs it.
        prompt: a file with another rubric, or `official` for the imported official wording.
    """

    name: str | None = None
    base_url: str | None = None
    prompt: str | None = None


@contextmanager
def named_judge(request: JudgeRequest) -> Iterator[Judge | None]:
    """Give the judge that is named, checked and with the cache of verdicts in front of it; None if nobody is named.

    Raises:
        UserError: it cannot be used, or an option goes with no judge.
    """
    if request.name is None or request.name == RULES:
        for option, value in (("--judge-base-url", request.base_url), ("--judge-prompt", request.prompt)):
            if value is not None:
                raise UserError(f"{option} {value}: goes with a judge; name it with --judge")
        yield None
        return
    with _opened(request) as judge:
        yield judge


@contextmanager
def default_judge() -> Iterator[Judge | None]:
    """Give the default judge if its weights are on the disk; they are many gigabytes, and are not fetched unasked."""
    if not default_on_disk():
        yield None
        return
    with _opened(JudgeRequest(name=DEFAULT)) as judge:
        yield judge


@contextmanager
def _opened(request: JudgeRequest) -> Iterator[Judge]:
    assert request.name is not None
    check_url(request.base_url, "--judge-base-url")
    judge = make_judge(request.name, base_url=request.base_url, prompt=request.prompt)
    with VerdictCache(cache_folder() / _CACHE) as cache:
        try:
            judge.check()
            yield CachedJudge(judge, cache)
        finally:
            judge.close()


def judge_later(path: Path) -> str:
    """Return the command that judges a run's open answers."""
    return f"vstreamqa score {path} --judge {DEFAULT}"


def say(line: str) -> None:
    """Tell the user something beside the table."""
    print(line, file=sys.stderr)  # noqa: T201
