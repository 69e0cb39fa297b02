"""What a server takes in a request: what it refuses is left out of all that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import openai

_REFUSED = (400, 415, 422, 501)
_STRUCTURED = ("response_format", "json_schema", "guided", "structured output", "grammar")
_THINKING_TOKENS = 4096
DEFAULT_TEMPERATURE = 1.0
"""What models decode at that take no temperature (OpenAI, error of its reasoning models: "only the default (1)")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a request is put.

    Attributes:
        max_tokens: most tokens of a reply.
        temperature: of decoding; None if the server takes none.
        seed: of decoding; None if the server takes none.
        schema: JSON schema of the reply; None if the server cannot hold to one, or none is wanted.
        thinking: the model thinks before it replies, and its thoughts count as tokens of the reply: OpenAI's newer
            models take `max_completion_tokens` in place of `max_tokens`.
    """

    max_tokens: int
    temperature: float | None
    seed: int | None = 0
    schema: Mapping[str, Any] | None = None
    thinking: bool = False

    @property
    def effective_temperature(self) -> float:
        """What the model decodes at."""
        return DEFAULT_TEMPERATURE if self.temperature is None else self.temperature

    def arguments(self) -> dict[str, Any]:
        """Return what goes into a request besides model and messages."""
        told: dict[str, Any] = {"temperature": self.temperature, "seed": self.seed}
        if self.thinking:
            told["max_completion_tokens"] = max(self.max_tokens, _THINKING_TOKENS)
        else:
            told["max_tokens"] = self.max_tokens
        if self.schema is not None:
            form = {"name": "verdict", "schema": dict(self.schema), "strict": True}
            told["response_format"] = {"type": "json_schema", "json_schema": form}
        return {name: value for name, value in told.items() if value is not None}

    def without(self, error: openai.APIStatusError, *, untried: bool) -> Dialect | None:
        """Return how to put the request again after a refusal; None if the refusal is about something else.

        Args:
            error: the refusal.
            untried: the server has not replied to anything yet: a refusal without a reason is then taken to be about
                the form of the reply, which servers lack most often.
        """
        if error.status_code not in _REFUSED:
            return None
        said = f"{getattr(error, 'param', '') or ''} {error.message}".lower()
        if self.schema is not None and any(word in said for word in _STRUCTURED):
            return replace(self, schema=None)
        if not self.thinking and "max_completion_tokens" in said and "too large" not in said:
            return replace(self, thinking=True)
        if self.temperature is not None and "temperature" in said:
            return replace(self, temperature=None)
        if self.seed is not None and "seed" in said:
            return replace(self, seed=None)
        return replace(self, schema=None) if self.schema is not None and untried else None
