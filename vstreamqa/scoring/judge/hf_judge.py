"""`hf:MODEL[@REVISION]`: a chat model of transformers in this process, whose verdicts are read from likelihoods.

It cannot fail to parse, for it writes nothing (`likelihood.reading` has the formula). Cases are read one by one, so
that what else is judged cannot change a digit: the same cases give the same verdicts and the same text in `raw`, as
long as machine, libraries and type of weights (bfloat16 on CUDA, float32 elsewhere) are the same.

Run with tiny models with random weights, on a CPU. Unchecked: any model that can judge, and CUDA.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vstreamqa.errors import UserError
from vstreamqa.scoring.judge.base import Case, Identity, JudgeUnavailableError, Opinion
from vstreamqa.scoring.judge.likelihood.source import Source, find_source, on_this_disk
from vstreamqa.scoring.judge.rubric import Rubric

if TYPE_CHECKING:
    from vstreamqa.scoring.judge.likelihood.reader import Reader

_EXAMPLE = Case("?", ("-",), "-")
"""Shows which turns a rubric has."""


class HfJudge:
    """Judges by the likelihoods of a chat model of transformers."""

    def __init__(self, model: str, revision: str | None, rubric: Rubric, device: str = "auto") -> None:
        """Name a judge; nothing is looked for yet.

        Args:
            model: folder, or name on the Hugging Face hub.
            revision: commit, branch or tag on the hub; None for what the cache has of the main branch, else the newest.
            rubric: the wording.
            device: where to compute, `auto` for CUDA where there is one.
        """
        self._model = model
        self._wanted = revision
        self._rubric = rubric
        self._device = device
        self._source: Source | None = None
        self._reader: Reader | None = None

    @staticmethod
    def on_disk(model: str, revision: str | None) -> bool:
        """Whether the weights are here; no network is asked, and nothing is loaded."""
        return on_this_disk(model, revision) is not None

    @property
    def identity(self) -> Identity:
        """What it is; the revision is known once `check` has returned."""
        revision = self._wanted if self._source is None else self._source.revision
        return Identity(name=f"hf:{self._model}", revision=revision, rubric=self._rubric.hash)

    def check(self) -> None:
        """See that config, tokenizer and chat template are those of a judge, and the weights here or on the hub.

        Weights are neither fetched nor loaded yet: another model may need the memory first.

        Raises:
            JudgeUnavailableError: they are not.
        """
        try:
            self._source = find_source(self._model, self._wanted)
            # Only now: what is not there is said before torch has been imported.
            from vstreamqa.scoring.judge.likelihood.reader import Reader

            self._reader = Reader(self._source, self._rubric.messages(_EXAMPLE), self._device)
        except UserError as error:
            raise JudgeUnavailableError(f"judge 'hf:{self._model}': {error}") from error

    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        """Yield an opinion on every case, in their order; the weights are loaded for the first one."""
        if self._reader is None:
            self.check()
        assert self._reader is not None
        for place, case in enumerate(cases):
            yield place, self._reader.opinion(self._rubric, case)

    def close(self) -> None:
        """Let go of the weights."""
        if self._reader is not None:
            self._reader.clear()
