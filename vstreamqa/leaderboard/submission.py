"""A submitted run (`leaderboard/submissions/NAME.json`): how it was made, its figures, and what they follow from.

It carries no media, no question and no answer. Of every planned row it carries the verdict in one character, so that
accuracies, intervals and counts can be computed again, and of every proactive one its counts. `digest` is the SHA-256
of all the rest in canonical form: it shows damage and careless edits, and is no signature. What ties the verdicts to
answers is `files`, the SHA-256 of the run's own files, which a reviewer who is given the run can check
(`vstreamqa leaderboard check FILE --run RUN`).
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from vstreamqa.audit.certificate import Certificate
from vstreamqa.hashing import canonical_json
from vstreamqa.schema import Format, Manifest, SummaryRow, Unit

VERSION = 1
NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,79}$"
LINK_PATTERN = r"^https://\S+$"
CODES = "+-ux?!"
"""Right, wrong, unparsed (wrong), unparsed and left out, unjudged, the judge failed."""
FORMATS: Mapping[str, Format] = {
    "o": "open",
    "y": "yes_no",
    "c": "choice",
    "n": "count",
    "p": "proactive",
    "P": "proactive",
}
"""`p` has gold spans, and its figures are those of speaking; `P` has none."""
LISTENED = "p"
ANSWERED = "1e-"
"""Answered, an error in place of the answer, no row."""
DIGITS = string.digits + string.ascii_lowercase
"""Of a number in one character, base 36."""

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
_Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]


class HeardRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, array_like=True):
    """Counts of one proactive question under one arm (`vstreamqa.scoring.speaking`)."""

    question: _Count
    """Its place among the config's questions."""
    answered: bool
    events: _Count
    said: _Count
    hits: _Count
    right: _Count | None
    """Hits whose content is right; None where a rule cannot compare the texts."""
    repeated: _Count


class ArmRows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of every question of a config under one control: strings have one character a question."""

    control: str | None
    answered: str
    verdicts: str
    by: str
    """Who decided: a digit or letter (base 36) that counts into the config's `deciders`."""
    scores: tuple[float | None, ...] | None = None
    """The judge's, 0 to 5; None where it gave none at all."""
    heard: tuple[HeardRow, ...] = ()


class ConfigRows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rows of one config, arm by arm."""

    suite: _Text
    config: _Text
    whole: int | None
    """How many questions the whole config has, where only a part of it was asked; None otherwise."""
    questions: tuple[str, ...]
    sources: tuple[str, ...]
    """The source videos, the clusters of statistics."""
    source_of: tuple[_Count, ...]
    categories: tuple[str, ...]
    category_of: tuple[_Count | None, ...]
    formats: str
    """One of `FORMATS` a question."""
    dialogues: tuple[str | None, ...] | None
    """Which dialogue each question belongs to; None where none belongs to any."""
    deciders: tuple[str, ...]
    arms: tuple[ArmRows, ...]


class MemoryAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most memory that any stream of a config took after about so many frames."""

    frames: _Count
    host_rss_bytes: _Count | None
    gpu_allocated_bytes: _Count | None = None


class LatencyAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Median latencies of the questions asked about so long after a stream's start, in the stream's unit."""

    age: Annotated[int, msgspec.Meta(ge=0)] | Annotated[float, msgspec.Meta(ge=0)]
    n: _Count
    ttft_p50_ns: Annotated[int, msgspec.Meta(ge=0)] | None
    answer_latency_p50_ns: Annotated[int, msgspec.Meta(ge=0)] | None


class Course(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Memory and latency of the model over stream time."""

    suite: _Text
    config: _Text
    unit: Unit
    memory: tuple[MemoryAt, ...]
    latency: tuple[LatencyAt, ...]


class Submission(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of `leaderboard/submissions/`."""

    version: int
    name: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    """The file's name without `.json`."""
    title: _Text
    """The model as the table names it."""
    by: _Text | None
    """Who submits."""
    link: Annotated[str, msgspec.Meta(pattern=LINK_PATTERN, max_length=500)] | None
    manifest: Manifest
    summary: tuple[SummaryRow, ...]
    rows: tuple[ConfigRows, ...]
    courses: tuple[Course, ...]
    files: dict[str, _Sha256]
    certificate: Certificate | None
    """The audit of the run, if there was one."""
    digest: _Sha256


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a submission's content in canonical form, its own `digest` left out."""
    rest = {key: value for key, value in content.items() if key != "digest"}
    return hashlib.sha256(canonical_json(rest)).hexdigest()
