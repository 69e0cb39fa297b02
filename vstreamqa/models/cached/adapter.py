"""Streams in the cache of a language model, behind the model protocol."""

from __future__ import annotations

from typing import ClassVar

from vstreamqa.errors import UserError
from vstreamqa.models.base import LoadRequest, Prompt, StreamInfo
from vstreamqa.models.cached.options import Options as CachedOptions
from vstreamqa.models.cached.prompting import Prompting
from vstreamqa.models.cached.rotary import Rotary
from vstreamqa.models.cached.session import CachedSession
from vstreamqa.models.cached.streaming import STREAMING
from vstreamqa.models.transformers_video.adapter import input_of, load_model
from vstreamqa.models.transformers_video.checkpoint import Loaded

_FPS = 0.5


class CachedVideo:
    """A video model of transformers that reads frames as they come and keeps a bounded cache of them; no training.

    It is a baseline: the cheapest way to make a stream of an offline model. Questions are answered greedily, behind
    what is kept of the stream, without reading a frame again.
    """

    Options: ClassVar[type] = CachedOptions

    def __init__(self, loaded: Loaded, *, options: CachedOptions, fps: float, dtype: str) -> None:
        self._loaded = loaded
        self._options = options
        self._prompting = Prompting(loaded, STREAMING[options.family], options.template)
        self.checkpoint = loaded.provenance
        self.dtype = dtype
        self.device = str(loaded.model.device)
        self.input = input_of(loaded.family, fps=fps, bounded=True)
        self._check_budget()

    @classmethod
    def load(cls, request: LoadRequest) -> CachedVideo:
        """Load a checkpoint.

        `auto` means CUDA where there is one; weights are bfloat16 there and float32 on a CPU. The demo checkpoint makes
        the process use one thread on a CPU.

        Raises:
            UserError: the checkpoint is missing, damaged, too large or of another architecture, or an option or device
                is not possible.
        """
        options = CachedOptions.parse(request.options)
        loaded, dtype = load_model(request, options.offline())
        return cls(loaded, options=options, fps=request.fps or _FPS, dtype=dtype)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> CachedSession:
        """Start a session; a preface stands before every question, on a line of its own."""
        options = self._options
        return CachedSession(
            self._loaded,
            self._prompting,
            keep=options.keep,
            tokens=options.tokens,
            sink=options.sink,
            preface=preface,
        )

    def _check_budget(self) -> None:
        """Refuse a budget that no frame fits into, or that is more than the model was made for."""
        Rotary(self._loaded.model.model.language_model)
        tokens, frame = self._options.tokens, self._prompting.frame_tokens()
        if tokens < frame:
            raise UserError(f"tokens={tokens}: one frame takes {frame}")
        most = max(self._options.sink, len(self._prompting.head)) + tokens + frame
        if most > self._loaded.context:
            raise UserError(
                f"tokens={tokens}: with the sink and a frame to be read they come to {most},"
                f" and the checkpoint takes {self._loaded.context} (max_position_embeddings)"
            )
