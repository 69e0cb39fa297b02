"""What the page knows of a run, as the browser reads it. Whatever is in it is text to be shown, never markup."""

from __future__ import annotations

from typing import Literal

import msgspec

from vstreamqa.schema import Format, Span, Unit, Value

Outcome = Literal[
    "right",
    "wrong",
    "unparsed",
    "unjudged",
    "judge failed",
    "left out",
    "error",
    "listened",
    "not asked yet",
]


class Told(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How a proactive question fared: events met, missed, and what was said besides."""

    matched: int
    missed: int
    false_alarms: int
    delays: tuple[Value, ...]
    """Of the matched, signed, in the stream's unit."""


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was said unasked."""

    time: Value
    text: str
    met: bool = False
    """It told an event in time."""


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What one arm of one run made of a question. Times are integer nanoseconds, sizes bytes."""

    outcome: Outcome
    prediction: str | None = None
    extracted: str | None = None
    score: float | None = None
    by: str | None = None
    raw: str | None = None
    """The judge's reply."""
    fault: str | None = None
    frames_seen: int | None = None
    last_frame_time: Value | None = None
    ask_lag_ns: int | None = None
    ttft_ns: int | None = None
    latency_ns: int | None = None
    restore_ns: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    host_bytes: int | None = None
    gpu_bytes: int | None = None
    """Peak of what the accelerator's allocator gave out, since loading."""
    slow: bool = False
    told: Told | None = None
    said: tuple[Said, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A planned question, with the answers of every arm by its name, of run A and of run B."""

    key: str
    stream: int
    """Place of its stream in the document."""
    id: str
    time: Value
    text: str
    format: Format
    options: tuple[str, ...] | None = None
    gold: tuple[str, ...] = ()
    spans: tuple[Span, ...] | None = None
    category: str | None = None
    evidence: tuple[Value, Value] | None = None
    a: dict[str, Answer] = {}
    b: dict[str, Answer] = {}
    changed: dict[str, str] = {}
    """By arm: which of the two alone answers right."""


class Watched(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A stream, and what was said on it under no question, by run and arm."""

    id: str
    config: str
    source: str
    unit: Unit
    start: Value
    end: Value
    licence: str | None = None
    unprompted: dict[str, tuple[Said, ...]] = {}
    """Of `a/ARM` or `b/ARM`."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What an arm came to on a config, as the tables print it."""

    config: str
    arm: str
    text: str


class Side(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One of the runs.

    Attributes:
        name: A or B.
        label: what it is called.
        arms: the model and its controls, in the plan's order.
        there: rows that are there, counted per arm.
        planned: rows that there are to be.
        slow_ns: by arm, the answer latency from which on an answer counts as slow.
        lines: how it was made.
        figures: accuracy by config and arm, as printed.
    """

    name: str
    label: str
    path: str
    arms: tuple[str, ...]
    there: int
    planned: int
    slow_ns: dict[str, int]
    lines: tuple[str, ...]
    figures: tuple[Figure, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """By how much two runs differ on the same questions of a config: names and figures, as `compare` prints them."""

    config: str
    figures: tuple[tuple[str, str], ...]


class Thumbnail(msgspec.Struct, frozen=True):
    """A frame that can be looked at: its position, the time it stands for, and the address of its picture."""

    position: int
    time: Value
    src: str


class Strip(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the frames that a question's answer rests on.

    Attributes:
        frames: in time order.
        n: how many there are in all.
        remark: what must be said of them, or why there are none.
        size: how the model saw them: height and width, None for as large as the source.
    """

    frames: tuple[Thumbnail, ...]
    n: int
    remark: str | None
    size: tuple[int, int] | None


class Document(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything that the page shows, pictures apart.

    Attributes:
        served: pictures come from the program that serves the page; otherwise they lie beside it.
        notices: what must be said before anything else.
        notes: what the page leaves out.
        differences: of two runs, config by config.
        streams: every stream of run A.
        questions: every planned question of run A.
        strips: pictures that lie beside the page, by the key of their question.
    """

    served: bool
    sides: tuple[Side, ...]
    notices: tuple[str, ...]
    notes: tuple[str, ...]
    differences: tuple[Difference, ...]
    streams: tuple[Watched, ...]
    questions: tuple[Asked, ...]
    strips: dict[str, Strip] = {}
