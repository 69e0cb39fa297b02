"""Flash-VStream-Qwen behind the model protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

import torch

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import (
    FrameBatch,
    Generation,
    InputSpec,
    LoadRequest,
    Piece,
    Pixels,
    Prompt,
    StreamInfo,
    Utterance,
)
from vstreamqa.models.flash_vstream_qwen.checkpoint import Loaded, load_checkpoint
from vstreamqa.models.flash_vstream_qwen.memory import Memory, StreamingMemory
from vstreamqa.models.flash_vstream_qwen.options import Options as FlashVStreamQwenOptions
from vstreamqa.models.flash_vstream_qwen.preprocessing import Size, resized
from vstreamqa.models.flash_vstream_qwen.prompt import VisionTokens, prompt_ids
from vstreamqa.models.flash_vstream_qwen.repaired import RepairedMemory
from vstreamqa.models.flash_vstream_qwen.tiny import TINY_NAME, tiny_folder
from vstreamqa.models.flash_vstream_qwen.visual import OfflineSight, Sight, StreamingSight
from vstreamqa.models.shared.decoding import greedy_tokens
from vstreamqa.models.shared.draws import Draws, SeededDraws
from vstreamqa.models.shared.placement import choose_placement
from vstreamqa.models.shared.text import GrowingText, pieces

_FPS = 1.0
_MAX_BATCH = 8


class FlashVStreamQwen:
    """Flash-VStream (Qwen2-VL variant), https://arxiv.org/abs/2506.23825.

    Frames come as they are in the source and are resized here, since their size depends on the source's. They are
    watched one at a time at 1 fps; questions are answered greedily, each in a conversation of its own.
    """

    Options: ClassVar[type] = FlashVStreamQwenOptions

    def __init__(self, loaded: Loaded, *, options: FlashVStreamQwenOptions, fps: float, dtype: str) -> None:
        self._loaded = loaded
        self._options = options
        self.checkpoint = loaded.provenance
        self.dtype = dtype
        self.device = str(loaded.network.device)
        self.input = InputSpec(
            fps=fps, size=None, filter="bicubic", max_batch=_MAX_BATCH, bounded=options.memory == "repaired"
        )

    @classmethod
    def load(cls, request: LoadRequest) -> FlashVStreamQwen:
        """Load a checkpoint.

        `auto` means CUDA where there is one; weights are bfloat16 there and float32 on a CPU. The demo checkpoint
        makes the process use one thread on a CPU.

        Raises:
            UserError: the checkpoint is missing, damaged or of another architecture, or an option or device is not
                possible.
        """
        options = FlashVStreamQwenOptions.parse(request.options)
        placement = choose_placement(request, on_cuda="bfloat16")
        loaded = load_checkpoint(
            str(tiny_folder()) if placement.demo else request.checkpoint,
            revision=request.revision,
            name=TINY_NAME if placement.demo else None,
            device=placement.device,
            dtype=placement.torch_dtype,
        )
        return cls(loaded, options=options, fps=request.fps or _FPS, dtype=placement.dtype)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> FlashVStreamQwenSession:
        """Start a session; a preface is appended to the system prompt of every question."""
        return FlashVStreamQwenSession(
            self._loaded,
            self._new_sight(stream.seed),
            max_pixels=self._options.max_pixels,
            preface=None if preface is None else preface.text,
        )

    def _new_sight(self, seed: int) -> Sight:
        network, options = self._loaded.network, self._options
        sizes, new_draws = network.config.vision.memory.sizes, partial[Draws](SeededDraws, seed)
        if options.mode == "offline":
            return OfflineSight(network, sizes, new_draws, max_frames=options.max_frames)
        memory: Memory = (
            RepairedMemory(sizes, new_draws())
            if options.memory == "repaired"
            else StreamingMemory(sizes, new_draws(), network.device)
        )
        return StreamingSight(network, memory, options.axes)


class FlashVStreamQwenSession:
    """One stream and its memory.

    Attributes:
        input_tokens: tokens of the last question's prompt, visual ones included; None before the first question.
    """

    def __init__(self, loaded: Loaded, sight: Sight, *, max_pixels: int, preface: str | None) -> None:
        self._loaded = loaded
        self._sight: Sight | None = sight
        self._max_pixels = max_pixels
        self._preface = preface
        self._source_size: Size | None = None
        self._sizes: tuple[Size, Size] | None = None
        self.input_tokens: int | None = None

    @torch.inference_mode()
    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        """Take in frames of any size; all are brought to the size that the stream's first frame gets.

        Raises:
            VStreamQAError: the first frame is more than 200 times as long as it is wide.
        """
        sight = self._open_sight()
        assert frames.frames is not None, "this model takes frames"
        sight.see([self._fitted(frame) for frame in frames.frames])
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        """Answer greedily; the session stays as it was.

        Raises:
            UserError: the exchange is to become part of the session, or the prompt is too long.
        """
        if prompt.commit:
            raise UserError(
                "Flash-VStream-Qwen answers every question in a fresh conversation: dialogues are not supported"
            )
        return self._answer(prompt, generation)

    def close(self) -> None:
        """Let go of the memory; the session can be used no more."""
        self._sight = None

    @torch.inference_mode()
    def _answer(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        network, tokenizer = self._loaded.network, self._loaded.tokenizer
        sight, seen = self._open_sight(), self._sizes is not None
        tokens = VisionTokens(start=network.config.vision_start_token_id, end=network.config.vision_end_token_id)
        ids = prompt_ids(
            prompt.text,
            question_format=prompt.format,
            tokenizer=tokenizer,
            vision=tokens if seen else None,
            preface=self._preface,
        )
        sequence = network.assemble(ids, sight.visual() if seen else None)
        self.input_tokens = sequence.embeddings.shape[1]
        self._refuse_too_long(self.input_tokens)
        generated = greedy_tokens(
            network.language,
            sequence,
            end=self._loaded.end,
            max_new_tokens=generation.max_new_tokens,
            min_new_tokens=generation.min_new_tokens,
        )
        yield from pieces(generated, GrowingText(tokenizer.decode, lambda _: False))

    def _refuse_too_long(self, length: int) -> None:
        limit = self._loaded.network.config.max_position_embeddings
        if length > limit:
            raise UserError(
                f"the prompt takes {length} tokens with its visual ones, the checkpoint takes {limit}"
                " (max_position_embeddings); shorten the question"
            )

    def _fitted(self, frame: Pixels) -> Pixels:
        height, width, _ = frame.shape
        if self._sizes is None:
            self._source_size = (height, width)
            self._sizes = self._loaded.network.preprocessing.sizes(self._source_size, self._max_pixels)
        # A frame of another size than the stream's first goes straight to the size of the others.
        same = (height, width) == self._source_size
        return resized(frame, self._sizes if same else self._sizes[1:])

    def _open_sight(self) -> Sight:
        if self._sight is None:
            raise VStreamQAError("this session is closed; open another one")
        return self._sight
