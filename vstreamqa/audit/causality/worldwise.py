"""Put the sampled questions of a stream again: cut off, with another future, alone, and as in the run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.comparing import changed, changed_words
from vstreamqa.audit.causality.findings import Tallies
from vstreamqa.audit.causality.looking import look
from vstreamqa.audit.causality.playing import Played, play
from vstreamqa.audit.causality.remembering import remember
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.causality.strand import Strand
from vstreamqa.audit.causality.telling import Tally
from vstreamqa.audit.causality.worlds import CutOff, OtherFuture
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.schema import to_position


def ask_again(bench: Bench, strand: Strand, tallies: Tallies) -> None:
    """Put the sampled questions of a stream in every world, the cut ones before their future was seen."""
    for position, samples in strand.moments():
        _cut(bench, strand, position, samples, tallies.cut)
    remember(bench, strand, tallies.earlier)
    for position, samples in strand.moments():
        _other_future(bench, strand, position, samples, tallies.future)
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
    return derive_seed(bench.seed, strand.row.stream.stream_id, "audit", what)
