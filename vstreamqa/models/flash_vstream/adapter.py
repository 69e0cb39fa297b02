"""Flash-VStream behind the model protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import FrameBatch, Generation, InputSpec, LoadRequest, Piece, Prompt, StreamInfo, Utterance
from vstreamqa.models.flash_vstream.checkpoint import Loaded, load_checkpoint
from vstreamqa.models.flash_vstream.memory import Memory, OfflineMemory, Part, StreamingMemory
from vstreamqa.models.flash_vstream.options import Options as FlashVStreamOptions
from vstreamqa.models.flash_vstream.prompt import prompt_ids
from vstreamqa.models.flash_vstream.repaired import RepairedMemory
from vstreamqa.models.flash_vstream.tiny import TINY_NAME, tiny_folder
from vstreamqa.models.shared.decoding import greedy_tokens
from vstreamqa.models.shared.draws import Draws, SeededDraws
from vstreamqa.models.shared.placement import choose_placement
from vstreamqa.models.shared.text import GrowingText, pieces
from vstreamqa.models.shared.trained import checkpoint_place

DEMO_NAME = "flash-vstream-mini"
_FPS = 1.0
_MAX_BATCH = 8


class FlashVStream:
    """Flash-VStream (LLaVA variant), https://arxiv.org/abs/2406.08085.

    Frames are watched one at a time at 1 fps; questions are answered greedily, each in a conversation of its own.
    """

    Options: ClassVar[type] = FlashVStreamOptions

    def __init__(self, loaded: Loaded, *, options: FlashVStreamOptions, fps: float, dtype: str) -> None:
        self._loaded = loaded
        self._options = options
        tower = loaded.network.tower
        self.checkpoint = loaded.provenance
        self.dtype = dtype
        self.device = str(loaded.network.device)
        self.input = InputSpec(
            fps=fps,
            size=(tower.image_size, tower.image_size),
            fit="crop",
            filter="bicubic",
            max_batch=_MAX_BATCH,
            takes_features=tower.feature_shape,
            bounded=options.mode == "streaming",
        )

    @classmethod
    def load(cls, request: LoadRequest) -> FlashVStream:
        """Load a checkpoint.

        `auto` means CUDA where there is one; weights are float16 there and float32 on a CPU. `demo` is the trained
        checkpoint that comes with the project, `random` a tiny one with random weights; both make the process use one
        thread on a CPU.

        Raises:
            UserError: the checkpoint is missing, damaged or of another architecture, or an option or device is not
                possible.
        """
        options = FlashVStreamOptions.parse(request.options)
        placement = choose_placement(request)
        loaded = load_checkpoint(
            checkpoint_place(request.checkpoint, trained=DEMO_NAME, random=tiny_folder),
            revision=request.revision,
            name={"demo": DEMO_NAME, "random": TINY_NAME}.get(request.checkpoint),
            vision=options.vision,
            device=placement.device,
            dtype=placement.torch_dtype,
        )
        return cls(loaded, options=options, fps=request.fps or _FPS, dtype=placement.dtype)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> FlashVStreamSession:
        """Start a session; a preface is appended to the system prompt of every question."""
        return FlashVStreamSession(
            self._loaded,
            self._new_memory(stream.seed),
            without=self._options.without,
            preface=None if preface is None else preface.text,
        )

    def _new_memory(self, seed: int) -> Memory:
        network = self._loaded.network
        sizes, attention = self._options.sizes(network.config.memory_sizes), network.attention
        new_draws = partial[Draws](SeededDraws, seed)
        if self._options.mode == "offline":
            return OfflineMemory(sizes, attention, new_draws)
        if self._options.memory == "repaired":
            return RepairedMemory(sizes, attention, new_draws())
        return StreamingMemory(sizes, attention, new_draws())


class FlashVStreamSession:
    """One stream and its memory.

    Attributes:
        input_tokens: tokens of the last question's prompt, visual ones included; None before the first question.
    """

    def __init__(self, loaded: Loaded, memory: Memory, *, without: frozenset[Part], preface: str | None) -> None:
        self._network = loaded.network
        self._tokenizer = loaded.tokenizer
        self._memory: Memory | None = memory
        self._without = without
        self._preface = preface
        self._seen = False
        self.input_tokens: int | None = None

    @torch.inference_mode()
    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        """Take in frames; the memory is updated with one frame at a time, however many come together.

        On a CPU the tower encodes them one at a time too: encoded together, their last bits may differ.
        """
        memory = self._open_memory()
        for features in self._features(frames):
            for feature in features:
                memory.update(self._network.frames(feature[None]))
                self._seen = True
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        """Answer greedily; the session stays as it was.

        Raises:
            UserError: the exchange is to become part of the session, or the prompt is too long.
        """
        if prompt.commit:
            raise UserError("Flash-VStream answers every question in a fresh conversation: dialogues are not supported")
        return self._answer(prompt.text, generation)

    def close(self) -> None:
        """Let go of the memory; the session can be used no more."""
        self._memory = None

    @torch.inference_mode()
    def _answer(self, question: str, generation: Generation) -> Iterator[Piece]:
        visual = self._visual_tokens()
        ids = prompt_ids(
            question,
            encode=self._tokenizer.encode,
            bos=self._network.config.bos_token_id,
            visual=visual is not None,
            preface=self._preface,
        )
        sequences = self._network.assemble([ids], [visual])
        self.input_tokens = sequences.embeddings.shape[1]
        tokens = greedy_tokens(
            self._network.language,
            sequences,
            end=self._network.config.eos_token_ids,
            max_new_tokens=generation.max_new_tokens,
            min_new_tokens=generation.min_new_tokens,
        )
        yield from pieces(tokens, GrowingText(self._tokenizer.decode, self._tokenizer.is_byte))

    def _visual_tokens(self) -> Tensor | None:
        """Return the projected memory, made anew for every question: each pays for the whole of its answer."""
        memory = self._open_memory()
        return self._network.project(memory.tokens(self._without)) if self._seen else None

    def _open_memory(self) -> Memory:
        if self._memory is None:
            raise VStreamQAError("this session is closed; open another one")
        return self._memory

    def _features(self, frames: FrameBatch) -> Iterator[Tensor]:
        """Yield patch tokens, [n, patches, dim] at a time."""
        device = self._network.device
        if frames.features is not None:
            yield torch.tensor(frames.features).to(device, self._network.dtype)
            return
        assert frames.frames is not None, "a batch has frames or features"
        pixels = torch.tensor(frames.frames, device=device)
        for together in torch.split(pixels, 1 if device.type == "cpu" else len(pixels)):
            yield self._network.features(together)
