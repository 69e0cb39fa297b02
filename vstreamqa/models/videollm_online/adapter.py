"""VideoLLM-online behind the model protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import torch
from torch import Tensor

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import FrameBatch, Generation, InputSpec, LoadRequest, Piece, Prompt, StreamInfo, Utterance
from vstreamqa.models.shared.placement import choose_placement
from vstreamqa.models.shared.text import GrowingText, pieces
from vstreamqa.models.shared.trained import checkpoint_place
from vstreamqa.models.videollm_online.checkpoint import Loaded, load_checkpoint
from vstreamqa.models.videollm_online.conversation import Conversation
from vstreamqa.models.videollm_online.forgetting import least_budget
from vstreamqa.models.videollm_online.language import CachedLanguage
from vstreamqa.models.videollm_online.options import Options as VideoLLMOnlineOptions
from vstreamqa.models.videollm_online.tiny import TINY_NAME, tiny_folder
from vstreamqa.models.videollm_online.tokens import StreamTokens, stream_tokens

DEMO_NAME = "videollm-online-mini"
"""The tiny checkpoint that comes with the project, trained on the mini world (`vstreamqa.training.tiny`)."""
_FPS = 2.0
_MAX_BATCH = 8


class VideoLLMOnline:
    """VideoLLM-online (LIVE), https://arxiv.org/abs/2406.11816.

    After every frame, at 2 fps, the model decides whether to speak; whether it does so before anybody has asked it
    anything is its own affair. Questions are answered greedily.

    Frames come into the tower's square with black bars, as the original's preprocessing leaves them; it also encodes
    the result as video again, and rounds the shorter side to an even number, which is not done here.
    """

    Options: ClassVar[type] = VideoLLMOnlineOptions

    def __init__(self, loaded: Loaded, *, options: VideoLLMOnlineOptions, fps: float, dtype: str) -> None:
        network = loaded.network
        self._loaded = loaded
        self._options = options
        self.checkpoint = loaded.provenance
        self.dtype = dtype
        self.device = str(network.device)
        self.input = InputSpec(
            fps=fps,
            size=(network.tower.image_size, network.tower.image_size),
            fit="pad",
            filter="bicubic",
            max_batch=_MAX_BATCH,
            takes_features=network.feature_shape,
            bounded=options.cache_tokens is not None,
            speaks=True,
        )
        self._check_budget(self._tokens(None))

    @classmethod
    def load(cls, request: LoadRequest) -> VideoLLMOnline:
        """Load an adapter, its base model and its vision tower.

        `auto` means CUDA where there is one; weights are bfloat16 there, as the original's, and float32 on a CPU.
        `demo` is the trained checkpoint that comes with the project, `random` a tiny one with random weights; both
        make the process use one thread on a CPU.

        Raises:
            UserError: something is missing, damaged or of another architecture, or an option or device is not
                possible.
        """
        options = VideoLLMOnlineOptions.parse(request.options)
        placement = choose_placement(request, on_cuda="bfloat16")
        loaded = load_checkpoint(
            checkpoint_place(request.checkpoint, trained=DEMO_NAME, random=tiny_folder),
            options,
            revision=request.revision,
            name={"demo": DEMO_NAME, "random": TINY_NAME}.get(request.checkpoint),
            device=placement.device,
            dtype=placement.torch_dtype,
        )
        return cls(loaded, options=options, fps=request.fps or _FPS, dtype=placement.dtype)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> VideoLLMOnlineSession:
        """Start a session; a preface is appended to the system prompt."""
        tokens = self._tokens(preface)
        self._check_budget(tokens)
        return VideoLLMOnlineSession(self._loaded, tokens, self._options)

    def _tokens(self, preface: Prompt | None) -> StreamTokens:
        return stream_tokens(
            self._loaded.tokenizer, self._options.layout, preface=None if preface is None else preface.text
        )

    def _check_budget(self, tokens: StreamTokens) -> None:
        budget, least = self._options.cache_tokens, least_budget(tokens.start, tokens.frame_tokens)
        if budget is not None and budget < least:
            raise UserError(f"cache_tokens={budget}: the system prompt and a frame need at least {least}")


class VideoLLMOnlineSession:
    """One stream and the conversation about it.

    After the last frame of a batch with a question due, nothing is decided yet. A committing question takes the place
    of the decision; after any other it is taken, and what it has the model say is said, at the next `watch` or at
    `close`, as if nobody had asked.

    Attributes:
        input_tokens: tokens the last answer rested on: all that is in the cache, visual tokens included, and the
            question; None before the first question.
        last_words: what was said at `close`, which has nobody to give it to.
    """

    def __init__(self, loaded: Loaded, tokens: StreamTokens, options: VideoLLMOnlineOptions) -> None:
        self._network = loaded.network
        self._tokenizer = loaded.tokenizer
        self._reply_tokens = options.reply_tokens
        self._conversation: Conversation[Tensor] | None = Conversation(
            CachedLanguage(loaded.network.language),
            tokens,
            threshold=options.threshold,
            repaired=options.queries == "repaired",
            budget=options.cache_tokens,
        )
        self._last_position = 0
        self._answering = False
        self.input_tokens: int | None = None
        self.last_words: Sequence[Utterance] = ()

    @torch.inference_mode()
    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        """Take in frames, one at a time, however many come together; return what was said after any of them.

        On a CPU the tower encodes them one at a time too: encoded together, their last bits may differ.

        Raises:
            VStreamQAError: an answer is still being given, or `Conversation.decide` raises.
        """
        conversation = self._open_conversation()
        said: list[Utterance] = []
        for position, frame in zip(frames.positions, self._embedded(frames), strict=True):
            said += self._decide(conversation)
            conversation.see(frame)
            self._last_position = position
        if not frames.question_due:
            said += self._decide(conversation)
        return said

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        """Answer greedily; the session stays as it was, unless the exchange is to become part of it.

        An answer that is broken off leaves the session as it was too, or, committed, as far as it came.

        Raises:
            VStreamQAError: an answer is still being given.
        """
        self._open_conversation()
        return self._answer(prompt, generation)

    @torch.inference_mode()
    def close(self) -> None:
        """Decide what is still to be decided, and let go of the cache; the session can be used no more."""
        conversation, self._conversation = self._conversation, None
        if conversation is not None and not self._answering:
            self.last_words = self._decide(conversation)

    @torch.inference_mode()
    def _answer(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        conversation = self._open_conversation()
        before = conversation.mark()
        self.input_tokens = conversation.prompt_tokens(prompt.text)
        self._answering = True
        try:
            tokens = conversation.answer(prompt.text, most=generation.max_new_tokens, least=generation.min_new_tokens)
            yield from pieces(tokens, self._new_text())
        finally:
            self._answering = False
            if not prompt.commit:
                conversation.back_to(before)

    def _decide(self, conversation: Conversation[Tensor]) -> Sequence[Utterance]:
        """Decide on the last frame, if that is still to be done, and say what is to be said."""
        if conversation.reading is None or not conversation.decide():
            return ()
        tokens = list(conversation.speak(most=self._reply_tokens))
        text = "".join(piece.text for piece in pieces(tokens, self._new_text()))
        return (Utterance(position=self._last_position, text=text, output_tokens=len(tokens)),)

    def _new_text(self) -> GrowingText:
        # Where a token ends within a character, what is decoded ends in a replacement character: no other sign needed.
        return GrowingText(self._tokenizer.decode, lambda _: False)

    def _open_conversation(self) -> Conversation[Tensor]:
        if self._conversation is None:
            raise VStreamQAError("this session is closed; open another one")
        if self._answering:
            raise VStreamQAError("an answer is still being given; take all of it, or close its iterator")
        return self._conversation

    def _embedded(self, frames: FrameBatch) -> Iterator[Tensor]:
        """Yield the embeddings of each frame, [tokens, hidden]."""
        device = self._network.device
        if frames.features is not None:
            given = torch.tensor(frames.features)
        else:
            assert frames.frames is not None, "a batch has frames or features"
            given = torch.tensor(frames.frames)
        for together in torch.split(given.to(device), 1 if device.type == "cpu" else len(given)):
            tokens = together if frames.features is not None else self._network.frame_tokens(together)
            yield from self._network.project(tokens)
