"""Which official rule reads which answer.

A file of another project is read as that project's script reads it, whatever suite it is about. What was replayed here
is read by the rule of its suite.
"""

from __future__ import annotations

from collections.abc import Callable

from vstreamqa.errors import UserError, suggestion
from vstreamqa.schema import Question
from vstreamqa.scoring.native.before_bracket import by_bracket
from vstreamqa.scoring.native.first_a_to_e import by_first_a_to_e
from vstreamqa.scoring.native.first_character import by_first_character
from vstreamqa.scoring.native.open_ended import by_judge
from vstreamqa.scoring.native.ovo_bench import by_ovo_bench
from vstreamqa.scoring.ruling import Ruling, unjudged

NativeRule = Callable[[Question, str | None], Ruling]

OPEN_ENDED = ("vstream-qa", "activitynet-qa", "next-qa", "msvd-qa", "msrvtt-qa")
"""Suites whose answers a judge decides."""
FLASH_VSTREAM_CHOICES = ("egoschema", "lvbench", "mlvu", "mvbench", "video-mme")
"""Multiple-choice suites that Flash-VStream-Qwen's script scores."""
SUITES = (*OPEN_ENDED, *FLASH_VSTREAM_CHOICES, "streamingbench", "ovo-bench")
_OWN_LAYOUT = "vstreamqa"


def native_rule(suite: str, config: str, layout: str | None = None, *, seed: int = 0) -> NativeRule:
    """Return the official rule for the questions of a config.

    Args:
        suite: name of the suite.
        config: name of the config.
        layout: of the file the predictions come from; None if they were made here.
        seed: for the rule that draws letters.

    Raises:
        UserError: no official rule is known.
    """
    chosen = _by_layout(layout, seed) if layout not in (None, _OWN_LAYOUT) else None
    rule = chosen or _by_suite(suite, seed)
    if rule is None:
        why = (
            "what its authors do with an answer is not published in a form that we know"
            if suite == "river"
            else f"no suite of that name has one{suggestion(suite, SUITES)}"
        )
        raise UserError(f"--rule native: {suite}/{config} has no official rule here: {why}; use --rule strict")
    return _unless_proactive(rule)


def _by_layout(layout: str | None, seed: int) -> NativeRule | None:
    choices = {"flash-vstream": by_first_a_to_e(seed), "rekv-choice": by_bracket, "rekv-open": by_judge}
    if layout == "ovo-bench":
        return by_ovo_bench
    return _or_judge(choices[layout]) if layout in choices else None


def _by_suite(suite: str, seed: int) -> NativeRule | None:
    if suite in OPEN_ENDED:
        return by_judge
    if suite in FLASH_VSTREAM_CHOICES:
        return _or_judge(by_first_a_to_e(seed))
    return {"streamingbench": _or_judge(by_first_character), "ovo-bench": by_ovo_bench}.get(suite)


def _or_judge(choices: NativeRule) -> NativeRule:
    """Return a rule that reads choices, and leaves all else to the judge."""

    def rule(question: Question, response: str | None) -> Ruling:
        return (choices if question.format == "choice" else by_judge)(question, response)

    return rule


def _unless_proactive(rule: NativeRule) -> NativeRule:
    def unless(question: Question, response: str | None) -> Ruling:
        return unjudged("native/proactive") if question.format == "proactive" else rule(question, response)

    return unless
