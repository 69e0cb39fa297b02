"""Judged replies of ProactiveVideoQA: one line a span, {video, question, start, end, replies} and, if known, `task`.

`replies` holds those that came within the span, in time order: {time, score} and, if known, `text`. The score (0, 1 or
2) is the judge's of all replies of the span up to that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from vstreamqa.errors import UserError
from vstreamqa.schema import Average
from vstreamqa.scoring.foreign.cells import fault, label, position, required, text
from vstreamqa.scoring.foreign.lines import Line
from vstreamqa.scoring.match import normalise
from vstreamqa.scoring.speaking.pauc import DEFAULT_OMEGA, HIGHEST, Reply, pauc

WANTED = ("video", "question", "start", "end", "replies")
_NOTE = "silence scores 25.0; the paper does not say whether its tables average examples, as here, or spans"


def read(lines: Sequence[Line]) -> tuple[Average, ...]:
    """Return PAUC at three weights, by task, and how often a reply repeats the one before it.

    An example (a question about a video) is the mean of its spans. The paper does not say whether its tables average
    examples or spans: both are given.

    Raises:
        UserError: a span or a reply cannot be one.
    """
    spans = [(line, _span(line)) for line in lines]
    tasks = sorted({task for line in lines if (task := label(line, ["task"])) is not None})
    by_task = {task: [one for one in spans if label(one[0], ["task"]) == task] for task in tasks}
    return (
        _examples(f"PAUC@{DEFAULT_OMEGA}", spans, DEFAULT_OMEGA, note=_NOTE),
        _spans(f"PAUC@{DEFAULT_OMEGA}, mean of spans", spans, DEFAULT_OMEGA),
        _examples("PAUC@0", spans, 0.0, note="timing counts fully"),
        _examples("PAUC@1", spans, 1.0, note="timing does not count"),
        *(_examples(f"PAUC@{DEFAULT_OMEGA}, {task}", some, DEFAULT_OMEGA) for task, some in by_task.items()),
        *_repetition(lines),
    )


_Span = Callable[[float], float]
"""PAUC of a span by the weight."""


def _span(line: Line) -> _Span:
    start, end = _time(line, "start"), _time(line, "end")
    given = required(line, "replies")
    if not isinstance(given, list) or not all(isinstance(reply, dict) for reply in given):
        raise fault(line, "replies", given, "a list of objects with time and score, empty if nothing was said")
    replies = [_reply(Line(f"{line.place}, reply {number}", values)) for number, values in enumerate(given, 1)]
    try:
        pauc(start, end, replies)
    except ValueError as error:
        raise UserError(f"{line.place}: {error}; correct the row") from error
    return lambda omega: pauc(start, end, replies, omega=omega)


def _time(line: Line, column: str) -> float:
    required(line, column)
    return position(line, column)


def _reply(line: Line) -> Reply:
    score = required(line, "score")
    if isinstance(score, bool) or score not in range(HIGHEST + 1):
        raise fault(line, "score", score, "0, 1 or 2")
    return Reply(_time(line, "time"), score)


def _examples(name: str, spans: Sequence[tuple[Line, _Span]], omega: float, *, note: str | None = None) -> Average:
    examples: dict[tuple[str, str], list[float]] = {}
    for line, span in spans:
        examples.setdefault((text(line, "video"), text(line, "question")), []).append(span(omega))
    means = [sum(some) / len(some) for some in examples.values()]
    return Average(name=name, value=sum(means) / len(means), n=len(means), note=note)


def _spans(name: str, spans: Sequence[tuple[Line, _Span]], omega: float) -> Average:
    return Average(name=name, value=sum(span(omega) for _, span in spans) / len(spans), n=len(spans))


def _repetition(lines: Sequence[Line]) -> Iterable[Average]:
    """Yield the share of replies that say what the one before them said; nothing if texts are missing."""
    said: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for line in lines:
        for reply in line.values["replies"]:
            if not isinstance(reply.get("text"), str):
                return
            said.setdefault((text(line, "video"), text(line, "question")), []).append((reply["time"], reply["text"]))
    total = sum(map(len, said.values()))
    if total:
        pairs = [pair for some in said.values() for pair in pairwise(words for _, words in sorted(some))]
        again = sum(normalise(before) == normalise(after) for before, after in pairs)
        yield Average(name="repeated replies", value=again / total, n=total, note="PAUC does not mind them")
