"""Models of transformers that answer questions about videos, behind the model protocol."""

from __future__ import annotations

from typing import ClassVar

from vstreamqa.models.base import InputSpec, LoadRequest, Prompt, StreamInfo
from vstreamqa.models.shared.placement import choose_placement
from vstreamqa.models.transformers_video.answering import OfflineAnswers
from vstreamqa.models.transformers_video.checkpoint import Loaded, load_checkpoint
from vstreamqa.models.transformers_video.families import Family
from vstreamqa.models.transformers_video.options import Options as TransformersVideoOptions
from vstreamqa.models.transformers_video.tiny import tiny_folder, tiny_name
from vstreamqa.models.windowed import WindowSession, parse_policy

_FPS = 1.0
_MAX_BATCH = 8


class TransformersVideo:
    """An offline model as a streaming one: frames are kept, and all work is done when a question comes.

    Which architecture it is, which frames a question rests on and how they are put into a prompt is a matter of
    options, and of the recipe that sets them. Answers are greedy, whatever the checkpoint's generation_config.json says
    of sampling and of penalties for repetition.
    """

    Options: ClassVar[type] = TransformersVideoOptions

    def __init__(self, loaded: Loaded, *, options: TransformersVideoOptions, fps: float, dtype: str) -> None:
        self._answers = OfflineAnswers(loaded, options.template)
        self._policy = parse_policy(options.policy)
        self._frames = options.frames
        self.checkpoint = loaded.provenance
        self.dtype = dtype
        self.device = str(loaded.model.device)
        self.input = input_of(loaded.family, fps=fps, bounded=self._policy.bounded)

    @classmethod
    def load(cls, request: LoadRequest) -> TransformersVideo:
        """Load a checkpoint.

        `auto` means CUDA where there is one; weights are bfloat16 there and float32 on a CPU. The demo checkpoint makes
        the process use one thread on a CPU.

        Raises:
            UserError: the checkpoint is missing, damaged, too large or of another architecture, or an option or device
                is not possible.
        """
        options = TransformersVideoOptions.parse(request.options)
        loaded, dtype = load_model(request, options)
        return cls(loaded, options=options, fps=request.fps or _FPS, dtype=dtype)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> WindowSession:
        """Start a session; a preface stands before every question, on a line of its own.

        Raises:
            UserError: the policy counts seconds, and the stream has none.
        """
        return WindowSession(self._answers, self._policy, most=self._frames, stream=stream, preface=preface)


def load_model(request: LoadRequest, options: TransformersVideoOptions) -> tuple[Loaded, str]:
    """Load what a request names; return it and the name of the type of its weights.

    Raises:
        UserError: see `TransformersVideo.load`.
    """
    placement = choose_placement(request, on_cuda="bfloat16")
    loaded = load_checkpoint(
        str(tiny_folder(options.family)) if placement.demo else request.checkpoint,
        options,
        revision=request.revision,
        name=tiny_name(options.family) if placement.demo else None,
        device=placement.device,
        dtype=placement.torch_dtype,
    )
    return loaded, placement.dtype


def input_of(family: Family, *, fps: float, bounded: bool) -> InputSpec:
    """Return what an adapter wants of a stream that shows frames to a family of models."""
    return InputSpec(
        fps=fps,
        size=family.frame_size,
        fit=family.fit,
        filter=family.preprocessing.filter,
        max_batch=_MAX_BATCH,
        bounded=bounded,
    )
