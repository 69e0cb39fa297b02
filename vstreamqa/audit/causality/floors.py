"""Ask some questions of the floors again: their rows decide what a figure is worth beside them."""

from __future__ import annotations

from itertools import islice

import numpy as np

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.comparing import changed
from vstreamqa.audit.causality.playing import Played, play
from vstreamqa.audit.causality.recording import digest
from vstreamqa.audit.causality.sample import LEAST, Sample, answered
from vstreamqa.audit.causality.telling import Tally
from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.replay.controls import Control, parse_control, partner_of
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.schema import Stream

NAME = "floors repeated"


def ask_floors_again(run: RunRecords, bench: Bench) -> Finding | None:
    """Ask a few questions of every config again under every control but `oracle`; None if there is no such row.

    Questions that are listened for are left out: their rows hold little, and their remarks a whole stream.
    """
    tally = Tally(
        NAME,
        "floors give the run's rows again",
        "floors do not give the run's rows again: they were changed, or made with something else",
    )
    for name in dict.fromkeys(name for row in run.plan for name in row.controls if name is not None):
        control = parse_control(name)
        if control.kind != "oracle":
            for sample in _chosen(run, bench, name):
                tally.add(sample, _changed(run, bench, sample, control))
    return tally.finding() if tally.samples else None


def _chosen(run: RunRecords, bench: Bench, name: str) -> list[Sample]:
    chosen: list[Sample] = []
    arm = [one for one in answered(run.plan, run.predictions, name) if one.row.question.format != "proactive"]
    for suite, config in run.configs:
        some = [sample for sample in arm if (sample.row.suite, sample.row.config) == (suite, config)]
        order = np.random.default_rng(derive_seed(bench.seed, "audit", suite, config, name)).permutation(len(some))
        chosen += [some[place] for place in order[:LEAST]]
    return chosen


def _changed(run: RunRecords, bench: Bench, sample: Sample, control: Control) -> str | None:
    row = sample.row
    beside = [one for one in run.plan if (one.suite, one.config) == (row.suite, row.config)]
    streams = list({one.stream.stream_id: one.stream for one in beside if control.name in one.controls}.values())
    asked = [
        one.question
        for one in beside
        if one.stream.stream_id == row.stream.stream_id
        and control.name in one.controls
        and one.question.format != "proactive"
    ]
    only = [sample.question_id]
    partner = partner_of(row.stream, streams) if control.kind == "swapped" else None
    played = play(bench, row, asked, wanted=only, asked=only, control=control, partner=partner)
    what = changed(sample, played.rows.get(sample.question_id))
    if what is None and partner is not None and _shows_its_own(bench, sample, partner, played):
        what = f"{sample.question_id} was shown the video of its own stream"
    return None if what is None else f"[{control.name}] {what}"


def _shows_its_own(bench: Bench, sample: Sample, partner: Stream, played: Played) -> bool:
    """Tell whether pictures that the partner does not have at their place are those of the stream itself."""
    if bench.reference is None:
        return False
    row = sample.row
    shown = [content for log in played.logs for _, content in log.shown]
    own, other = (
        [digest(due.content) for due in islice(bench.reference(row.suite, row.config, stream), len(shown))]
        for stream in (row.stream, partner)
    )
    telling = [(seen, mine) for seen, mine, its in zip(shown, own, other, strict=False) if mine != its]
    return bool(telling) and all(seen == mine for seen, mine in telling)
