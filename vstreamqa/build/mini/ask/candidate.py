"""A question that could be asked."""

from __future__ import annotations

from dataclasses import dataclass

YES, NO = "Yes", "No"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A question about a world at a moment, and all that is known about its answer.

    Attributes:
        text: the question.
        answer: the gold, from a closed vocabulary.
        evidence: from when to when the answer can be seen, ms.
        key: what must come up equally often, so that no constant does well: the answer, or the place of the right one.
        names: who is named in the question, in that order; it may not tell the key.
        variants: other ways to say the answer.
        options: of a choice.
        answer_index: of the right option.
    """

    text: str
    answer: str
    evidence: tuple[int, int]
    key: str
    names: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    options: tuple[str, ...] | None = None
    answer_index: int | None = None
