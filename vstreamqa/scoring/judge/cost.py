"""What judging costs: estimated before, counted after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vstreamqa.scoring.judge.base import Case, Judge
from vstreamqa.scoring.judge.known import known_model
from vstreamqa.scoring.judge.rubric import Rubric

CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English; other languages take more tokens."""
REPLY_TOKENS = 16
_MILLION = 1_000_000


@dataclass(slots=True)
class Usage:
    """Tokens of a number of replies.

    Attributes:
        requests: replies that came.
        input_tokens: read by the judge.
        output_tokens: written by it.
        uncounted: replies of which the server did not say how many tokens they took.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    uncounted: int = 0

    def add(self, input_tokens: int | None, output_tokens: int | None) -> None:
        """Count one reply."""
        self.requests += 1
        self.uncounted += input_tokens is None or output_tokens is None
        self.input_tokens += input_tokens or 0
        self.output_tokens += output_tokens or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What judging costs, or will.

    Attributes:
        model: who judges.
        requests: how many.
        input_tokens: read; of the replies that were counted.
        output_tokens: written; likewise.
        uncounted: replies without a count.
        dollars: US dollars; None if the price is not known, or something was not counted.
        source: the day and the source of the price; None without one.
        estimated: before, not after.
    """

    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    uncounted: int
    dollars: float | None
    source: str | None
    estimated: bool

    @classmethod
    def of(cls, model: str, usage: Usage, *, official: bool, estimated: bool) -> Cost:
        """Price tokens; `official` says that OpenAI is asked, whose prices alone are known."""
        known = known_model(model) if official else None
        dollars = None
        if known is not None and known.input is not None and known.output is not None and not usage.uncounted:
            dollars = (usage.input_tokens * known.input + usage.output_tokens * known.output) / _MILLION
        return cls(
            model=model,
            requests=usage.requests,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            uncounted=usage.uncounted,
            dollars=dollars,
            source=known.prices_from if known is not None and dollars is not None else None,
            estimated=estimated,
        )

    def line(self) -> str:
        """Say it in one line."""
        about = "about " if self.estimated else ""
        text = (
            f"{self.requests:,} requests to {self.model}, {about}{self.input_tokens:,} tokens read and "
            f"{about}{self.output_tokens:,} written"
        )
        if self.uncounted:
            text += f" (the server did not count those of {self.uncounted:,})"
        if self.dollars is None:
            return f"{text}; price not known"
        return f"{text}; {about}${self.dollars:,.4f} (unchecked prices: {self.source})"


def estimated_usage(rubric: Rubric, cases: Sequence[Case]) -> Usage:
    """Estimate the tokens of judging cases."""
    usage = Usage()
    for case in cases:
        characters = sum(len(message["content"]) for message in rubric.messages(case))
        usage.add(-(-characters // CHARACTERS_PER_TOKEN), REPLY_TOKENS)
    return usage


def estimate(cases: Sequence[Case], judge: Judge) -> Cost | None:
    """Say what judging cases will cost; None for a judge that costs nothing but time."""
    say = getattr(judge, "estimate", None)
    found = say(cases) if say is not None else None
    return found if isinstance(found, Cost) else None


def spent(judge: Judge) -> Cost | None:
    """Say what a judge has cost so far; None for one that costs nothing but time."""
    found = getattr(judge, "spent", None)
    return found if isinstance(found, Cost) else None
