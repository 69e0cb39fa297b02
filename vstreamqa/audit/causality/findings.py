"""The worlds by name, with what it means that rows are the same in them, or are not."""

from __future__ import annotations

from dataclasses import dataclass, field

from vstreamqa.audit.causality.telling import Tally


def _tally(check: str, good: str, bad: str) -> Tally:
    return Tally(check, good, bad)


@dataclass(slots=True)
class Tallies:
    """One tally per world."""

    cut: Tally = field(
        default_factory=lambda: _tally(
            "causality: future cut off",
            "answers need nothing after their question",
            "answers change when the video ends at their question: something after it has reached the model",
        )
    )
    future: Tally = field(
        default_factory=lambda: _tally(
            "causality: future replaced",
            "what comes after a question changes nothing",
            "answers change with what comes after their question: it has reached the model",
        )
    )
    alone: Tally = field(
        default_factory=lambda: _tally(
            "causality: earlier questions removed",
            "what was asked before changes nothing",
            "answers change with what was asked before: questions contaminate each other",
        )
    )
    batching: Tally = field(
        default_factory=lambda: _tally(
            "batches",
            "how frames are batched changes nothing",
            "answers change with which frames are taken in together: the adapter looks across a batch",
        )
    )
    repeat: Tally = field(
        default_factory=lambda: _tally(
            "repeated",
            "the model gives the run's rows again",
            "the model does not give the run's rows again: they were changed, made with something else, or depend on "
            "what it had seen in other streams",
        )
    )
    again: Tally = field(
        default_factory=lambda: _tally(
            "deterministic",
            "asked twice, the model answers the same",
            "asked twice, the model answers differently: that rows change in other worlds then proves no leak, and "
            "that they do not no causality",
        )
    )
    earlier: Tally = field(
        default_factory=lambda: _tally(
            "earlier playings",
            "a stream that was played before is answered as one that was not",
            "answers change once the whole stream was played before: the model, or a file, remembers what comes after "
            "the question",
        )
    )
    frames: Tally = field(
        default_factory=lambda: _tally(
            "frames shown",
            "every frame up to the question was shown, once, in order, as it is in the media, and none was read ahead",
            "the model is not shown the stream as it is",
        )
    )
    wording: Tally = field(
        default_factory=lambda: _tally(
            "wording",
            "questions were put in the policy's words, which do not depend on golds",
            "questions were not put in the policy's words, or golds have reached them",
        )
    )
