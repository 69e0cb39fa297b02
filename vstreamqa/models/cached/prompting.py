"""The parts of a prompt as embeddings, for a video that comes frame by frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from vstreamqa.models.base import Pixels
from vstreamqa.models.cached.streaming import Streaming
from vstreamqa.models.transformers_video.checkpoint import Loaded
from vstreamqa.models.transformers_video.prompt import NO_VIDEO, Template, prompt_ids


class Prompting:
    """Builds the parts of a prompt; joined they are the prompt that the offline model would have of the same frames.

    Args:
        loaded: the checkpoint.
        streaming: how its family takes in a video frame by frame.
        template: chat template; None for the family's own.

    Attributes:
        head: tokens before the video.
    """

    def __init__(self, loaded: Loaded, streaming: Streaming, template: str | None) -> None:
        self._loaded = loaded
        self._streaming = streaming
        self._template = Template.parse(loaded.family.template if template is None else template)
        self.head = loaded.tokenizer.encode(self._template.before)

    def embedded(self, ids: Sequence[int]) -> Tensor:
        """Return the embeddings of tokens, [tokens, hidden]."""
        model = self._loaded.model
        found: Tensor = model.get_input_embeddings()(torch.tensor(list(ids), dtype=torch.int64, device=model.device))
        return found

    def frame(self, frame: Pixels, number: int) -> tuple[Tensor, int]:
        """Return the embeddings of a frame and the texts around it, and how many come before the visual ones.

        Args:
            frame: uint8 [height, width, 3].
            number: of the frame, from 1.

        Returns:
            [tokens, hidden], and a number of tokens.
        """
        model, family, streaming = self._loaded.model, self._loaded.family, self._streaming
        pixels = family.pixels([frame]).to(model.device, model.dtype)
        encode = self._loaded.tokenizer.encode
        before, after = encode(streaming.before(number)), encode(streaming.after())
        visual = streaming.features(model, pixels).to(model.dtype)
        return torch.cat([self.embedded(before), visual, self.embedded(after)]), len(before)

    def frame_tokens(self) -> int:
        """Return how many tokens the first frame takes, with the texts around it."""
        size = self._loaded.family.frame_size
        assert size is not None, "families that stream fix the size of a frame"
        with torch.inference_mode():
            embeddings, _ = self.frame(np.zeros((*size, 3), dtype=np.uint8), 1)
        return len(embeddings)

    def question(self, question: str) -> Tensor:
        """Return the embeddings of all that follows the last frame, [tokens, hidden]."""
        placeholder, tokenizer = self._loaded.family.placeholder, self._loaded.tokenizer
        # Text behind something is not always tokenised as text by itself: let something stand before it.
        between = f"{placeholder}{self._streaming.ending()}{self._template.between}"
        ids = tokenizer.encode_around(between, question, self._template.after)
        closing = self._streaming.closing(self._loaded.model)
        text = self.embedded(ids[1:])
        return text if closing is None else torch.cat([closing.to(text.dtype), text])

    def blind(self, question: str) -> Tensor:
        """Return the embeddings of a whole prompt without a video, [tokens, hidden]."""
        return self.embedded(
            prompt_ids(
                question,
                template=self._template,
                video=NO_VIDEO,
                tokenizer=self._loaded.tokenizer,
                placeholder=self._loaded.placeholder,
            )
        )
