"""Does anything remember a stream that was played before: the model, or a file, by its name or by what it shows?

A stream is played that nobody can have met: it has a new name, and its pictures are mirrored and off by a pattern drawn
for this audit. It is played to its end, and then cut off: what is said up to the cut may not differ. The first answer
comes from a playing in which nothing of the future was seen yet, whatever is kept of a stream and whenever.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.comparing import changed, changed_words
from vstreamqa.audit.causality.playing import Played, World, play
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.causality.strand import Strand
from vstreamqa.audit.causality.telling import Tally
from vstreamqa.audit.causality.worlds import STRANGE, Altered, CutOff
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.replay.source import FrameSource
from vstreamqa.schema import Question, Stream, to_position, to_value

REMEMBERED = 16
"""Streams of a run that are played so: what a model remembers it remembers of all."""


@dataclass(frozen=True, slots=True)
class _Strange:
    """A stream that nobody has met before."""

    bench: Bench
    strand: Strand
    sample: Sample

    def play(self, questions: Sequence[Question], asked: Collection[str], stream: Stream, cut: int | None) -> Played:
        name = f"{stream.stream_id}#{self.bench.nonce}#{self.sample.question_id}"
        named = msgspec.structs.replace(stream, stream_id=name)
        world: World = partial(_strange, seed=derive_seed(0, name), cut=cut)
        return play(self.bench, self.strand.row, questions, wanted=asked, asked=asked, world=world, stream=named)


def _strange(source: FrameSource, *, seed: int, cut: int | None) -> FrameSource:
    altered = Altered(source, seed, steps=STRANGE, mirrored=True)
    return altered if cut is None else CutOff(altered, cut)


def remember(bench: Bench, strand: Strand, tally: Tally) -> None:
    """Play the stream of a sampled question that frames come after, as far as the run did, or to its end."""
    followed = [sample for sample in strand.samples if _frames_after(bench, strand, sample)]
    if not followed or len(tally.samples) >= REMEMBERED:
        return
    sample = followed[0]
    strange = _Strange(bench, strand, sample)
    only, stream = [sample.question_id], strand.row.stream
    last = max(strand.last_moment() or 0, sample.position)
    if last == sample.position:
        last = to_position(stream.end, stream.unit)
    final = msgspec.structs.replace(
        sample.row.question, question_id=f"{sample.question_id}#end", time=to_value(last, stream.unit)
    )
    before = strange.play([sample.row.question, final], [*only, final.question_id], stream, None)
    after = strange.play([sample.row.question], only, strand.ending(sample.position), sample.position)
    first = before.rows.get(sample.question_id)
    if first is not None:
        tally.add(sample, changed(Sample(sample.row, first), after.rows.get(sample.question_id)))


def remember_words(bench: Bench, strand: Strand, sample: Sample, tally: Tally) -> None:
    """Listen to a stream that nobody has met before to its end, and up to a moment."""
    moment = strand.middle(sample)
    if len(tally.samples) >= REMEMBERED or not _frames_after(bench, strand, sample):
        return
    strange, only = _Strange(bench, strand, sample), [sample.question_id]
    questions = [sample.row.question]
    before = strange.play(questions, only, strand.row.stream, None)
    after = strange.play(questions, only, strand.ending(moment), moment)
    first = before.rows.get(sample.question_id)
    if first is not None:
        what = changed(Sample(sample.row, first), after.rows.get(sample.question_id))
        tally.add(sample, what or changed_words(sample, before.said, after.said, moment))


def _frames_after(bench: Bench, strand: Strand, sample: Sample) -> bool:
    """Tell whether the grid goes on after a question that is asked, or after the middle of what is listened to."""
    stream = strand.row.stream
    moment = strand.middle(sample) if sample.row.question.format == "proactive" else sample.position
    grid = StreamGrid.of(stream.unit, to_position(stream.start, stream.unit), bench.settings.fps)
    return grid.count_until(to_position(stream.end, stream.unit)) > grid.count_until(moment)
