"""Judges by name; what a judge needs is imported only once it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vstreamqa.errors import UserError, suggestion
from vstreamqa.registry import resolve
from vstreamqa.scoring.judge.base import Judge
from vstreamqa.scoring.judge.known import known_model
from vstreamqa.scoring.judge.own_rubric import OWN
from vstreamqa.scoring.judge.presets import PREFIX, PRESETS
from vstreamqa.scoring.judge.rubric import Rubric
from vstreamqa.scoring.judge.rubric_file import read_rubric

DEFAULT_MODEL = "Qwen/Qwen2.5-7B-Instruct"
DEFAULT_REVISION = "a09a35458c702b33eeacc393d103063234e8bc28"
DEFAULT = f"hf:{DEFAULT_MODEL}@{DEFAULT_REVISION}"
"""Who judges open answers where no judge is named and its weights are on the disk (docs/judges.md says why)."""
RULES = "rules"
_NO_LIMIT_TOKENS = 1024
"""Most tokens of a reply where a script sets no limit: more than any verdict takes."""

_KINDS = {
    "openai:MODEL": "a model behind a server of the OpenAI protocol: OpenAI, or any other with --judge-base-url",
    "vllm:MODEL": "starts `vllm serve` on this machine for the run, or uses the one at --judge-base-url",
    "hf:MODEL[@REVISION]": "a model of the Hugging Face hub or a folder, in this process, read from its likelihoods",
    RULES: "what rules can decide; the rest stays unjudged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What was named beside the judge."""

    base_url: str | None
    rubric: Rubric | None
    official: Rubric | None

    @property
    def wording(self) -> Rubric:
        """The rubric to judge by: that of a file, else the official one if it is wanted, else ours."""
        return self.rubric or self.official or OWN


def make_judge(
    name: str, *, base_url: str | None = None, prompt_file: Path | None = None, official: Rubric | None = None
) -> Judge | None:
    """Make the judge of a name; nothing is started, loaded or asked before its `check`.

    Args:
        name: `openai:MODEL`, `vllm:MODEL`, `hf:MODEL[@REVISION]`, `paper:NAME`, or `rules`.
        base_url: a server that is running, for those that are asked through one.
        prompt_file: another rubric (`rubric_file`).
        official: the imported official wording, if it is wanted.

    Returns:
        The judge; None for `rules`, which needs none.

    Raises:
        UserError: an unknown name, or an option that the judge has no use for.
    """
    make = _maker(name)
    if make is None:
        _refuse(name, base_url=base_url, prompt_file=prompt_file)
        return None
    rubric = read_rubric(prompt_file) if prompt_file is not None else None
    return make(name, _Wish(base_url=base_url, rubric=rubric, official=official))


def describe_judges() -> dict[str, str]:
    """Return every judge and every preset, with a line about each."""
    return {**_KINDS, **{name: _described(name) for name in PRESETS}}


def _maker(name: str) -> Callable[[str, _Wish], Judge] | None:
    """Return what makes a judge, None for `rules`."""
    if name == RULES:
        return None
    if name in PRESETS:
        return _preset
    makers = {"openai": _openai, "vllm": _vllm, "hf": _hf}
    kind, colon, model = name.partition(":")
    if kind in makers and colon and model.strip():
        return makers[kind]
    if kind in makers:
        raise UserError(f"judge {name!r}: name the model too, {kind}:MODEL")
    close = suggestion(name, PRESETS) if name.startswith(PREFIX) else suggestion(kind, [*makers, RULES])
    raise UserError(f"unknown judge {name!r}{close}; `vstreamqa list judges` has them all")


def _refuse(name: str, **given: object) -> None:
    for option, value in given.items():
        if value is not None:
            flag = {"base_url": "--judge-base-url", "prompt_file": "--judge-prompt"}[option]
            raise UserError(f"{flag} {value}: judge {name!r} has no use for it; leave it out")


def _openai(name: str, wish: _Wish) -> Judge:
    from vstreamqa.scoring.judge.openai_judge import OpenAIJudge

    return OpenAIJudge(name.partition(":")[2], base_url=wish.base_url, rubric=wish.wording)


def _preset(name: str, wish: _Wish) -> Judge:
    from vstreamqa.scoring.judge.openai_judge import OpenAIJudge

    preset = PRESETS[name]
    return OpenAIJudge(
        preset.model,
        base_url=wish.base_url,
        rubric=wish.wording,
        temperature=preset.temperature,
        max_tokens=preset.max_tokens or _NO_LIMIT_TOKENS,
    )


def _vllm(name: str, wish: _Wish) -> Judge:
    judge: Judge = resolve("vstreamqa.scoring.judge.vllm_judge:VllmJudge")(
        name.partition(":")[2], wish.wording, wish.base_url
    )
    return judge


def _hf(name: str, wish: _Wish) -> Judge:
    _refuse(name, base_url=wish.base_url)
    model, _, revision = name.partition(":")[2].partition("@")
    judge: Judge = resolve("vstreamqa.scoring.judge.hf_judge:HfJudge")(model, revision or None, wish.wording)
    return judge


def _described(name: str) -> str:
    preset = PRESETS[name]
    known = known_model(preset.model)
    parts = [f"openai:{preset.model}, temperature {preset.temperature:g}"]
    if known is not None and known.shutdown is not None:
        parts.append(f"{known.when} (unchecked, docs/judges.md)")
    return "; ".join([*parts, preset.note] if preset.note else parts)
