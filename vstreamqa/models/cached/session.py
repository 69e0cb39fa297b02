"""A stream taken into a language model's cache frame by frame, and forgotten down to a budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import FrameBatch, Generation, Piece, Prompt, Utterance
from vstreamqa.models.cached.policies import POLICIES
from vstreamqa.models.cached.prompting import Prompting
from vstreamqa.models.cached.rotary import Rotary
from vstreamqa.models.cached.store import Store
from vstreamqa.models.transformers_video.answering import refuse_too_long, told
from vstreamqa.models.transformers_video.checkpoint import Loaded
from vstreamqa.models.transformers_video.decoding import Continuation
from vstreamqa.models.transformers_video.inputs import Positions


class CachedSession:
    """One stream in the cache.

    A frame is read behind all that is kept of those before it; then what is over the budget is forgotten. A question
    is read behind what is kept, in a copy of the cache.

    Attributes:
        input_tokens: tokens the last answer rested on, those in the cache included; None before the first question.
        frames_seen: frames taken in.
    """

    def __init__(
        self, loaded: Loaded, prompting: Prompting, *, keep: str, tokens: int, sink: int, preface: Prompt | None
    ) -> None:
        self._loaded = loaded
        self._prompting = prompting
        self._policy = POLICIES[keep]
        self._tokens = tokens
        self._sink = max(sink, len(prompting.head))
        self._preface = preface
        self._store: Store | None = Store(Rotary(loaded.model.model.language_model), loaded.model.device)
        self.input_tokens: int | None = None
        self.frames_seen = 0

    @property
    def tokens_held(self) -> int:
        """Tokens in the cache, the prompt's head included."""
        return len(self._open_store())

    @torch.inference_mode()
    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        """Take frames in, one after the other, however many come together; nothing is said unasked."""
        store = self._open_store()
        if frames.frames is None:
            raise VStreamQAError("this model takes frames, not features")
        if not len(store):
            self._read(store, self._prompting.embedded(self._prompting.head), frame=-1)
        for frame in frames.frames:
            self.frames_seen += 1
            embeddings, before = self._prompting.frame(frame, self.frames_seen)
            self._read(store, embeddings, frame=self.frames_seen - 1, first_visual=before)
            if len(store) > self._sink + self._tokens:
                store.keep(self._policy(store, self._sink, self._tokens))
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        """Answer greedily about what was seen until now; the session stays as it was.

        Raises:
            UserError: the exchange is to become part of the session.
        """
        if prompt.commit:
            raise UserError("a cache baseline answers every question for itself: dialogues are not supported")
        question = prompt.text if self._preface is None else f"{self._preface.text}\n{prompt.text}"
        return self._answer(self._open_store().copy(), question, generation)

    def close(self) -> None:
        """Let go of the cache; the session can be used no more."""
        self._store = None

    @torch.inference_mode()
    def _answer(self, store: Store, question: str, generation: Generation) -> Iterator[Piece]:
        model, held = self._loaded.model, len(store)
        embeddings = self._prompting.question(question) if held else self._prompting.blind(question)
        self.input_tokens = held + len(embeddings)
        refuse_too_long(self.input_tokens, self._loaded)
        continuation = Continuation(
            model, {"inputs_embeds": embeddings[None]}, _behind(held, len(embeddings)), cache=store.cache()
        )
        yield from told(continuation, generation, self._loaded)

    def _read(self, store: Store, embeddings: Tensor, *, frame: int, first_visual: int = 0) -> None:
        """Let the model read embeddings [tokens, hidden] behind what is kept, and keep them too."""
        model, cache = self._loaded.model, store.cache()
        model(
            inputs_embeds=embeddings[None],
            position_ids=_behind(len(store), len(embeddings)).ids.to(model.device),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        store.add(cache, frame=frame, first_visual=first_visual)

    def _open_store(self) -> Store:
        if self._store is None:
            raise VStreamQAError("this session is closed; open another one")
        return self._store


def _behind(held: int, length: int) -> Positions:
    """Return the positions of tokens behind those that are held."""
    return Positions(torch.arange(held, held + length)[None], held + length)
