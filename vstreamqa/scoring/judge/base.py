"""What a judge is: something that says of an answer whether it means what the gold means.

A judge is part of a figure, so it has an identity that stands in `ScoringSpec`: the same answers have been scored 57.3
and 52.3 by two versions of one judge. What it is given is data: neither the question, the gold nor the answer may
steer it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from vstreamqa.errors import UserError


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to be judged.

    Attributes:
        question: what was asked.
        golds: the accepted answers, at least one; meeting one of them is enough.
        prediction: what was answered, not empty.
    """

    question: str
    golds: tuple[str, ...]
    prediction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a judge made of a case.

    Attributes:
        correct: its verdict; None if there is none, and `error` says why.
        score: from 0 to 5, or None if the judge gives none.
        raw: the reply as it came, or what a judge that writes none went by (likelihoods), or None.
        error: why there is no verdict, one line; None if there is one.
        input_tokens: length of what the judge read, None if it does not say.
        output_tokens: length of what it wrote, None if it does not say.
    """

    correct: bool | None
    score: float | None = None
    raw: str | None = None
    error: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What of a judge can change a verdict.

    Attributes:
        name: as it is named on the command line: `openai:gpt-4o-mini`, `hf:org/model`.
        revision: of the weights, or what a server says it runs; None if nobody says.
        rubric: hash of the wording (`Rubric.hash`), None for a judge without one.
        temperature: of its decoding, 0 for greedy; None where nothing is sampled.
    """

    name: str
    revision: str | None = None
    rubric: str | None = None
    temperature: float | None = None


class JudgeUnavailableError(UserError):
    """A judge that cannot be used: no key, a wrong key, an unknown model, nobody there; one line."""


class Judge(Protocol):
    """Judges cases, as many at once as it likes."""

    @property
    def identity(self) -> Identity:
        """What it is; complete once `check` has returned."""
        ...

    def check(self) -> None:
        """See that it can be used, as cheaply as that can be seen.

        Raises:
            JudgeUnavailableError: it cannot.
        """
        ...

    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        """Yield the place of a case and the opinion on it, in whatever order they come, each case once.

        A judge that fails on a case says so in an `Opinion`; nothing about one case ends the others.
        """
        ...

    def close(self) -> None:
        """Let go of whatever it holds; safe to call more than once."""
        ...
