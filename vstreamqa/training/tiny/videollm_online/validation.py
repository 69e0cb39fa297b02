"""How well a checkpoint narrates and answers on training worlds that it has not learned from.

Everything goes through the adapter, as in an evaluation. Worlds of the split `test` are never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from vstreamqa.build.mini import SECOND, Moment, World
from vstreamqa.build.mini.narrate import narrate
from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.base import FrameBatch, Generation, Prompt, Session, StreamingModel, StreamInfo
from vstreamqa.models.videollm_online.dialogue import Assistant, User
from vstreamqa.training.tiny.footage import Pictures, watch
from vstreamqa.training.tiny.videollm_online.dialogues import frame_times
from vstreamqa.training.tiny.videollm_online.questions import questions_at
from vstreamqa.training.tiny.videollm_online.words import INSTRUCTION

EARLY, LATE = 1 * SECOND, 2 * SECOND
"""What is said counts for an event from so long before it until so long after it, milliseconds."""

_NARRATION = Generation(max_new_tokens=8)


@dataclass(frozen=True, slots=True)
class Said:
    """Something said unasked; `time` in milliseconds."""

    time: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How what was said in one world fits what happened in it.

    Attributes:
        events: number of events.
        said: number of things said.
        matched: events for which something was said in time, one to one.
        right: of these, those for which exactly the right thing was said.
        delays: of the matched, milliseconds after the event.
    """

    events: int
    said: int
    matched: int
    right: int
    delays: tuple[int, ...]


def listen(model: StreamingModel, world: World, pictures: Pictures, *, instructed: bool = True) -> list[Said]:
    """Show a world to a model, ask for the narration at its first frame, and return what it says after that."""
    session, said = _open(model, world), []
    for number, (time, picture) in enumerate(zip(frame_times(world), pictures, strict=True)):
        due = instructed and number == 0
        batch = FrameBatch(positions=(time,), frames=picture[None], question_due=due)
        said += [Said(int(one.position), one.text.strip()) for one in session.watch(batch)]
        if due:
            prompt = Prompt(text=INSTRUCTION, format="proactive", commit=True)
            answer = "".join(piece.text for piece in session.ask(prompt, _NARRATION)).strip()
            said += [Said(time, answer)] if answer else []
    session.close()
    return said


def judge(world: World, said: Sequence[Said]) -> Heard:
    """Match what was said to the events of a world, one to one in time order."""
    events = [event for event in narrate(world) if event.time <= frame_times(world)[-1]]
    waiting, delays, right = list(said), [], 0
    for event in events:
        fitting = next((one for one in waiting if -EARLY <= one.time - event.time <= LATE), None)
        if fitting is not None:
            waiting = [one for one in waiting if one.time > fitting.time]
            delays.append(fitting.time - event.time)
            right += fitting.text == event.text
    return Heard(events=len(events), said=len(said), matched=len(delays), right=right, delays=tuple(delays))


def f1(heard: Iterable[Heard], *, joint: bool = False) -> float | None:
    """Return the F1 of timing over several worlds, or of timing and content; None if nothing happened or was said."""
    worlds = list(heard)
    hits = sum(one.right if joint else one.matched for one in worlds)
    total = sum(one.events + one.said for one in worlds)
    return 2 * hits / total if total else None


def quiz(
    model: StreamingModel, world: World, pictures: Pictures, moments: int, chance: Random
) -> Counter[tuple[str, bool]]:
    """Ask questions without committing them at some moments of a world; count right and wrong by kind of question."""
    session, times, results = _open(model, world), frame_times(world), Counter[tuple[str, bool]]()
    asked = set(chance.sample(range(2, len(times)), moments))
    for number, (time, picture) in enumerate(zip(times, pictures, strict=True)):
        session.watch(FrameBatch(positions=(time,), frames=picture[None], question_due=number in asked))
        if number in asked:
            for exchange in questions_at(Moment(world, time), 4, chance):
                right = _answer(session, exchange.question) == exchange.answer.text
                results[_kind(exchange.question, exchange.answer), right] += 1
    session.close()
    return results


def validation_worlds(
    make: Callable[[int], World], seed: int, indices: Iterable[int]
) -> Iterable[tuple[World, Pictures]]:
    """Yield worlds and what a model sees of them."""
    for index in indices:
        world = make(index)
        yield world, watch(world, frame_times(world), draws("train", seed, index, "validation"))


def _open(model: StreamingModel, world: World) -> Session:
    keyframes = world.settings.unit == "keyframe"
    return model.open(StreamInfo(unit="keyframe" if keyframes else "second", fps=None if keyframes else 2.0, seed=0))


def _answer(session: Session, question: User) -> str:
    pieces = session.ask(Prompt(text=question.text, format="open"), Generation(max_new_tokens=8))
    return "".join(piece.text for piece in pieces).strip()


def _kind(question: User, answer: Assistant) -> str:
    """Return the first words of a question, which tell what is asked."""
    return " ".join(question.text.split()[:2])
