"""An answer of a server, as it comes."""

from __future__ import annotations

from collections.abc import Generator
from typing import Self

from vstreamqa.models.base import Piece


class StreamedAnswer:
    """The pieces of an answer as they arrive; closing it gives the answer up.

    Attributes:
        input_tokens: the server's count, visual tokens included; None until it says so.
        output_tokens: likewise.
    """

    def __init__(self, pieces: Generator[Piece]) -> None:
        self._pieces = pieces
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Piece:
        return next(self._pieces)

    def close(self) -> None:
        """Give the answer up."""
        self._pieces.close()
