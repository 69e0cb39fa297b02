"""Checks on what a run has written down; they need neither the model nor the video."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.better_than_blind import better_than_blind
from vstreamqa.audit.records.blind_answers import blind_answers
from vstreamqa.audit.records.constant_answers import constant_answers
from vstreamqa.audit.records.copied_rows import copied_rows
from vstreamqa.audit.records.failures import failures
from vstreamqa.audit.records.feature_files import feature_files
from vstreamqa.audit.records.hashes import hashes
from vstreamqa.audit.records.judge_and_rules import judge_and_rules
from vstreamqa.audit.records.leaning_yes import leaning_yes
from vstreamqa.audit.records.lost_rows import lost_rows
from vstreamqa.audit.records.lost_verdicts import lost_verdicts
from vstreamqa.audit.records.option_positions import option_positions
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.said import utterances
from vstreamqa.audit.records.shuffled_frames import shuffled_frames
from vstreamqa.audit.records.summary import summary
from vstreamqa.audit.records.swapped_video import swapped_video
from vstreamqa.audit.records.timeline import timeline
from vstreamqa.audit.records.traces import traces
from vstreamqa.audit.records.unparsed import unparsed
from vstreamqa.audit.records.watched import watched

Check = Callable[[RunRecords], list[Finding]]

CHECKS: tuple[Check, ...] = (
    better_than_blind,
    blind_answers,
    swapped_video,
    shuffled_frames,
    constant_answers,
    leaning_yes,
    option_positions,
    unparsed,
    failures,
    judge_and_rules,
    lost_rows,
    lost_verdicts,
    summary,
    hashes,
    feature_files,
    timeline,
    watched,
    traces,
    copied_rows,
    utterances,
)
"""In the order in which they are printed."""


OF_THE_REPLAY = frozenset({feature_files, timeline, watched, traces, copied_rows})
"""Those that look at what only a replay writes down."""


def check_records(run: RunRecords) -> Iterator[Finding]:
    """Run every check on the records of a run; of answers from elsewhere, those that such records allow."""
    elsewhere = run.manifest.answered_elsewhere
    for check in CHECKS:
        if not (elsewhere and check in OF_THE_REPLAY):
            yield from check(run)
    if elsewhere:
        yield Finding(
            check="replay",
            status="not run",
            found="another project has answered: frames seen, streams watched and times are not written down",
            means="what the model had seen when it was asked is open",
        )
