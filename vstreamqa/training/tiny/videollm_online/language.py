"""Teach connector and language model the streaming dialogues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor, nn

from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.videollm_online.network import Network
from vstreamqa.models.videollm_online.tokenizer import StreamTokenizer
from vstreamqa.training.batching import Batch, Sample, collate
from vstreamqa.training.labels import label
from vstreamqa.training.loss import live_loss
from vstreamqa.training.tiny.videollm_online.course import Course
from vstreamqa.training.tiny.videollm_online.dialogues import Habits, dialogue
from vstreamqa.training.tiny.videollm_online.footage import Footage


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
    shelves: Sequence[Sequence[Footage]],
    course: Course,
    *,
    seed: int,
    tell: Callable[[str], None],
) -> None:
    """Train connector and language model.

    Every time a world comes up, other questions are asked about it.

    Args:
        pupil: its tower has made the frame tokens, and stays as it is.
        shelves: worlds to learn from, of each stage of the course.
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
        number = course.stage(step, chance)
        stage, chosen = course.stages[number], chance.choices(shelves[number], k=course.stages[number].dialogues)
        total = 0.0
        # One after the other: padding would cost more than it saves.
        for footage in chosen:
            loss = pupil.loss(footage, stage.habits, chance) / len(chosen)
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
