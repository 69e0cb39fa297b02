"""Judges as a user asks for them: named and checked before anything is played, or the default one if it is at hand."""

from __future__ import annotations

import shlex
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.scoring.judge.base import Judge
from vstreamqa.scoring.judge.cached import CachedJudge, with_cache
from vstreamqa.scoring.judge.names import DEFAULT, DEFAULT_MODEL, DEFAULT_REVISION, make_judge
from vstreamqa.scoring.judge.rubric import Rubric, official_rubric
from vstreamqa.serving.urls import check_url

OFFICIAL = "official"
"""In place of a rubric's file: the imported official wording."""


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


def named_judge(request: JudgeRequest) -> AbstractContextManager[CachedJudge | None]:
    """Give the judge that is named, with the cache of verdicts in front of it; None if nobody is named.

    It is not checked yet.

    Raises:
        UserError: there is no such judge, or an option goes with none.
    """
    if request.name is not None:
        return _opened(make_requested(request))
    for option, value in (("--judge-base-url", request.base_url), ("--judge-prompt", request.prompt)):
        if value is not None:
            raise UserError(f"{option} {value}: goes with a judge; name it with --judge")
    return _opened(None)


def default_judge() -> AbstractContextManager[CachedJudge | None]:
    """Give the default judge if its weights are on the disk; they are many gigabytes, and are not fetched unasked."""
    return _opened(make_requested(JudgeRequest(name=DEFAULT)) if _default_on_disk() else None)


def _opened(judge: Judge | None) -> AbstractContextManager[CachedJudge | None]:
    return nullcontext() if judge is None else closing(with_cache(judge))


def judge_later(path: Path, rule: str) -> str:
    """Return the command that judges a run's open answers."""
    by_rule = "" if rule == "strict" else f" --rule {rule}"
    return f"vstreamqa score {shlex.quote(str(path))}{by_rule} --judge {DEFAULT}"


def make_requested(request: JudgeRequest) -> Judge | None:
    """Return the judge that is named, without a cache and not checked yet; None for `rules`.

    Raises:
        UserError: there is no such judge, an option that it has no use for, or the wording is not imported.
    """
    assert request.name is not None
    if request.base_url is not None:
        check_url(request.base_url, "--judge-base-url")
    official = _official_wording() if request.prompt == OFFICIAL else None
    file = None if request.prompt is None or official is not None else Path(request.prompt)
    return make_judge(request.name, base_url=request.base_url, prompt_file=file, official=official)


def _official_wording() -> Rubric:
    from vstreamqa.prompts.imported import official_judge_wording

    wording = official_judge_wording()
    if wording is None:
        raise UserError(
            f"--judge-prompt {OFFICIAL}: the official wording is not imported; "
            "`vstreamqa prompts import --from CHECKOUT` takes it from a checkout of the official repository"
        )
    return official_rubric(*wording)


def _default_on_disk() -> bool:
    from vstreamqa.scoring.judge.hf_judge import HfJudge

    return HfJudge.on_disk(DEFAULT_MODEL, DEFAULT_REVISION)
