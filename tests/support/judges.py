"""A judge that decides as a function says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from vstreamqa.scoring.judge.base import Case, Identity, Opinion


def lenient(case: Case) -> Opinion:
    """Say yes where the gold's words occur in the answer."""
    right = any(gold.lower() in case.prediction.lower() for gold in case.golds)
    return Opinion(correct=right, score=5 if right else 1, raw=f"it is {'yes' if right else 'no'}")


class FunctionJudge:
    """Counts what it is asked; `asked` are the cases in order."""

    def __init__(
        self, decide: Callable[[Case], Opinion] = lenient, *, name: str = "test:lenient", rubric: str | None = "r" * 16
    ) -> None:
        self.identity = Identity(name=name, revision="1", rubric=rubric, temperature=0.0)
        self.asked: list[Case] = []
        self._decide = decide

    def check(self) -> None:
        return

    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        for place in reversed(range(len(cases))):  # in another order than asked
            self.asked.append(cases[place])
            yield place, self._decide(cases[place])

    def close(self) -> None:
        return
