"""The records that travel through the house, field by field as they stand in the files of a run.

Times in records are decimal seconds on the source axis, or integer ranks where the stream's `unit` is `shot` or
`keyframe`. Arithmetic on time is done on *positions* (integer nanoseconds, or the rank itself), so that two times
can be compared for equality; `to_position` and `to_value` are the only two crossings.

Durations measured by a clock are integer nanoseconds and end in `_ns`, sizes end in `_bytes`. A figure that does
not exist is `None`, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal

import msgspec

NANOSECONDS = 1_000_000_000
NOT_STATED = "not stated"
"""In place of a text of which a file read from elsewhere says nothing."""

Unit = Literal["second", "shot", "keyframe"]
Format = Literal["open", "yes_no", "choice", "count", "proactive"]
MediaKind = Literal["video", "frames", "array", "features"]
History = Literal["none", "gold", "own"]
Value = int | float
"""A time as written in a file: decimal seconds, or an integer rank."""


def to_position(value: Value, unit: Unit) -> int:
    """Turn a time of a record into a position: nanoseconds for seconds, the rank itself otherwise."""
    if unit == "second":
        return int((Decimal(repr(value)) * NANOSECONDS).to_integral_value(ROUND_HALF_EVEN))
    return int(value)


def to_value(position: int, unit: Unit) -> Value:
    """Turn a position into the time written in a record; the inverse of `to_position`."""
    if unit != "second":
        return position
    whole, rest = divmod(position, NANOSECONDS)
    return position / NANOSECONDS if rest else whole


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records: immutable, one JSON object a line."""


class Media(Record, frozen=True, kw_only=True):
    """Where the pictures of a stream are."""

    kind: MediaKind
    path: str
    """Relative to the suite's folder."""
    rate: float | None = None
    """Frames per second of a frame folder, array or feature file; None for ranks, and for video files (they say it)."""
    origin: Value = 0
    """Source position of the first frame; 0 if the media is uncut."""


class Stream(Record, frozen=True, kw_only=True):
    """What one session watches."""

    stream_id: str
    source_id: str
    """The original video: the cluster of statistics."""
    media: Media
    unit: Unit
    start: Value
    end: Value
    licence: str | None = None


class Span(Record, frozen=True, kw_only=True):
    """One event a proactive model should speak about."""

    start: Value
    end: Value
    text: str


class Question(Record, frozen=True, kw_only=True):
    """One question, asked at its moment."""

    question_id: str
    stream_id: str
    source_id: str
    time: Value
    text: str
    format: Format
    options: tuple[str, ...] | None = None
    answer: str | None = None
    answer_index: int | None = None
    answers: tuple[str, ...] | None = None
    spans: tuple[Span, ...] | None = None
    category: str | None = None
    evidence: tuple[Value, Value] | None = None
    """Where the answer can be seen; never shown to a model."""
    dialogue_id: str | None = None
    turn: int | None = None
    history: History = "none"
    row: str | None = None
    """Hash of the annotation row the question came from."""
    age: Value | None = None
    """How old the evidence is meant to be when the question is asked, in the stream's unit; None if nobody says."""


class Fault(Record, frozen=True, kw_only=True):
    """Why a row has no answer."""

    kind: str
    message: str


class Prediction(Record, frozen=True, kw_only=True):
    """One planned question under one control: what the model said, when, and what it cost."""

    run_id: str
    suite: str
    config: str
    stream_id: str
    source_id: str
    question_id: str
    asked_at: Value
    prediction: str | None
    status: Literal["answered", "error"]
    error: Fault | None = None
    frames_seen: int | None = None
    last_frame_time: Value | None = None
    clock: str
    ask_lag_ns: int | None = None
    ttft_ns: int | None = None
    ttft_service_ns: int | None = None
    answer_latency_ns: int | None = None
    answer_latency_service_ns: int | None = None
    restore_ns: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    host_rss_bytes: int | None = None
    gpu_allocated_bytes: int | None = None
    gpu_reserved_bytes: int | None = None
    gpu_device_bytes: int | None = None
    control: str | None = None
    started_at: str


class UtteranceRecord(Record, frozen=True, kw_only=True):
    """Something a model said, asked or unasked (`utterances.jsonl`)."""

    suite: str
    config: str
    stream_id: str
    control: str | None
    time: Value
    """Position of the frame that triggered it."""
    said_at_ns: int
    text: str
    question_id: str | None = None
    ttft_ns: int | None = None
    output_tokens: int | None = None


class Quantiles(Record, frozen=True, kw_only=True):
    """Nearest-rank quantiles of a set of durations, in nanoseconds."""

    p50: int
    p90: int
    p95: int
    max: int


class MemoryPoint(Record, frozen=True, kw_only=True):
    """Memory after a number of frames of one stream."""

    frames: int
    host_rss_bytes: int | None
    gpu_allocated_bytes: int | None = None
    gpu_reserved_bytes: int | None = None
    gpu_device_bytes: int | None = None


class StreamRecord(Record, frozen=True, kw_only=True):
    """What watching one stream cost (`streams.jsonl`)."""

    suite: str
    config: str
    stream_id: str
    control: str | None
    frames: int
    dropped_frames: int
    watch_ns: int | None
    decode_ns: int | None
    rtfx: float | None
    frame_latency_ns: Quantiles | None
    deadline_misses: int | None
    memory: tuple[MemoryPoint, ...]
    status: Literal["complete", "error"]
    error: Fault | None = None


