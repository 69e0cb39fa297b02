"""From frames and a question to text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from vstreamqa.errors import VStreamQAError
from vstreamqa.models.base import Generation, Piece, Pixels, Prompt
from vstreamqa.models.shared.text import GrowingText, pieces
from vstreamqa.models.transformers_video.checkpoint import Loaded
from vstreamqa.models.transformers_video.decoding import Continuation, greedy_tokens
from vstreamqa.models.transformers_video.inputs import NOTHING_SEEN, Positions, Visual
from vstreamqa.models.transformers_video.preprocessing import Size
from vstreamqa.models.transformers_video.prompt import Template, prompt_ids
from vstreamqa.models.windowed import Reply, View


class OfflineAnswers:
    """A loaded model as a function from frames and a question to text (`windowed.FramesToText`).

    Args:
        loaded: the checkpoint.
        template: chat template; None for the family's own.
    """

    def __init__(self, loaded: Loaded, template: str | None = None) -> None:
        self._loaded = loaded
        self._template = Template.parse(loaded.family.template if template is None else template)

    def fitted(self, frame: Pixels, size: Size | None) -> Pixels:
        """Return a frame as it is to be kept."""
        return self._loaded.family.fitted(frame, size)

    def reply(self, view: View, prompt: Prompt, generation: Generation, preface: Prompt | None) -> Reply:
        """Answer greedily; a preface stands before the question, on a line of its own.

        Raises:
            VStreamQAError: the prompt is longer than the model was made for, or names the video's own token.
        """
        loaded = self._loaded
        question = prompt.text if preface is None else f"{preface.text}\n{prompt.text}"
        visual = loaded.family.visual(view) if view.frames else NOTHING_SEEN
        ids = prompt_ids(
            question,
            template=self._template,
            video=visual.text,
            tokenizer=loaded.tokenizer,
            placeholder=loaded.placeholder,
        )
        refuse_too_long(len(ids), loaded)
        positions = loaded.family.positions(loaded.model, ids, placeholder=loaded.placeholder, visual=visual)
        return Reply(len(ids), self._generate(ids, positions, visual, generation))

    @torch.inference_mode()
    def _generate(
        self, ids: list[int], positions: Positions, visual: Visual, generation: Generation
    ) -> Iterator[Piece]:
        model = self._loaded.model
        arguments = {"input_ids": torch.tensor([ids], device=model.device)}
        arguments.update({name: _moved(tensor, model) for name, tensor in visual.tensors.items()})
        yield from told(Continuation(model, arguments, positions), generation, self._loaded)


def told(continuation: Continuation, generation: Generation, loaded: Loaded) -> Iterator[Piece]:
    """Decode greedily and yield an answer's pieces, one for each token."""
    tokens = greedy_tokens(
        continuation,
        end=loaded.end,
        max_new_tokens=generation.max_new_tokens,
        min_new_tokens=generation.min_new_tokens,
    )
    yield from pieces(tokens, GrowingText(loaded.tokenizer.decode, loaded.tokenizer.is_byte))


def refuse_too_long(length: int, loaded: Loaded) -> None:
    """Refuse a prompt that is longer than the model was made for.

    Raises:
        VStreamQAError: it is.
    """
    if length > loaded.context:
        raise VStreamQAError(
            f"the prompt takes {length} tokens with its visual ones, the checkpoint takes {loaded.context}"
            " (max_position_embeddings); fewer frames (--set frames=N), smaller ones, or a shorter question"
        )


def _moved(tensor: Tensor, model: Any) -> Tensor:
    """Return a tensor where the model is and, if it holds pixels, in the type of the weights."""
    return tensor.to(model.device, model.dtype if tensor.is_floating_point() else None)
