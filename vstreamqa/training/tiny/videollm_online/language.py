"""Teach connector and language model the streaming dialogues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

import torch
from torch import Tensor, nn

from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.videollm_online.network import Network
from vstreamqa.models.videollm_online.tokenizer import StreamTokenizer
from vstreamqa.training.batching import Batch, Sample, collate
from vstreamqa.training.labels import label
from vstreamqa.training.loss import live_loss
from vstreamqa.training.tiny.videollm_online.dialogues import Habits, dialogue
from vstreamqa.training.tiny.videollm_online.footage import Footage


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How long and how fast connector and language model learn.

    What has to be looked for far back is found in short worlds first.

    Attributes:
        steps: optimiser steps.
        easy: share of the steps, at the beginning, with short worlds only.
        short: dialogues of a step with short worlds.
        long: dialogues of a step with long worlds; such steps come after the easy ones.
        mixed: share of these later steps that have short worlds all the same.
        rate: highest learning rate.
        short_habits: what dialogues about short worlds are like.
        long_habits: what those about long ones are like.
    """

    steps: int = 1800
    easy: float = 0.4
    short: int = 8
    long: int = 4
    mixed: float = 0.2
    rate: float = 2e-3
    short_habits: Habits = field(default_factory=lambda: Habits(moments=4, questions=4))
    long_habits: Habits = field(default_factory=lambda: Habits(moments=10, questions=4))


@dataclass(frozen=True, slots=True)
class Pupil:
    """What learns, and how it reads text."""

    network: Network
    tokenizer: StreamTokenizer

    def loss(self, footage: Footage, habits: Habits, chance: Random) -> Tensor:
        """Return the LIVE loss of a new dialogue about a world, a scalar."""
        labelled = label(dialogue(footage.world, chance, habits), self.network.layout, self.tokenizer)
        placeholder = self.tokenizer.placeholder_id
        sample = Sample(labelled, footage.features)
        batch = collate([sample], padding=self.tokenizer.eos_id, placeholder=placeholder)
        return batch_loss(self.network, batch, placeholder)


def train_language(
    pupil: Pupil,
    short: Sequence[Footage],
    long: Sequence[Footage],
    course: Course,
    *,
    seed: int,
    tell: Callable[[str], None],
) -> None:
    """Train connector and language model.

    Every time a world comes up, other questions are asked about it.

    Args:
        pupil: its tower has made the frame tokens, and stays as it is.
        short: short worlds to learn from.
        long: long ones.
        course: how long and how fast.
        seed: of the order and the questions.
        tell: takes lines about progress.
    """
    chance = draws("train", seed, "dialogues")
    parameters = [*pupil.network.connector.parameters(), *pupil.network.language.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=course.rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=course.rate, total_steps=course.steps, pct_start=0.06, anneal_strategy="linear"
    )
    for step in range(course.steps):
        easy = step < course.easy * course.steps or chance.random() < course.mixed
        shelf, habits = (short, course.short_habits) if easy else (long, course.long_habits)
        chosen = chance.choices(shelf, k=course.short if easy else course.long)
        total = 0.0
        # One after the other: padding would cost more than it saves.
        for footage in chosen:
            loss = pupil.loss(footage, habits, chance) / len(chosen)
            torch.autograd.backward(loss)
            total += loss.item()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        if step % 50 == 0 or step == course.steps - 1:
            tell(f"dialogues: step {step + 1} of {course.steps}, loss {total:.4f}")


def batch_loss(network: Network, batch: Batch, placeholder: int) -> Tensor:
    """Return the LIVE loss of a batch, a scalar.

    The head reads only what a label stands behind: most positions have none.
    """
    embedded = network.embed(batch.ids, batch.features, placeholder=placeholder)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = network.language.model(inputs_embeds=embedded, attention_mask=batch.attention_mask).last_hidden_state
        taught = batch.labels >= 0
        logits = network.language.lm_head(states[taught])
    return live_loss(logits[None], batch.labels[taught][None], batch.ids[taught][None], placeholder=placeholder)
