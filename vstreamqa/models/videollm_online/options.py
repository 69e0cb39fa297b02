"""What `--set` can change about VideoLLM-online."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vstreamqa.errors import UserError
from vstreamqa.models.videollm_online.dialogue import V1, V1PLUS, Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of the adapter.

    Attributes:
        tokens: tokens of a frame: `v1plus` has the pooled one and nine averages, with a comma between frames; `v1` the
            pooled one alone, without a comma. The weights do not tell which they were trained with. For `v1` there is
            no code of the original that runs; it follows the evident intention (unverified).
        threshold: the model stays silent after a frame only if that is its most likely choice and has at least this
            probability. 0 leaves the choice to the model; the original's demonstration uses 0.725, and its evaluation
            of narrations 0.
        queries: `official` does what the original does where questions, replies and frames meet, quirks included;
            `repaired` keeps to the template of the training (see `vstreamqa.models.videollm_online.conversation`).
        merge: add the low-rank updates to the weights, which is faster; the original keeps them apart. The same up to
            rounding.
        base: folder or hub id of the language model, in place of the one the adapter names.
        vision: folder or hub id of the vision tower, in place of `google/siglip-large-patch16-384`.
        eos: text of the token that ends a reply, in place of the tokenizer's own. Revisions of Llama 3's tokenizer
            differ in it; with the wrong one every reply runs to its longest.
        reply_tokens: longest reply given unasked, in tokens.
        cache_tokens: most tokens kept in the cache (see `vstreamqa.models.videollm_online.forgetting`); none to keep
            everything, as the original does.
    """

    tokens: Literal["v1plus", "v1"] = "v1plus"
    threshold: float = 0.725
    queries: Literal["official", "repaired"] = "official"
    merge: bool = True
    base: str | None = None
    vision: str | None = None
    eos: str | None = None
    reply_tokens: int = 100
    cache_tokens: int | None = None

    @property
    def layout(self) -> Layout:
        """How a frame is written."""
        return V1PLUS if self.tokens == "v1plus" else V1

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Options:
        """Build options from values of the right types.

        Raises:
            UserError: a number that is out of range.
        """
        options = cls(**values)
        if not 0 <= options.threshold <= 1:
            raise UserError(f"threshold={options.threshold}: it is a probability, from 0 to 1")
        if options.reply_tokens < 1:
            raise UserError(f"reply_tokens={options.reply_tokens}: must be 1 or more")
        return options
