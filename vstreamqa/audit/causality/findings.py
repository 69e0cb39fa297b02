"""The worlds by name, with what it means that rows are the same in them, or are not."""

from __future__ import annotations

from vstreamqa.audit.causality.telling import Tally


class Tallies:
    """One tally per world."""

    def __init__(self) -> None:
        """Begin with nothing asked in any world."""
        self.cut = Tally(
            "causality: future cut off",
            "answers need nothing after their question",
            "answers change when the video ends at their question: something after it has reached the model",
        )
        self.future = Tally(
            "causality: future replaced",
            "what comes after a question changes nothing",
            "answers change with what comes after their question: it has reached the model",
        )
        self.alone = Tally(
            "causality: earlier questions removed",
            "what was asked before changes nothing",
            "answers change with what was asked before: questions contaminate each other",
        )
        self.batching = Tally(
            "batches",
            "how frames are batched changes nothing",
            "answers change with which frames are taken in together: the adapter looks across a batch",
        )
        self.repeat = Tally(
            "repeated",
            "the model gives the run's rows again",
            "the model does not give the run's rows again: they were changed, made with something else, or depend on "
            "what it had seen in other streams",
        )
        self.again = Tally(
            "deterministic",
            "asked twice, the model answers the same",
            "asked twice, the model answers differently: that rows change in other worlds then proves no leak, and "
            "that they do not no causality",
        )
        self.earlier = Tally(
            "earlier playings",
            "a stream that nobody has met before is answered as before once it was played",
            "answers change once a stream, altered so that nobody has met it before, was played to its end: the model, "
            "or a file, remembers what comes after the question",
        )
        self.frames = Tally(
            "frames shown",
            "every frame up to the question was shown, once, in order, as it is in the media, and none was read ahead",
            "the model is not shown the stream as it is",
        )
        self.wording = Tally(
            "wording",
            "questions were put in the policy's words, which do not depend on golds",
            "questions were not put in the policy's words, or golds have reached them",
        )
