"""A chat prompt as tokens, in which control tokens come from the model's own template and from nowhere else.

A tokenizer turns `<|im_end|>` into the token that ends a turn wherever it stands, in an answer that is to be judged
too. The prompt is therefore cut inside every such word that the template did not write, and its parts are tokenised
apart: what was data stays data, and a prompt without such words has the tokens it would have anyway. Templates that
mark turns with plain text (`[INST]`) have no such protection; there the quoting of the rubric is all there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from vstreamqa.errors import UserError, VStreamQAError

Messages = Sequence[Mapping[str, str]]

_SAME_DAY = "{% macro strftime_now(format) %}26 Jul 2024{% endmacro %}"
"""Put before templates, some of which tell the model today's date: a verdict must not depend on the day."""
_THINKS, _THOUGHT = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a template puts around the contents of messages: one part more than there are contents."""

    parts: tuple[str, ...]


class Chat:
    """The tokenizer of a model, and the frame of its template around the messages of a rubric."""

    def __init__(self, tokenizer: Any, messages: Messages) -> None:
        """Find out how the template frames messages of these roles.

        Args:
            tokenizer: of transformers.
            messages: a system's turn, if any, and a user's; what they say does not matter.

        Raises:
            UserError: there is no chat template, or it does not take such messages.
        """
        if getattr(tokenizer, "chat_template", None) is None:
            raise UserError("its tokenizer has no chat template; name a model that was trained to chat")
        self._tokenizer = tokenizer
        control = _control_tokens(tokenizer)
        self._control = frozenset(control.values())
        longest_first = sorted(map(re.escape, control), key=len, reverse=True)
        # A lookahead, so that words which overlap are all found.
        self._words = re.compile(f"(?=({'|'.join(longest_first)}))") if control else None
        self._merged, self._frame = _frame_of(tokenizer, messages)
        _, thinks, thought = self._frame.parts[-1].rpartition(_THINKS)
        if thinks and _THOUGHT not in thought:
            raise UserError("its chat template has it think before it answers; name a model that answers at once")
        self._framed = self._controls_in(self._ids("x".join(self._frame.parts)))

    def prompt(self, messages: Messages) -> Prompt:
        """Return messages as a prompt that the assistant is to go on from; space around a message is dropped."""
        contents = [message["content"].strip() for message in _merged(messages, self._merged)]
        text, data = self._frame.parts[0], []
        for content, part in zip(contents, self._frame.parts[1:], strict=True):
            data.append(range(len(text), len(text) + len(content)))
            text += content + part
        cuts = [0, *self._cuts(text, data), len(text)]
        *head, tail = (text[start:end] for start, end in pairwise(cuts))
        return Prompt(self, tuple(token for part in head for token in self._ids(part)), tail)

    def tokens(self, head: Sequence[int], tail: str) -> tuple[int, ...]:
        """Return a prompt's tokens.

        Raises:
            VStreamQAError: data has become a control token all the same.
        """
        ids = (*head, *self._ids(tail))
        if self._controls_in(ids) != self._framed:
            raise VStreamQAError("what is to be judged has words that the tokenizer takes for control tokens")
        return ids

    def _cuts(self, text: str, data: Sequence[range]) -> list[int]:
        """Return where to cut a text so that no control word which data has a part in is left whole."""
        found = self._words.finditer(text) if self._words is not None else ()
        spans = ((match.start(), match.start() + len(match[1])) for match in found)
        return [start + 1 for start, end in spans if any(start < part.stop and end > part.start for part in data)]

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def _controls_in(self, ids: Sequence[int]) -> list[int]:
        return [token for token in ids if token in self._control]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The tokens of a prompt, but for its last part, which the assistant's words are tokenised together with."""

    chat: Chat
    head: tuple[int, ...]
    tail: str

    def followed_by(self, words: str) -> tuple[int, ...]:
        """Return the tokens of the prompt and of what the assistant says, as the tokenizer joins them."""
        return self.chat.tokens(self.head, self.tail + words)


def _control_tokens(tokenizer: Any) -> dict[str, int]:
    """Return the tokens that text can become by spelling their names, and their ids.

    White space and single characters that some tokenizers list among them are text.
    """
    words = {*tokenizer.get_added_vocab(), *tokenizer.all_special_tokens}
    return {word: int(tokenizer.convert_tokens_to_ids(word)) for word in words if len(word) > 1 and not word.isspace()}


def _frame_of(tokenizer: Any, messages: Messages) -> tuple[bool, Frame]:
    """Return whether the system's words go into the user's turn, and the frame."""
    said = "it did not keep a message as it was"
    for merge in (False, True):
        turns = _merged(messages, merge)
        marks = [f"[[turn {k}]]" for k in range(len(turns))]
        marked = [{"role": turn["role"], "content": mark} for turn, mark in zip(turns, marks, strict=True)]
        try:
            text = _render(tokenizer, marked)
        except Exception as error:  # a template refuses in its own words
            said = " ".join(str(error).split()) or type(error).__name__
            continue
        parts = re.split(r"\[\[turn \d+\]\]", text)
        if re.findall(r"\[\[turn \d+\]\]", text) == marks:
            return merge, Frame(tuple(parts))
    raise UserError(f"its chat template does not take a question ({said[:200]}); name another model")


def _render(tokenizer: Any, messages: Messages) -> str:
    rendered = tokenizer.apply_chat_template(
        [dict(message) for message in messages],
        tokenize=False,
        add_generation_prompt=True,
        chat_template=_SAME_DAY + tokenizer.get_chat_template(),
        enable_thinking=False,  # known to models that can think aloud; others ignore it
    )
    return str(rendered)


def _merged(messages: Messages, merge: bool) -> Messages:
    """Return the messages, with all they say in one turn of the user if need be."""
    if not merge:
        return messages
    return [{"role": "user", "content": "\n\n".join(message["content"].strip() for message in messages)}]
