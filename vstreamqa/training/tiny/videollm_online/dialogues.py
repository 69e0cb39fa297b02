"""Training worlds turned into streaming dialogues: what is narrated when, and questions in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from vstreamqa.build.mini import SECOND, Moment, World
from vstreamqa.build.mini.narrate import narrate
from vstreamqa.build.mini.narration import INSTRUCTION
from vstreamqa.models.videollm_online.dialogue import Assistant, Frames, Message, User
from vstreamqa.training.timed import frame_from
from vstreamqa.training.tiny.videollm_online.questions import Exchange, questions_at

FPS = 2.0
"""Of worlds counted in seconds."""
NOTHING = ""
"""What the assistant answers to the instruction while there is nothing to narrate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What dialogues are like.

    Attributes:
        instructed: share of dialogues in which the user asks for the narration, at the first frame.
        moments: most moments at which questions are put.
        questions: most questions at one moment.
    """

    instructed: float = 0.6
    moments: int = 8
    questions: int = 3


def frame_times(world: World) -> list[int]:
    """Return the times of a world's frames in milliseconds: two a second, or every keyframe."""
    step = SECOND if world.settings.unit == "keyframe" else round(SECOND / FPS)
    return list(range(0, world.settings.duration, step))


def narrations_by_frame(world: World) -> dict[int, str]:
    """Return what is to be said after which frame: the first at or after the narration's time.

    What would be said after the last frame is left out.
    """
    times = frame_times(world)
    fps = SECOND / (times[1] - times[0])
    placed = ((frame_from(said.time / SECOND, fps), said.text) for said in narrate(world))
    return {frame: text for frame, text in placed if frame < len(times)}


def dialogue(world: World, chance: Random, habits: Habits) -> tuple[Message, ...]:
    """Make a dialogue of all frames of a world.

    Silence is taught after every frame behind which neither a narration nor a question stands, and so is when to
    speak. Behind a question it is not for the model to decide whether to speak, so nothing is taught.
    """
    count, said = len(frame_times(world)), narrations_by_frame(world)
    turns = _questions(world, said, chance, habits)
    if chance.random() < habits.instructed:
        turns[0] = [Exchange(User(INSTRUCTION), Assistant(said.get(0, NOTHING)), "narration")]
    story = _Story()
    for frame in range(count):
        story.waiting += 1
        if frame in turns:
            story.ask(turns[frame])
        elif frame in said:
            story.say(said[frame])
    return story.end()


def _questions(world: World, said: Mapping[int, str], chance: Random, habits: Habits) -> dict[int, list[Exchange]]:
    times = frame_times(world)
    free = [frame for frame in range(2, len(times)) if frame not in said]
    frames = chance.sample(free, min(len(free), chance.randint(0, habits.moments)))
    asked = {
        frame: questions_at(Moment(world, times[frame]), chance.randint(1, habits.questions), chance)
        for frame in frames
    }
    return {frame: exchanges for frame, exchanges in asked.items() if exchanges}


@dataclass(slots=True)
class _Story:
    """A dialogue as far as it has come, and how many frames have been shown since anybody said something."""

    messages: list[Message] = field(default_factory=list)
    waiting: int = 0

    def say(self, text: str) -> None:
        self.messages += [Frames(self.waiting), Assistant(text)]
        self.waiting = 0

    def ask(self, exchanges: list[Exchange]) -> None:
        self._leave_open()
        for exchange in exchanges:
            self.messages += [exchange.question, exchange.answer]

    def end(self) -> tuple[Message, ...]:
        self._leave_open()
        return tuple(self.messages)

    def _leave_open(self) -> None:
        """Close a block without teaching that the assistant is to speak after its last frame."""
        if self.waiting:
            self.messages.append(Frames(self.waiting, learn=self.waiting - 1))
        self.waiting = 0
