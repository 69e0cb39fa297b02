"""Controls: the same questions, answered with the video withheld or altered.

A number without its floor is not a finding. `constant` and `blind` cost no video and stand in every table; the others
show what a suite can tell apart. They are built into the replay, not into models, since they need what a model may not
have: the gold, the evidence window, another stream's video.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vstreamqa.errors import UserError, suggestion
from vstreamqa.letters import letter_of
from vstreamqa.schema import Question, Stream, Unit, Value, to_position

Kind = Literal[
    "blind", "constant", "last-frame", "oracle", "random-frames", "recent-window", "shuffled", "swapped", "window"
]

CHEAP: tuple[str, ...] = ("constant", "blind")
ALL: tuple[str, ...] = (
    "constant",
    "blind",
    "last-frame",
    "recent-window:60",
    "window",
    "shuffled",
    "random-frames",
    "swapped",
    "oracle",
)
FLOORS: dict[str, tuple[str, ...]] = {"none": (), "cheap": CHEAP, "all": ALL}

DESCRIPTIONS: dict[str, str] = {
    "constant": "the same answer to every question: Yes, the first option, 1",
    "blind": "the model, shown nothing",
    "last-frame": "the model, shown only the frame at the question",
    "recent-window": "the model, shown only the last N seconds or keyframes (recent-window:N, 60 unless given)",
    "window": "the model, shown only the evidence: a ceiling, never a submission",
    "shuffled": "the model, shown the frames so far in random order",
    "random-frames": "the model, shown noise in place of every frame",
    "swapped": "the model, shown another stream's video",
    "oracle": "the gold answer; oracle:N: a perfect observer with only the last N seconds or keyframes, a ceiling",
}

LISTENED: frozenset[str] = frozenset({"constant", "oracle", "random-frames", "swapped"})
"""Controls that a proactive question can have: those that leave a session a whole stream to speak at, or need none."""

REMARKS: dict[str, str] = {"window": "ceiling, not a submission", "oracle": "the gold, not a submission"}
"""What must be said of a control that is no floor."""

_DEFAULT_WINDOW = 60
_LONGEST = 1_000_000
"""Seconds or keyframes: more than eleven days, longer than any stream."""
_WITH_LENGTH = ("oracle", "recent-window")


@dataclass(frozen=True, slots=True)
class Control:
    """A control by its kind and, for `recent-window` and an `oracle` that forgets, its length in seconds or ranks."""

    kind: Kind
    length: int | None = None

    @property
    def name(self) -> str:
        """Return the name the control has in every file."""
        return self.kind if self.length is None else f"{self.kind}:{self.length}"

    @property
    def needs_model(self) -> bool:
        """Say whether a model answers at all."""
        return self.kind not in ("constant", "oracle")

    @property
    def fresh_sessions(self) -> bool:
        """Say whether every question is put to a session of its own, shown chosen frames."""
        return self.kind in ("last-frame", "recent-window", "window", "shuffled")


def parse_control(name: str) -> Control:
    """Read a control as it is written on the command line and in files."""
    kind, colon, length = name.partition(":")
    if kind not in DESCRIPTIONS:
        raise UserError(f"unknown control {name!r}{suggestion(kind, DESCRIPTIONS)}")
    if colon and kind not in _WITH_LENGTH:
        raise UserError(f"control {name!r}: only {' and '.join(_WITH_LENGTH)} take a length")
    if colon and not _is_length(length):
        raise UserError(
            f"control {name!r}: the length must be a whole number of seconds or keyframes from 1 to {_LONGEST:,}"
        )
    given = int(length) if colon else _DEFAULT_WINDOW if kind == "recent-window" else None
    return Control(kind, given)  # type: ignore[arg-type]  # the keys of DESCRIPTIONS are the kinds


def _is_length(text: str) -> bool:
    # The number of digits first: Python refuses to read thousands of them.
    return text.isdecimal() and len(text) <= len(str(_LONGEST)) and 0 < int(text) <= _LONGEST


def constant_answer(question: Question) -> str:
    """Return the answer that does not depend on the question's words."""
    if question.format == "choice":
        return "A"
    return "1" if question.format == "count" else "Yes"


def _lacks_gold(question: Question) -> bool:
    return (question.spans if question.format == "proactive" else oracle_answer(question)) is None


def oracle_answer(question: Question) -> str | None:
    """Return the gold in the form a model would give it, or None if there is none."""
    if question.format == "choice" and question.answer_index is not None:
        return letter_of(question.answer_index)
    return question.answer


def remarks(control: Control, question: Question) -> list[tuple[Value, str]]:
    """Return what a control that needs no model says under a proactive question, and when.

    `constant` says its word at once and never again, `oracle` every gold text as soon as it is due.
    """
    if control.kind == "constant":
        return [(question.time, constant_answer(question))]
    return [(span.start, span.text) for span in question.spans or ()]


@dataclass(frozen=True, slots=True)
class Span:
    """A closed range of positions whose frames are shown to a fresh session."""

    first: int
    last: int


def shown_span(control: Control, question: Question, unit: Unit, start: int) -> Span:
    """Return which frames a control shows for one question; never a frame after the question.

    Args:
        control: one of the kinds that start a fresh session for a question.
        question: the question; `window` needs its evidence.
        unit: what positions count.
        start: where the stream starts.

    Raises:
        UserError: `window` is asked for a question without evidence.
    """
    asked = to_position(question.time, unit)
    if control.kind == "recent-window" and control.length is not None:
        return Span(max(start, asked - to_position(control.length, unit) + 1), asked)
    if control.kind == "window":
        if question.evidence is None:
            raise UserError(
                f"control 'window': question {question.question_id!r} has no evidence window; "
                "leave the control out for this suite"
            )
        first, last = (to_position(value, unit) for value in question.evidence)
        return Span(max(start, first), min(asked, last))
    return Span(start, asked)


def why_not(control: Control, streams: Sequence[Stream], questions: Sequence[Question]) -> str | None:
    """Return why a control cannot be run on these questions, or None if it can.

    Args:
        control: the control.
        streams: every stream that is played.
        questions: all of them proactive, or none.
    """
    if control.kind not in LISTENED and any(question.format == "proactive" for question in questions):
        return "a proactive question is listened for over a whole stream, which this control does not show"
    if control.kind == "oracle" and control.length is not None and any(q.format == "proactive" for q in questions):
        return "who speaks at once needs no memory: of proactive questions oracle without a length is the ceiling"
    if control.kind == "window" or (control.kind == "oracle" and control.length is not None):
        without = [question.question_id for question in questions if question.evidence is None]
        if without:
            return f"{len(without)} of {len(questions)} questions have no evidence window, e.g. {without[0]!r}"
    if control.kind == "oracle":
        without = [q.question_id for q in questions if _lacks_gold(q)]
        if without:
            return f"{len(without)} of {len(questions)} questions have no gold, e.g. {without[0]!r}"
    if control.kind == "swapped" and len({stream.source_id for stream in streams}) < 2:
        return "it takes two source videos, and there is one"
    return None


def partner_of(stream: Stream, streams: Sequence[Stream]) -> Stream | None:
    """Return the stream whose video `swapped` shows: the next one of another source, cyclically."""
    at = next(i for i, other in enumerate(streams) if other.stream_id == stream.stream_id)
    following = [*streams[at + 1 :], *streams[:at]]
    return next((other for other in following if other.source_id != stream.source_id), None)
