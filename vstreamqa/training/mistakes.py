"""Mistakes put into a dialogue, so that the model learns to go on after its own (spec, section 10, "Augmentation")."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from vstreamqa.models.videollm_online.dialogue import Assistant, Frames, Message
from vstreamqa.training.timed import TimedDialogue

SORRY = "(Sorry, the last response is wrong) "

Mistake = Literal["other", "empty", "nothing"]
_MISTAKES: tuple[Mistake, ...] = ("other", "empty", "nothing")


def with_mistake(dialogue: TimedDialogue, rng: random.Random) -> TimedDialogue:
    """Replace one reply by another one's text, by an empty one, or by nothing; correct it a frame later, or do not.

    A mistake is not taught. Not corrected, neither is the block of frames after it; where nothing was said, the blocks
    before and after join, and only what comes before the missed moment is taught. A correction needs two frames before
    the next reply.

    Args:
        dialogue: as built from annotations.
        rng: draws which reply, which mistake, and whether it is corrected.

    Returns:
        The dialogue with the mistake; the same if there is no reply between two blocks of frames.
    """
    messages = dialogue.messages
    places = [place for place in range(1, len(messages) - 1) if _can_be_missed(messages[place - 1 : place + 2])]
    if not places:
        return dialogue
    place, mistake = rng.choice(places), rng.choice(_MISTAKES)
    corrected = rng.random() < 1 / 2
    before, reply, after = messages[place - 1 : place + 2]
    assert isinstance(before, Frames)
    assert isinstance(reply, Assistant)
    assert isinstance(after, Frames)
    corrected = corrected and after.count > 1
    if mistake == "nothing":
        changed = _missed(before, reply, after, corrected=corrected)
    else:
        others = [message.text for message in messages if isinstance(message, Assistant) and message.text != reply.text]
        text = rng.choice(others) if mistake == "other" and others else ""
        changed = [before, Assistant(text, learn=False), *_after_mistake(reply, after, corrected=corrected)]
    return replace(dialogue, messages=(*messages[: place - 1], *changed, *messages[place + 2 :]))


def _can_be_missed(messages: Sequence[Message]) -> bool:
    before, reply, after = messages
    return isinstance(before, Frames) and isinstance(after, Frames) and isinstance(reply, Assistant) and reply.learn


def _after_mistake(reply: Assistant, after: Frames, *, corrected: bool) -> list[Message]:
    if not corrected:
        return [replace(after, learn=False)]
    return [Frames(1), Assistant(SORRY + reply.text), _later(after)]


def _missed(before: Frames, reply: Assistant, after: Frames, *, corrected: bool) -> list[Message]:
    if not corrected:
        return [Frames(before.count + after.count, before.count - 1)]
    return [Frames(before.count + 1), reply, _later(after)]


def _later(block: Frames) -> Frames:
    """Return a block without its first frame."""
    learn = block.learn if isinstance(block.learn, bool) else max(0, block.learn - 1)
    return Frames(block.count - 1, learn)
