"""Put sampled questions over other frames than the run's: noise, and frames that are hardly altered."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import partial

import msgspec

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.comparing import differs
from vstreamqa.audit.causality.faint import After, Faint
from vstreamqa.audit.causality.noise import Unseen
from vstreamqa.audit.causality.playing import Played, World, play
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.causality.strand import Strand
from vstreamqa.audit.causality.worlds import Altered
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.replay.source import Noise
from vstreamqa.schema import Prediction, Question, Stream, UtteranceRecord


@dataclass(slots=True)
class Otherwise:
    """What becomes of answers over other frames.

    Attributes:
        unseen: over noise.
        faint: over frames that are hardly altered.
    """

    unseen: Unseen = field(default_factory=Unseen)
    faint: Faint = field(default_factory=Faint)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered to a question, and what was said under it until a moment."""

    row: Prediction | None
    said: tuple[UtteranceRecord, ...]

    @property
    def told(self) -> Hashable:
        """Return what can be compared with the answers to other questions."""
        return None if self.row is None else self.row.prediction, tuple((one.time, one.text) for one in self.said)


@dataclass(frozen=True, slots=True)
class _Over:
    """Questions of one moment, to be put over other frames."""

    bench: Bench
    strand: Strand
    samples: list[Sample]
    questions: list[Question]
    stream: Stream
    until: int | None

    def outcomes(self, world: World, samples: list[Sample], stream: Stream | None = None) -> dict[str, Outcome]:
        """Play the stream in a world, and return what came of samples."""
        played = play(
            self.bench,
            self.strand.row,
            self.questions,
            wanted=[sample.question_id for sample in samples],
            world=world,
            stream=stream or self.stream,
        )
        return {sample.question_id: self._outcome(sample, played) for sample in samples}

    def _outcome(self, sample: Sample, played: Played) -> Outcome:
        return Outcome(
            played.rows.get(sample.question_id),
            () if self.until is None else self.strand.until_moment(played.said, sample.question_id, self.until),
        )

    def before(self, sample: Sample) -> Outcome:
        """Return what the run has of a sample."""
        words = self.strand.words(sample.question_id)
        return Outcome(
            sample.prediction,
            () if self.until is None else self.strand.until_moment(words, sample.question_id, self.until),
        )


def put_otherwise(bench: Bench, strand: Strand, counts: Otherwise) -> None:
    """Put the sampled questions of a stream over noise, and over frames that are hardly altered."""
    for position, samples in strand.moments():
        shown = [sample for sample in samples if sample.prediction.frames_seen]
        if shown:
            over = _Over(bench, strand, shown, strand.until(position), strand.row.stream, None)
            _play_otherwise(over, counts)
    for sample in strand.listened:
        moment = strand.middle(sample)
        over = _Over(bench, strand, [sample], [sample.row.question], strand.ending(moment), moment)
        _play_otherwise(over, counts)


def _play_otherwise(over: _Over, counts: Otherwise) -> None:
    """Show noise before frames that are hardly altered: who keeps answers by question then gives those to noise."""
    noise = partial(Noise, seed=_seed(over, "everything"))
    shown = over.outcomes(noise, over.samples)
    first = over.outcomes(partial(Altered, seed=_seed(over, "first")), over.samples)
    _noise(over, noise, shown, first, counts.unseen)
    _faint(over, first, counts.faint)


def _noise(over: _Over, world: World, shown: dict[str, Outcome], first: dict[str, Outcome], unseen: Unseen) -> None:
    """Count what noise from the first frame on has changed; where it is nothing, show it under another name too."""
    same = [sample for sample in over.samples if not _differs(sample, over.before(sample), shown[sample.question_id])]
    named = msgspec.structs.replace(over.stream, stream_id=f"{over.stream.stream_id}#{over.bench.nonce}")
    nameless = over.outcomes(world, same, named) if same else {}
    for sample in over.samples:
        before, after = over.before(sample), shown[sample.question_id]
        if over.until is not None and not before.said and not after.said:
            continue  # who is silent either way has shown nothing
        other = nameless.get(sample.question_id)
        unseen.add(
            before.told,
            same=sample in same,
            by_name=other is not None and _differs(sample, before, other),
            kept=first[sample.question_id].told == after.told,
        )


def _faint(over: _Over, first: dict[str, Outcome], faint: Faint) -> None:
    """Count what frames that are hardly altered have changed; where they have, alter them in another way too."""
    changed = [s for s in over.samples if _differs(s, over.before(s), first[s.question_id])]
    second = over.outcomes(partial(Altered, seed=_seed(over, "second")), changed) if changed else {}
    for sample in over.samples:
        before, after = over.before(sample), first[sample.question_id]
        if over.until is None or before.said or after.said:
            faint.add(_after(sample, before, after, second.get(sample.question_id)))


def _after(sample: Sample, before: Outcome, first: Outcome, second: Outcome | None) -> After:
    if second is None:
        return "same"
    if not _differs(sample, before, second):
        return "returns"
    return "other" if _differs(sample, first, second) else "stays"


def _differs(sample: Sample, before: Outcome, now: Outcome) -> bool:
    return differs(sample, before.row, now.row) or before.told != now.told


def _seed(over: _Over, what: str) -> int:
    return derive_seed(over.bench.seed, over.strand.row.stream.stream_id, "audit", what)
