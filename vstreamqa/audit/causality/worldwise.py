"""Put the sampled questions of a stream again: cut off, with another future, alone, and as in the run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.comparing import changed, changed_words
from vstreamqa.audit.causality.findings import Tallies
from vstreamqa.audit.causality.looking import look
from vstreamqa.audit.causality.noise import Unseen
from vstreamqa.audit.causality.playing import Played, play
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.causality.strand import Strand
from vstreamqa.audit.causality.telling import Tally
from vstreamqa.audit.causality.worlds import CutOff, OtherFuture
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.replay.source import Noise
from vstreamqa.schema import to_position

REMEMBERED = 16
"""Streams of a run that are played three times under a new name: what a model remembers it remembers of all."""


def ask_again(bench: Bench, strand: Strand, tallies: Tallies, unseen: Unseen) -> None:
    """Put the sampled questions of a stream in every world, the cut ones before their future was seen."""
    for position, samples in strand.moments():
        _cut(bench, strand, position, samples, tallies.cut)
    _remembered(bench, strand, tallies.earlier)
    for position, samples in strand.moments():
        _other_future(bench, strand, position, samples, tallies.future)
        _nothing_shown(bench, strand, position, samples, unseen)
    for sample in strand.samples:
        _alone(bench, strand, sample, tallies)
    if strand.samples:
        _repeat(bench, strand, tallies)


def _cut(bench: Bench, strand: Strand, position: int, samples: Sequence[Sample], tally: Tally) -> None:
    world = partial(CutOff, last=position)
    stream, questions = strand.ending(position), strand.until(position)
    played = play(bench, strand.row, questions, wanted=_ids(samples), world=world, stream=stream)
    _compare(strand, samples, played, tally)


def _other_future(bench: Bench, strand: Strand, position: int, samples: Sequence[Sample], tally: Tally) -> None:
    world = partial(OtherFuture, last=position, seed=_seed(bench, strand, "future"))
    played = play(bench, strand.row, strand.asked, wanted=_ids(samples), world=world)
    _compare(strand, samples, played, tally)


def _nothing_shown(bench: Bench, strand: Strand, position: int, samples: Sequence[Sample], unseen: Unseen) -> None:
    """Show noise from the first frame on; where that changes nothing, do it once more under another name."""
    world = partial(Noise, seed=_seed(bench, strand, "everything"))
    questions = strand.until(position)
    played = play(bench, strand.row, questions, wanted=_ids(samples), world=world)
    same = [s for s in samples if s.prediction.frames_seen and changed(s, played.rows.get(s.question_id)) is None]
    if same:
        named = msgspec.structs.replace(strand.row.stream, stream_id=f"{strand.row.stream.stream_id}#nameless")
        played = play(bench, strand.row, questions, wanted=_ids(same), world=world, stream=named)
    by_name = [sample for sample in same if changed(sample, played.rows.get(sample.question_id)) is not None]
    unseen.add([sample for sample in samples if sample.prediction.frames_seen], same, by_name)


def _alone(bench: Bench, strand: Strand, sample: Sample, tallies: Tallies) -> None:
    """Put one question and no other; where its row changes, once more with frames batched as in the run."""
    only = {sample.question_id}
    played = play(bench, strand.row, [sample.row.question], wanted=only)
    what = changed(sample, played.rows.get(sample.question_id))
    if what is None:
        tallies.alone.add(sample, None)
        tallies.batching.add(sample, None)
        return
    batched = play(bench, strand.row, strand.asked, wanted=only, asked=only)
    because_of_questions = changed(sample, batched.rows.get(sample.question_id))
    tallies.alone.add(sample, because_of_questions)
    if because_of_questions is None:
        tallies.batching.add(sample, what)


def _remembered(bench: Bench, strand: Strand, tally: Tally) -> None:
    """Cut a stream of a new name off, play it on, and cut it off again: the two answers may not differ."""
    followed = [sample for sample in strand.samples if strand.next_moment(sample.position) is not None]
    if not followed or len(tally.samples) >= REMEMBERED:
        return
    sample = followed[0]
    further = strand.until(strand.next_moment(sample.position) or sample.position)
    stream_id = f"{strand.row.stream.stream_id}#{bench.nonce}"
    whole = msgspec.structs.replace(strand.row.stream, stream_id=stream_id)
    short = msgspec.structs.replace(strand.ending(sample.position), stream_id=stream_id)
    only, world = {sample.question_id}, partial(CutOff, last=sample.position)
    before = play(bench, strand.row, [sample.row.question], wanted=only, world=world, stream=short)
    play(bench, strand.row, further, wanted=[one.question_id for one in further], stream=whole)
    after = play(bench, strand.row, [sample.row.question], wanted=only, world=world, stream=short)
    first = before.rows.get(sample.question_id)
    if first is not None:
        tally.add(sample, changed(Sample(sample.row, first), after.rows.get(sample.question_id)))


def _repeat(bench: Bench, strand: Strand, tallies: Tallies) -> None:
    played = play(bench, strand.row, strand.asked, wanted=_ids(strand.samples))
    _compare(strand, strand.samples, played, tallies.repeat)
    look(bench, strand, strand.samples, played, tallies)
    off = [s for s in strand.samples if changed(s, played.rows.get(s.question_id)) is not None]
    if off:
        again = play(bench, strand.row, strand.asked, wanted=_ids(off))
        for sample in off:
            first = played.rows.get(sample.question_id)
            compared = sample if first is None else Sample(sample.row, first)
            tallies.again.add(sample, changed(compared, again.rows.get(sample.question_id)))


def _compare(strand: Strand, samples: Sequence[Sample], played: Played, tally: Tally) -> None:
    for sample in samples:
        what = changed(sample, played.rows.get(sample.question_id))
        if what is None and not strand.mixed and sample.prediction.last_frame_time is not None:
            # What was decided at the question's own frame is held back until after it.
            before = to_position(sample.prediction.last_frame_time, strand.row.stream.unit) - 1
            what = changed_words(sample, strand.words(None), played.said, before)
        tally.add(sample, what)


def _ids(samples: Sequence[Sample]) -> list[str]:
    return [sample.question_id for sample in samples]


def _seed(bench: Bench, strand: Strand, what: str) -> int:
    return derive_seed(bench.settings.seed, strand.row.stream.stream_id, "audit", what)
