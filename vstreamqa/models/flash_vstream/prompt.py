"""The single-turn conversation a question is put into (template vicuna_v1)."""

from __future__ import annotations

from collections.abc import Callable

SYSTEM = (
    "A chat between a curious user and an artificial intelligence assistant."
    " The assistant gives helpful, detailed, and polite answers to the user's questions."
)
IMAGE_TOKEN = -200
"""Stands in the token sequence where the visual tokens go."""


def prompt_ids(
    question: str, *, encode: Callable[[str], list[int]], bos: int, visual: bool, preface: str | None = None
) -> list[int]:
    """Tokenise a question.

    The text before and after the visual tokens is tokenised apart, as the original does, so that the second part
    starts at a word boundary of its own. "<image>" inside a question is ordinary text.

    Args:
        question: the question's text.
        encode: tokeniser of a text, without special tokens.
        bos: beginning-of-sequence token.
        visual: whether there is anything to see.
        preface: text appended to the system prompt.
    """
    system = SYSTEM if preface is None else f"{SYSTEM} {preface}"
    if not visual:
        return [bos, *encode(f"{system} USER: {question} ASSISTANT:")]
    return [bos, *encode(f"{system} USER: "), IMAGE_TOKEN, *encode(f"\n{question} ASSISTANT:")]