class Verdict(Record, frozen=True, kw_only=True):
    """What a rule or a judge made of one prediction (`verdicts/<scoring hash>.jsonl`)."""

    suite: str
    config: str
    question_id: str
    control: str | None
    correct: bool | None
    score: float | None
    status: Literal["judged", "unparsed", "unjudged", "error"]
    by: str
    raw: str | None = None
    extracted: str | None = None


class PlanRow(Record, frozen=True, kw_only=True):
    """One planned question with its gold, its stream and the controls it is run under (`plan.jsonl`)."""

    suite: str
    config: str
    question: Question
    stream: Stream
    controls: tuple[str | None, ...]
    """None stands for the model itself."""
    closed: bool = False
    """Open questions have one of a few short answers, so that a rule can compare them."""
    whole: int | None = None
    """How many questions the whole config has, where only a part of it was built; None otherwise."""


class Speaking(Record, frozen=True, kw_only=True):
    """How well a model spoke unasked. Shares are fractions from 0 to 1; see `docs/measurement.md`."""

    unit: Unit
    """What delays count."""
    n_questions: int
    """Proactive questions with a gold."""
    n_answered: int
    """Those of them that were listened to the end; what the others ask for counts as missed."""
    n_events: int
    n_utterances: int
    n_matched: int
    n_missed: int
    n_false_alarms: int
    precision: float | None
    recall: float | None
    f1: float | None
    f1_interval: tuple[float, float] | None
    f1_interval_method: str | None
    clusters: int
    false_alarms_per_minute: float | None
    """None for streams counted in ranks."""
    delay_p50: Value | None
    """Of the matched: positive if late, in seconds or ranks."""
    delay_p90: Value | None
    content_accuracy: float | None
    """Of the matched; None where a rule cannot compare the texts."""
    joint_f1: float | None
    """A match counts only if its content is right too."""
    joint_f1_interval: tuple[float, float] | None
    repetition_rate: float | None


class Average(Record, frozen=True, kw_only=True):
    """One figure of a suite that has a name of its own; it is a fraction from 0 to 1 unless `unit` says otherwise."""

    name: str
    """E.g. `mean of 3 groups`, `yes / judged`, `duration short`."""
    value: float | None
    n: int
    """How many questions (or samples) it is made of."""
    official: bool = False
    """The figure that the suite's own leaderboard prints."""
    unit: str = "share"
    """`share`, `s`, or the plain name of another unit."""
    note: str | None = None


class SummaryRow(Record, frozen=True, kw_only=True):
    """One line of the table (`summary.json`). Accuracies are fractions from 0 to 1."""

    suite: str
    config: str
    category: str | None
    """None: the whole config."""
    control: str | None
    n_expected: int
    n_answered: int
    n_scored: int
    n_whole: int | None = None
    """How many questions the whole config has, where only a part of it was built; None otherwise."""
    accuracy: float | None
    interval: tuple[float, float] | None
    interval_method: str | None
    clusters: int
    score: float | None
    unparsed_share: float | None
    judged_share: float | None
    averaging: str
    averages: tuple[Average, ...] = ()
    """The suite's own figures, on the line of the whole config."""
    judge_error_share: float | None = None
    """Share of the rows of which a judge was asked and gave no verdict; None without a judge."""
    calibrated: bool | None = None
    """Whether the judge has a card; None where no judge was asked."""
    corrected: float | None = None
    """Accuracy corrected for the judge's error rates (its card); None if there is no card, or no judge was needed."""
    corrected_interval: tuple[float, float] | None = None
    corrected_interval_method: str | None = None
    ttft_p50_ns: int | None = None
    ttft_p95_ns: int | None = None
    answer_latency_p50_ns: int | None = None
    answer_latency_p95_ns: int | None = None
    frames_per_second: float | None = None
    rtfx: float | None = None
    host_rss_peak_bytes: int | None = None
    gpu_allocated_peak_bytes: int | None = None
    gpu_reserved_peak_bytes: int | None = None
    gpu_device_peak_bytes: int | None = None
    speaking: Speaking | None = None
    """Of the line's proactive questions; None where it has none. The accuracy is that of the others."""


class Git(Record, frozen=True, kw_only=True):
    """State of the checkout a run was made from."""

    commit: str | None
    dirty: bool | None


class Checkpoint(Record, frozen=True, kw_only=True):
    """Which weights answered."""

    id: str
    revision: str | None
    hash: str | None
    weights_bytes: int | None


class Manifest(Record, frozen=True, kw_only=True):
    """What a run was: enough to repeat it (`manifest.json`)."""

    run_id: str
    created_at: str
    command: str
    task: Mapping[str, Any]
    task_hash: str
    model: Mapping[str, Any]
    model_hash: str
    scoring: Mapping[str, Any]
    scoring_hash: str
    seed: int
    versions: Mapping[str, str]
    git: Git
    checkpoint: Checkpoint | None
    hardware: Mapping[str, Any]
    clock: str
    demo: bool
    audit: str | None = None
    continued: tuple[Mapping[str, Any], ...] = ()
    """Hardware, versions and commit of the processes that went on with the run, where they were others."""
    notice: str | None = None
    """What must be said before any figure of this run."""
    notes: tuple[str, ...] = ()
    """What was left out of the run, and why."""
    request: Mapping[str, Any] | None = None
    """What was asked for, paths as they were given: what the model is loaded from again. None in older runs."""

    @property
    def answered_elsewhere(self) -> bool:
        """Whether another project has answered: then nobody has written down how."""
        return self.clock == NOT_STATED


RowKey = tuple[str, str, str, str | None]
"""(suite, config, question_id or stream_id, control): identifies a row in every file of a run."""
