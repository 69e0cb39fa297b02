"""Listen to sampled proactive questions again: what is said up to a moment may not depend on what comes after it."""

from __future__ import annotations

from functools import partial

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.comparing import changed, changed_words
from vstreamqa.audit.causality.findings import Tallies
from vstreamqa.audit.causality.looking import look
from vstreamqa.audit.causality.playing import Played, World, as_it_is, play
from vstreamqa.audit.causality.remembering import remember_words
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.causality.strand import Strand
from vstreamqa.audit.causality.worlds import CutOff, OtherFuture
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.schema import Stream, to_position


def listen_again(bench: Bench, strand: Strand, tallies: Tallies) -> None:
    """Play the stream of every sampled proactive question cut off, with another future, and as in the run."""
    for sample in strand.listened:
        moment = strand.middle(sample)
        seed = derive_seed(bench.seed, strand.row.stream.stream_id, "audit", "future")
        short = _listen(bench, strand, sample, partial(CutOff, last=moment), strand.ending(moment))
        tallies.cut.add(sample, _differs(strand, sample, short, moment))
        remember_words(bench, strand, sample, tallies.earlier)
        other = _listen(bench, strand, sample, partial(OtherFuture, last=moment, seed=seed), strand.row.stream)
        tallies.future.add(sample, _differs(strand, sample, other, moment))
        stream = strand.row.stream
        whole = _listen(bench, strand, sample, as_it_is, stream)
        what = _differs(strand, sample, whole, to_position(stream.end, stream.unit))
        tallies.repeat.add(sample, what)
        tallies.alone.add(sample, what)  # no other question was put to the model either
        look(bench, strand, [sample], whole, tallies)
        _again(bench, strand, sample, whole, tallies)


def _listen(
    bench: Bench, strand: Strand, sample: Sample, world: World, stream: Stream, *, singly: bool = False
) -> Played:
    # The question keeps to itself in every playback: no other is ever put to its session.
    only = [sample.question_id]
    return play(bench, strand.row, [sample.row.question], wanted=only, world=world, stream=stream, singly=singly)


def _again(bench: Bench, strand: Strand, sample: Sample, whole: Played, tallies: Tallies) -> None:
    """Listen with frames handed over one by one; to what differed from the run though it should not, once more."""
    stream = strand.row.stream
    end = to_position(stream.end, stream.unit)
    if _differs(strand, sample, whole, end) is None:
        single = _listen(bench, strand, sample, as_it_is, stream, singly=True)
        tallies.batching.add(sample, _differs(strand, sample, single, end))
        return
    second = _listen(bench, strand, sample, as_it_is, stream)
    first, now = whole.rows.get(sample.question_id), second.rows.get(sample.question_id)
    compared = sample if first is None else Sample(sample.row, first)
    tallies.again.add(sample, changed(compared, now) or changed_words(sample, whole.said, second.said, end))


def _differs(strand: Strand, sample: Sample, played: Played, until: int) -> str | None:
    row = played.rows.get(sample.question_id)
    said = [one for one in played.said if one.question_id == sample.question_id]
    return changed(sample, row) or changed_words(sample, strand.words(sample.question_id), said, until)
