"""In what order connector and language model learn from what worlds."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from vstreamqa.training.tiny.videollm_online.dialogues import Habits


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the course.

    Attributes:
        lengths: shortest and longest of its worlds, in seconds or keyframes.
        worlds: number of worlds.
        first_world: index of the first of them.
        begins: when in the course it does, as a share of the steps.
        dialogues: dialogues a step.
        habits: what they are like.
    """

    lengths: tuple[int, int]
    worlds: int
    first_world: int
    begins: float
    dialogues: int
    habits: Habits


STAGES = (
    Stage(
        lengths=(3, 5),
        worlds=2000,
        first_world=300_000,
        begins=0.0,
        dialogues=12,
        habits=Habits(moments=2, questions=6),
    ),
    Stage(
        lengths=(6, 16),
        worlds=1500,
        first_world=200_000,
        begins=0.15,
        dialogues=8,
        habits=Habits(moments=4, questions=6),
    ),
    Stage(
        lengths=(20, 66),
        worlds=600,
        first_world=0,
        begins=0.5,
        dialogues=4,
        habits=Habits(moments=10, questions=4),
    ),
)
"""What has to be looked for far back is found in short worlds first; the last ones are as long as the suite's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How long and how fast connector and language model learn.

    Attributes:
        stages: in the order in which they begin.
        steps: optimiser steps.
        back: share of steps that go back to one of the stages before.
        rate: highest learning rate.
    """

    stages: tuple[Stage, ...] = STAGES
    steps: int = 1800
    back: float = 0.2
    rate: float = 2e-3

    def stage(self, step: int, chance: Random) -> int:
        """Return the number of the stage that a step belongs to."""
        begun = sum(stage.begins * self.steps <= step for stage in self.stages) - 1
        return chance.randrange(begun) if begun and chance.random() < self.back else begun
