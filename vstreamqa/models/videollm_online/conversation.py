"""The streaming loop's state: what must be fed next, and whether to speak (spec, section 7).

Between calls the state is what the cache holds, and `pending`: what was decided but not fed yet. After a frame that is
the interval token; after a reply its last token, which ends it, or was the last one the length allowed.

`official` does what the original does:

* a question closes the block of frames, whether or not one is open: after a reply its end token is then never fed;
* a question before any frame is put without the system prompt, which is then never fed at all;
* a reply cut off at its greatest length runs on into the next frame, with neither end token nor bracket;
* if the model wants to say something else than the bracket with which the assistant's turn begins, that is an error.

`repaired` keeps to the template of the training in all four: a reply is ended before anything follows it, a question
outside a block is put as a turn of its own, a first question follows the system prompt, and whatever the model wants
to say instead of staying silent has it speak.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from vstreamqa.errors import VStreamQAError
from vstreamqa.models.videollm_online.decoding import greedy
from vstreamqa.models.videollm_online.forgetting import Record
from vstreamqa.models.videollm_online.language import Language, Reading
from vstreamqa.models.videollm_online.tokens import Ids, StreamTokens

FrameT = TypeVar("FrameT")


@dataclass(frozen=True, slots=True)
class Mark:
    """A state to come back to."""

    length: int
    recorded: int
    in_block: bool
    pending: Ids
    reading: Reading | None


class Conversation(Generic[FrameT]):
    """One stream and what is said about it.

    Args:
        language: fed with token ids and frames.
        tokens: the sequences of the template.
        threshold: least probability of silence for the model to stay silent.
        repaired: see above.
        budget: most tokens in the cache when a frame has been fed, see `forgetting`; None for no limit.

    Attributes:
        pending: tokens decided but not fed yet.
        reading: what the last frame gave, as long as nothing has been decided on it.
    """

    def __init__(
        self,
        language: Language[FrameT],
        tokens: StreamTokens,
        *,
        threshold: float,
        repaired: bool = False,
        budget: int | None = None,
    ) -> None:
        self._language = language
        self._tokens = tokens
        self._threshold = threshold
        self._repaired = repaired
        self._record = None if budget is None else Record[FrameT](budget, tokens.start, tokens.frame_tokens)
        self._in_block = False
        self.pending: Ids = ()
        self.reading: Reading | None = None

    def __len__(self) -> int:
        """Tokens in the cache."""
        return len(self._language)

    def see(self, frame: FrameT) -> None:
        """Take in a frame, in one pass with the text that goes before it; nothing is decided yet."""
        before = self._before_frame()
        if self._record is not None and self._record.is_full(len(self), len(before) + self._tokens.frame_tokens):
            self._begin_anew(self._record)
            before = self._before_frame()
        self.reading = self._feed([*before, frame])
        self._in_block = True
        self.pending = ()

    def decide(self) -> bool:
        """Decide on the last frame; return whether to speak.

        Raises:
            VStreamQAError: the model wants to say something else than the bracket, and that is not to be repaired.
        """
        assert self.reading is not None, "there is no frame to decide on"
        choice = self.choice(self.reading)
        self.reading = None
        if choice == self._tokens.silence:
            self.pending = self._tokens.interval
            return False
        if choice != self._tokens.speech and not self._repaired:
            raise VStreamQAError(
                f"the model wants to speak with token {choice} where only {self._tokens.speech} (a bracket and a new"
                " line) begins a turn; the original stops here; --set queries=repaired lets it speak"
            )
        self.pending = (choice,)
        return True

    def choice(self, reading: Reading) -> int:
        """Return the most likely token after a frame; silence only if it has at least the threshold's probability."""
        silence = self._tokens.silence
        unlikely = reading.probability(silence) < self._threshold
        return reading.best(without=(silence,) if unlikely else ())

    def speak(self, *, most: int) -> Iterator[int]:
        """Say something unasked; `most` and what is yielded as in `answer`."""
        yield from self._reply(self._tokens.speak, most=most, least=0)

    def answer(self, question: str, *, most: int, least: int = 0) -> Iterator[int]:
        """Answer a question greedily; what was still to be decided on the last frame is dropped.

        Args:
            question: its text.
            most: longest answer, in tokens.
            least: tokens before which the end token is held back.

        Yields:
            Token ids, the end token included. Every one but the last is fed back; the last one is pending.
        """
        yield from self._reply(self._before_answer(question), most=most, least=least)

    def prompt_tokens(self, question: str) -> int:
        """Return how many tokens an answer would rest on, those in the cache included."""
        return len(self) + len(self._before_answer(question))

    def mark(self) -> Mark:
        """Return the state, to come back to it."""
        recorded = 0 if self._record is None else len(self._record)
        return Mark(len(self), recorded, self._in_block, self.pending, self.reading)

    def back_to(self, mark: Mark) -> None:
        """Forget all that was fed since a mark, frames excepted: there must have been none."""
        self._language.cut(mark.length)
        if self._record is not None:
            self._record.cut(mark.recorded)
        self._in_block, self.pending, self.reading = mark.in_block, mark.pending, mark.reading

    def _reply(self, prompt: Ids, *, most: int, least: int) -> Iterator[int]:
        self.reading, self.pending, self._in_block = None, (), False
        for token in greedy(self._feed, prompt, end=self._tokens.end, most=most, least=least):
            self.pending = (token,)
            yield token

    def _before_frame(self) -> Ids:
        if len(self) == 0:
            return self._tokens.start
        if not self._in_block and (self._repaired or self.pending == (self._tokens.end,)):
            return (*self._ended_reply(), *self._tokens.stream)
        return self.pending

    def _before_answer(self, question: str) -> Ids:
        if not self._repaired or self._in_block:
            return self._tokens.query(question)
        if len(self) == 0:
            return self._tokens.opening(question)
        return (*self._ended_reply(), *self._tokens.follow_up(question))

    def _ended_reply(self) -> Ids:
        end = self._tokens.end
        return self.pending if self.pending[-1:] == (end,) else (*self.pending, end)

    def _begin_anew(self, record: Record[FrameT]) -> None:
        kept = record.begin_anew()
        self._language.cut(0)
        if kept:
            self._language.feed(kept)

    def _feed(self, sequence: Sequence[int | FrameT]) -> Reading:
        if self._record is not None:
            self._record.add(sequence)
        return self._language.feed(sequence)
