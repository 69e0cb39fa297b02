"""The single-turn conversation a question is put into (Qwen's chat template, the video before the text)."""

from __future__ import annotations

from dataclasses import dataclass

from vstreamqa.models.flash_vstream_qwen.tokenizer import ChatTokenizer
from vstreamqa.schema import Format

SYSTEM = "You are a helpful assistant."
CHOICE = "Best option: ("
"""Begins the answer to a multiple choice question, so that its letter comes next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionTokens:
    """Tokens around the visual ones, from the checkpoint's config."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PromptIds:
    """Tokens before and after the visual ones; all are in `before` where there is nothing to see."""

    before: list[int]
    after: list[int]


def prompt_ids(
    question: str,
    *,
    question_format: Format,
    tokenizer: ChatTokenizer,
    vision: VisionTokens | None,
    preface: str | None = None,
) -> PromptIds:
    """Tokenise a question.

    Args:
        question: the question's text.
        question_format: the answer to a `choice` begins with `CHOICE`, as in the original's evaluation.
        tokenizer: encodes text.
        vision: tokens around the visual ones, None if there is nothing to see.
        preface: text appended to the system prompt.
    """
    encode = tokenizer.encode
    system = SYSTEM if preface is None else f"{SYSTEM} {preface}"
    between = [tokenizer.turn_end, *encode("\n"), tokenizer.turn_start]
    opening = [tokenizer.turn_start, *encode(f"system\n{system}"), *between]
    answer = [*between, *encode("assistant\n" + (CHOICE if question_format == "choice" else ""))]
    if vision is None:
        return PromptIds([*opening, *encode(f"user\n{question}"), *answer], [])
    return PromptIds([*opening, *encode("user\n"), vision.start], [vision.end, *encode(question), *answer])
