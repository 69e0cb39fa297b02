"""`vllm:MODEL`: a judge on a vLLM server, started for it on this machine, or one that runs.

The server is started with the first case and not before: until then, the model that is judged may need the GPU. It goes
when the judge is closed, and also when the process that started it ends in any other way (`serving.guard`).

Run against a stand-in for the `vllm` program and scripted servers. Unchecked: the real vLLM (`serving.vllm` says what
of it), and whether its verdicts repeat; batches that are put together differently may round differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.pretrained.hub import commit_on_hub, is_hub_name
from vstreamqa.scoring.judge.base import Case, Identity, JudgeUnavailableError, Opinion
from vstreamqa.scoring.judge.likelihood.source import on_this_disk, revision_of
from vstreamqa.scoring.judge.openai_judge import OpenAIJudge
from vstreamqa.scoring.judge.pacing import Patience
from vstreamqa.scoring.judge.rubric import Rubric
from vstreamqa.serving.process import LOOPBACK, ServerProcess, free_port
from vstreamqa.serving.vllm import NOT_THERE, START_SECONDS, find_program, serve_command


class VllmJudge:
    """Judges through a vLLM server."""

    def __init__(
        self,
        model: str,
        rubric: Rubric,
        base_url: str | None = None,
        *,
        start_seconds: float = START_SECONDS,
        patience: Patience | None = None,
    ) -> None:
        """Name a judge; nothing is started or asked yet.

        Args:
            model: folder, or name on the Hugging Face hub; at a URL, what the server calls it.
            rubric: the wording.
            base_url: of a server that runs; None to start one.
            start_seconds: how long that may take.
            patience: how failures of requests are borne.

        Raises:
            UserError: the URL is none.
        """
        self._model = model
        self._rubric = rubric
        self._start_seconds = start_seconds
        self._patience = patience
        self._elsewhere = None if base_url is None else self._client(base_url)
        self._revision: str | None = None
        self._process: ServerProcess | None = None
        self._own: OpenAIJudge | None = None
        self._failed: VStreamQAError | None = None

    @property
    def identity(self) -> Identity:
        """What it is: of a server of its own, the revision is that of the weights it is told to serve."""
        if self._elsewhere is not None:
            return self._elsewhere.identity
        return Identity(name=self._name, revision=self._revision, rubric=self._rubric.hash, temperature=0.0)

    @property
    def server(self) -> str | None:
        """The root of the API of a server that runs elsewhere, None for one that is started here."""
        return None if self._elsewhere is None else self._elsewhere.server

    def check(self) -> None:
        """See that the server answers, or that one can be started.

        Raises:
            JudgeUnavailableError: it does not; there is no `vllm` program, or no such model.
        """
        if self._elsewhere is not None:
            self._elsewhere.check()
            return
        if find_program() is None:
            raise JudgeUnavailableError(f"judge {self._name!r}: {NOT_THERE}")
        try:
            self._revision = _revision_of(self._model)
        except UserError as error:
            raise JudgeUnavailableError(
                f"judge {self._name!r}: not on this disk, and {error}; name a folder, or try again with a network"
            ) from error

    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        """Yield opinions as they come; without a server, every case says why there is none."""
        try:
            judge = self._served() if cases else None
        except VStreamQAError as error:
            self._failed = error
            yield from ((place, Opinion(correct=None, error=str(error))) for place in range(len(cases)))
            return
        if judge is not None:
            for place, opinion in judge.opinions(cases):
                yield place, self._explained(opinion)

    def close(self) -> None:
        """End the server, if it was started here."""
        if self._process is not None:
            self._process.stop()
            self._process, self._own = None, None

    @property
    def _name(self) -> str:
        return f"vllm:{self._model}"

    def _client(self, base_url: str) -> OpenAIJudge:
        return OpenAIJudge(
            self._model, base_url=base_url, rubric=self._rubric, name=self._name, patience=self._patience
        )

    def _served(self) -> OpenAIJudge:
        """Return the judge on a server that lives.

        Raises:
            VStreamQAError: it does not come up; that is tried once.
        """
        if self._elsewhere is not None:
            return self._elsewhere
        if self._failed is not None:
            raise self._failed
        if self._own is None or self._process is None or not self._process.alive:
            self._own = self._started()
        return self._own

    def _started(self) -> OpenAIJudge:
        program = find_program()
        if program is None:
            raise JudgeUnavailableError(f"judge {self._name!r}: {NOT_THERE}")
        port = free_port()
        pinned = self._revision if is_hub_name(self._model) and not Path(self._model).is_dir() else None
        command = serve_command(program, self._model, port=port, revision=pinned)
        self.close()
        process = ServerProcess(command, port=port, start_seconds=self._start_seconds)
        process.start()
        judge = self._client(f"http://{LOOPBACK}:{port}")
        try:
            judge.check()
        except BaseException:
            process.stop()
            raise
        self._process = process
        return judge

    def _explained(self, opinion: Opinion) -> Opinion:
        if opinion.error is None or self._process is None or self._process.alive:
            return opinion
        return replace(opinion, error=f"vLLM has died ({opinion.error})")


def _revision_of(model: str) -> str | None:
    """Return the revision of a model that is on this disk or on the hub; None of what only vLLM knows how to find.

    Raises:
        UserError: it could be on the hub, which does not give it.
    """
    folder = on_this_disk(model, None)
    if folder is not None:
        return revision_of(folder)
    if Path(model).expanduser().exists() or not is_hub_name(model):
        return None
    return commit_on_hub(model, None)
