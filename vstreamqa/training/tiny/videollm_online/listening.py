"""What a model says of a training world when it is asked to narrate, and how that fits what happens there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vstreamqa.build.mini import SECOND, World
from vstreamqa.build.mini.narrate import narrate
from vstreamqa.build.mini.narration import INSTRUCTION
from vstreamqa.models.base import FrameBatch, Generation, Prompt, Session, StreamInfo, StreamingModel
from vstreamqa.scoring.speaking.matching import Window, match_positions
from vstreamqa.scoring.spec import ScoringSpec
from vstreamqa.scoring.statistics import Clusters, ratio_by_source
from vstreamqa.training.tiny.footage import Pictures
from vstreamqa.training.tiny.videollm_online.dialogues import FPS, frame_times

EARLY, LATE = (round(seconds * SECOND) for seconds in (ScoringSpec().window_before, ScoringSpec().window_after))
"""What is said counts for an event from so long before it until so long after it, milliseconds: as in an evaluation."""
LONGEST_REPLY = 8
"""Tokens; the longest thing there is to be said has six."""


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


def open_session(model: StreamingModel, world: World) -> Session:
    """Open a session that knows of a world what an evaluation would tell it."""
    unit = world.settings.unit
    return model.open(StreamInfo(unit=unit, fps=FPS if unit == "second" else None, seed=0))


def listen(model: StreamingModel, world: World, pictures: Pictures, *, instructed: bool = True) -> list[Said]:
    """Show a world to a model and return what it says.

    Args:
        model: the model.
        world: the world.
        pictures: of its frames, uint8 [frames, size, size, 3].
        instructed: ask for the narration, for good, at the first frame; what is answered there counts as said.
    """
    session, said = open_session(model, world), list[Said]()
    for time, picture in zip(frame_times(world), pictures, strict=True):
        due = instructed and time == 0
        batch = FrameBatch(positions=(time,), frames=picture[None], question_due=due)
        said += [Said(int(one.position), one.text.strip()) for one in session.watch(batch)]
        if due:
            prompt = Prompt(text=INSTRUCTION, format="proactive", commit=True)
            answer = "".join(piece.text for piece in session.ask(prompt, Generation(max_new_tokens=LONGEST_REPLY)))
            said += [Said(time, answer.strip())] if answer.strip() else []
    session.close()
    return said


def judge(world: World, said: Sequence[Said]) -> Heard:
    """Match what was said, in time order, to the events of a world, as an evaluation does."""
    events = [event for event in narrate(world) if event.time <= frame_times(world)[-1]]
    pairs = match_positions([one.time for one in events], [one.time for one in said], Window(EARLY, LATE))
    matched = [(events[event], said[remark]) for event, remark in pairs]
    return Heard(
        events=len(events),
        said=len(said),
        matched=len(matched),
        right=sum(remark.text == event.text for event, remark in matched),
        delays=tuple(remark.time - event.time for event, remark in matched),
    )


def timing_clusters(heard: Iterable[Heard], *, joint: bool = False) -> Clusters:
    """Return what F1 = 2 matched / (events + said) is the ratio of, world by world.

    Args:
        heard: of each world.
        joint: count as matched only that of which the content is right.
    """
    worlds = list(heard)
    hits = [2 * (one.right if joint else one.matched) for one in worlds]
    return ratio_by_source(hits, [one.events + one.said for one in worlds], [str(n) for n in range(len(worlds))])
