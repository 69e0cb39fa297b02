"""Listen to sampled proactive questions again: what is said up to a moment may not depend on what comes after it."""

from __future__ import annotations

from functools import partial

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.comparing import changed, changed_words
from vstreamqa.audit.causality.findings import Tallies
from vstreamqa.audit.causality.looking import look
from vstreamqa.audit.causality.playing import Played, World, as_it_is, play
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.causality.strand import Strand
from vstreamqa.audit.causality.worlds import CutOff, OtherFuture
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.schema import Stream, to_position


def listen_again(bench: Bench, strand: Strand, tallies: Tallies) -> None:
    """Play the stream of every sampled proactive question cut off, with another future, and as in the run."""
    for sample in strand.listened:
        moment = _moment(sample)
        seed = derive_seed(bench.settings.seed, strand.row.stream.stream_id, "audit", "future")
        short = _listen(bench, strand, sample, partial(CutOff, last=moment), strand.ending(moment))
        tallies.cut.add(sample, _differs(strand, sample, short, moment))
        other = _listen(bench, strand, sample, partial(OtherFuture, last=moment, seed=seed), strand.row.stream)
        tallies.future.add(sample, _differs(strand, sample, other, moment))
        stream = strand.row.stream
        whole = _listen(bench, strand, sample, as_it_is, stream)
        what = _differs(strand, sample, whole, to_position(stream.end, stream.unit))
        tallies.repeat.add(sample, what)
        tallies.alone.add(sample, what)  # no other question was put to the model either
        look(bench, strand, [sample], whole, tallies)


def _listen(bench: Bench, strand: Strand, sample: Sample, world: World, stream: Stream) -> Played:
    # The question keeps to itself in every playback: no other is ever put to its session.
    return play(bench, strand.row, [sample.row.question], wanted=[sample.question_id], world=world, stream=stream)


def _moment(sample: Sample) -> int:
    """Return the middle of what is left of the stream after the question."""
    stream = sample.row.stream
    return (sample.position + to_position(stream.end, stream.unit)) // 2


def _differs(strand: Strand, sample: Sample, played: Played, until: int) -> str | None:
    row = played.rows.get(sample.question_id)
    said = [one for one in played.said if one.question_id == sample.question_id]
    return changed(sample, row) or changed_words(sample, strand.words(sample.question_id), said, until)
