"""A language model that says what it is told to, and writes down what it is fed: token ids, and frames by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from vstreamqa.models.videollm_online.conversation import Conversation
from vstreamqa.models.videollm_online.tokens import StreamTokens

END, SILENCE, SPEECH, WORD, OTHER = 1, 2, 3, 40, 41
FRAME_TOKENS = 10

TOKENS = StreamTokens(
    end=END,
    silence=SILENCE,
    speech=SPEECH,
    interval=(SILENCE,),
    start=(10, 11, 12),
    stream=(13, 14),
    speak=(SPEECH, 15),
    query=lambda text: (SPEECH, 20, *map(ord, text), 15),
    follow_up=lambda text: (21, *map(ord, text), 15),
    opening=lambda text: (10, 11, 21, *map(ord, text), 15),
    frame_tokens=FRAME_TOKENS,
)


@dataclass(frozen=True)
class Says:
    """A next token and how likely silence is."""

    token: int
    silence: float = 0.0

    def probability(self, token: int) -> float:
        assert token == SILENCE
        return self.silence

    def best(self, *, without: Collection[int] = ()) -> int:
        if self.token not in without:
            return self.token
        return next(token for token in (SPEECH, WORD, END) if token not in without)


SILENT = Says(SILENCE, 0.9)
SPEAKS = Says(SPEECH, 0.1)


@dataclass
class Script:
    """Answers each feed with the next line of the script; with an ended reply where it has run out."""

    lines: list[Says] = field(default_factory=list)
    cache: list[int | str] = field(default_factory=list)
    feeds: list[list[int | str]] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(FRAME_TOKENS if isinstance(item, str) else 1 for item in self.cache)

    def feed(self, sequence: Sequence[int | str]) -> Says:
        self.cache += sequence
        self.feeds.append(list(sequence))
        if self.lines:
            return self.lines.pop(0)
        return SILENT if isinstance(sequence[-1], str) else Says(END)

    def cut(self, length: int) -> None:
        while len(self) > length:
            self.cache.pop()
        assert len(self) == length


def scripted(
    lines: Iterable[Says] = (), *, threshold: float = 0.5, repaired: bool = False, budget: int | None = None
) -> tuple[Conversation[str], Script]:
    script = Script(list(lines))
    conversation: Conversation[str] = Conversation(
        script, TOKENS, threshold=threshold, repaired=repaired, budget=budget
    )
    return conversation, script


def watch(conversation: Conversation[str], *frames: str) -> list[bool]:
    """Take in frames; return after which of them the model wants to speak."""
    spoke = []
    for frame in frames:
        conversation.see(frame)
        spoke.append(conversation.decide())
    return spoke
