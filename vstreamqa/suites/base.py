"""What a suite gives: streams, and the questions asked about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vstreamqa.schema import Question, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteConfig:
    """One config of a suite, ready to be planned.

    Attributes:
        suite: name of the suite.
        config: name of the config.
        root: folder that `Media.path` is relative to.
        streams: every stream, in a fixed order.
        questions: every question, each naming a stream above.
        data_hash: hash of annotations and decoded content (not of file bytes).
        demo: made for demonstration, not a benchmark.
        closed: its open questions have one of a few short answers, so that a rule can compare them.
        shortfall: what is missing from a config that was built in part, a clause; None if it is whole.
        whole: how many questions the whole config has; None if that is not known, or it is whole.
    """

    suite: str
    config: str
    root: Path
    streams: tuple[Stream, ...]
    questions: tuple[Question, ...]
    data_hash: str
    demo: bool = False
    closed: bool = False
    shortfall: str | None = None
    whole: int | None = None


class Suite(Protocol):
    """A family of configs that are read, or made, the same way."""

    @property
    def name(self) -> str:
        """The name."""
        ...

    @property
    def summary(self) -> str:
        """One line for a list of suites."""
        ...

    @property
    def configs(self) -> tuple[str, ...]:
        """Names of the configs."""
        ...

    @property
    def only_named(self) -> tuple[str, ...]:
        """Those of the configs that are loaded only when they are named, not with the suite."""
        ...

    def load(self, config: str, data: Path) -> SuiteConfig:
        """Read one config below the data folder; raise `UserError` with the remedy if it is not there."""
        ...
