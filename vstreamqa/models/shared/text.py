"""Text that grows with the tokens of an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from vstreamqa.models.base import Piece

_UNFINISHED = "\N{REPLACEMENT CHARACTER}"


class GrowingText:
    """Detokenises a growing sequence into pieces that join to the text of the whole.

    Surrounding white space is not part of the text. What may still change is held back: trailing white space, and
    bytes that may belong to an unfinished character.

    Args:
        decode: turns tokens into text, leaving special tokens out.
        is_byte: whether a token stands for a single byte.
    """

    def __init__(self, decode: Callable[[list[int]], str], is_byte: Callable[[int], bool]) -> None:
        self._decode = decode
        self._is_byte = is_byte
        self._tokens: list[int] = []
        self._text = ""
        self._told = 0

    def add(self, token: int) -> str:
        """Take in a token; return the text that is certain now and was not before."""
        self._tokens.append(token)
        before, self._text = self._text, self._decode(self._tokens).strip()
        # A token without text (a special one) leaves an unfinished character unfinished.
        if self._text == before or self._is_byte(token) or self._text.endswith(_UNFINISHED):
            return ""
        return self.finish()

    def finish(self) -> str:
        """Return what was still held back."""
        piece, self._told = self._text[self._told :], len(self._text)
        return piece


def pieces(tokens: Iterable[int], text: GrowingText) -> Iterator[Piece]:
    """Turn tokens into pieces as they come: one for each token, and one for what was held back to the end."""
    for token in tokens:
        yield Piece(text.add(token), 1)
    rest = text.finish()
    if rest:
        yield Piece(rest, 0)
