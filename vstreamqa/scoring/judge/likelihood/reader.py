"""A judge at work: one checkpoint, loaded for the first case, and what goes wrong with single cases."""

from __future__ import annotations

import gc
from contextlib import suppress

import torch

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.pretrained.loading import reason
from vstreamqa.scoring.judge.base import Case, Opinion
from vstreamqa.scoring.judge.likelihood.chat import Chat, Messages
from vstreamqa.scoring.judge.likelihood.loading import load_network, load_tokenizer
from vstreamqa.scoring.judge.likelihood.network import Network
from vstreamqa.scoring.judge.likelihood.reading import DICT_REPLY, JSON_REPLY, read_verdict
from vstreamqa.scoring.judge.likelihood.source import Source
from vstreamqa.scoring.judge.rubric import Rubric


class Reader:
    """A checkpoint that judges."""

    def __init__(self, source: Source, turns: Messages, device: str) -> None:
        """Load the tokenizer; the weights come with the first case.

        Args:
            source: the checkpoint.
            turns: messages of the rubric, whatever they say.
            device: where to compute.

        Raises:
            UserError: the checkpoint is none of a chat model.
        """
        self._source = source
        self._device = device
        self._chat = Chat(load_tokenizer(source.folder), turns)
        self._network: Network | None = None
        self._failed: str | None = None

    def opinion(self, rubric: Rubric, case: Case) -> Opinion:
        """Return what the model makes of a case; whatever goes wrong is that case's error."""
        form = DICT_REPLY if rubric.fields == "bare" else JSON_REPLY
        try:
            return read_verdict(self._loaded(), self._chat.prompt(rubric.messages(case)), form).opinion()
        except VStreamQAError as error:
            return _failure(str(error))
        except torch.OutOfMemoryError as error:
            said = reason(error)
        except Exception as error:  # whatever a network raises is about this case, and others may do
            return _failure(f"{type(error).__name__}: {reason(error)}")
        # Out here, the error no longer holds what the case took.
        _free()
        return _failure(f"out of memory: {said}")

    def clear(self) -> None:
        """Let go of the weights; a further case loads them again."""
        self._network, self._failed = None, None
        _free()

    def _loaded(self) -> Network:
        """Return the network; one that could not be loaded is not tried again for every case."""
        if self._failed is not None:
            raise UserError(self._failed)
        if self._network is None:
            try:
                self._network = load_network(self._source.with_weights(), self._device)
            except UserError as error:
                self._failed = str(error)
                raise
        return self._network


def _failure(said: str) -> Opinion:
    return Opinion(correct=None, error=said)


def _free() -> None:
    gc.collect()
    with suppress(RuntimeError):
        torch.cuda.empty_cache()
