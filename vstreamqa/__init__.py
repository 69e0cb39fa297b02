"""Replay a video as a stream, ask each question at its moment, and report how right, fast and heavy a model is.

The public face: `evaluate`, `score`, `load_suite`, `load_model`. Heavy packages are imported when a function needs
them, not before.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vstreamqa.models.base import StreamingModel
    from vstreamqa.results import Results
    from vstreamqa.suites.base import SuiteConfig

__version__ = "0.1.0"
__all__ = ["evaluate", "load_model", "load_suite", "score"]


def evaluate(model: str, **request: Any) -> Results:
    """Evaluate a model, or go on with a run that was stopped.

    Args:
        model: name of a recipe, e.g. "flash-vstream".
        **request: the other fields of `vstreamqa.request.EvalRequest`, named as the options of `vstreamqa eval`;
            paths may be strings, and one suite or control may be a string.

    Returns:
        The figures, the verdicts and the folder of the run.

    Raises:
        UserError: a name, value or combination that cannot be run.
        MediaError: a video that cannot be opened.
    """
    from vstreamqa import evaluation
    from vstreamqa.request import make_request

    return evaluation.evaluate(make_request(model, **request))


def score(
    path: str | PathLike[str],
    *,
    suite: str | None = None,
    layout: str | None = None,
    rule: str = "strict",
    judge: str | None = None,
    judge_base_url: str | None = None,
    judge_prompt: str | None = None,
    out: str | PathLike[str] | None = None,
) -> Results:
    """Score a run folder, writing its verdicts and its summary anew, or a file of predictions; needs no model.

    Args:
        path: a run folder, or a file of predictions in one of the layouts of `docs/scoring.md`.
        suite: the suite that a file answers; None for what its layout says.
        layout: how a file is laid out; recognised if None.
        rule: "strict" or "native".
        judge: who judges open answers, e.g. "openai:gpt-4o-mini"; "rules" for nobody.
        judge_base_url: where the server of the judge is.
        judge_prompt: a file with another rubric, or "official".
        out: run folder in which a file's predictions and verdicts are kept.

    Raises:
        UserError: a file that cannot be read, a name that is not known, or a judge that cannot be used.
    """
    from vstreamqa.judges import JudgeRequest
    from vstreamqa.rescoring import ScoreRequest, rescore

    return rescore(
        ScoreRequest(
            path=Path(path),
            suite=suite,
            layout=layout,
            rule=rule,
            judge=JudgeRequest(name=judge, base_url=judge_base_url, prompt=judge_prompt),
            out=None if out is None else Path(out),
        )
    )


def load_suite(name: str, data: str | PathLike[str] | None = None) -> SuiteConfig:
    """Return the streams and questions of one config, e.g. "mini/rvs-ego"; `mini` is made on demand.

    Raises:
        UserError: no such suite or config, or it is not below the data folder.
    """
    from vstreamqa.errors import UserError
    from vstreamqa.resources import data_folder
    from vstreamqa.suites import load_suite as load

    configs = load(name, data_folder(Path(data) if data is not None else None))
    if len(configs) > 1:
        names = ", ".join(f"{config.suite}/{config.config}" for config in configs)
        raise UserError(f"suite {name!r} has several configs; name one of {names}")
    return configs[0]


def load_model(
    name: str,
    *,
    checkpoint: str | None = None,
    device: str = "auto",
    dtype: str = "auto",
    fps: float | None = None,
    base_url: str | None = None,
    **options: Any,
) -> StreamingModel:
    """Load a model by the name of its recipe, to open sessions on it (`vstreamqa.models.base`).

    Args:
        name: name of a recipe.
        checkpoint: "demo", a folder or a hub id; the recipe's own if None.
        device: torch device, or "auto".
        dtype: "auto", "float32", "float16" or "bfloat16".
        fps: frame rate in place of the recipe's.
        base_url: where the server of a served model is.
        **options: the adapter's own options, those of `--set`.

    Raises:
        UserError: no such model or option, or a checkpoint that cannot be loaded.
    """
    from vstreamqa.registry import load, recipe

    model, _ = load(
        recipe(name),
        checkpoint=checkpoint,
        device=device,
        dtype=dtype,
        fps=fps,
        options=options,
        base_url=base_url,
    )
    return model
