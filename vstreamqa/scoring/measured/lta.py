"""Ego4D's long-term anticipation: one line a clip, {clip, verb, noun, gold}.

`verb` and `noun` hold the candidates, each a list of 20 labels; `gold` holds one such list under `verb` and `noun`.
"""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.errors import UserError
from vstreamqa.schema import Average
from vstreamqa.scoring.foreign.cells import fault, required, text
from vstreamqa.scoring.foreign.lines import Line
from vstreamqa.scoring.measured.fields import labels
from vstreamqa.scoring.videollm_online.aued import aued
from vstreamqa.scoring.videollm_online.lta_answers import ACTIONS

WANTED = ("clip", "verb", "noun", "gold")


def read(lines: Sequence[Line]) -> tuple[Average, ...]:
    """Return the areas under the edit distance of verbs and of nouns, from 0 to 1; lower is better.

    Raises:
        UserError: a clip comes twice, or a list has another length.
    """
    _refuse_twice(lines)
    return tuple(_area(kind, lines) for kind in ("verb", "noun"))


def _area(kind: str, lines: Sequence[Line]) -> Average:
    candidates, golds = [_candidates(line, kind) for line in lines], [_gold(line, kind) for line in lines]
    return Average(
        name=f"{kind}_AUED",
        value=aued(candidates, golds, actions=ACTIONS),
        n=len(lines),
        official=True,
        unit="edit distance",
        note="lower is better",
    )


def _refuse_twice(lines: Sequence[Line]) -> None:
    known: dict[str, str] = {}
    for line in lines:
        clip = text(line, "clip")
        if clip in known:
            raise UserError(f"{line.place}: clip {clip!r} stands already at {known[clip]}; keep one of the two")
        known[clip] = line.place


def _candidates(line: Line, kind: str) -> list[list[int]]:
    value = required(line, kind)
    if not isinstance(value, list) or not value:
        raise fault(line, kind, value, f"one or more lists of {ACTIONS} labels")
    return [labels(line, kind, candidate, ACTIONS) for candidate in value]


def _gold(line: Line, kind: str) -> list[int]:
    value = required(line, "gold")
    if not isinstance(value, dict) or kind not in value:
        raise fault(line, "gold", value, "an object with the lists 'verb' and 'noun'")
    return labels(line, "gold", value[kind], ACTIONS)
