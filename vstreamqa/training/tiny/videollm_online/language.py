"""Teach connector and language model the streaming dialogues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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

    Attributes:
        steps: optimiser steps.
        dialogues: dialogues a step.
        rate: highest learning rate.
        easy: share of the steps, at the beginning, with short worlds only.
        easy_frames: most frames of these.
        habits: what the dialogues are like.
    """

    steps: int = 1800
    dialogues: int = 4
    rate: float = 2e-3
    easy: float = 0.2
    easy_frames: int = 50
    habits: Habits = field(default_factory=Habits)


def train_language(
    network: Network,
    tokenizer: StreamTokenizer,
    footage: Sequence[Footage],
    course: Course,
    *,
    seed: int,
    tell: Callable[[str], None],
) -> None:
    """Train connector and language model.

    Every time a world comes up, other questions are asked about it.

    Args:
        network: its tower has made the footage's frame tokens, and stays as it is.
        tokenizer: of the checkpoint.
        footage: worlds to learn from.
        course: how long and how fast.
        seed: of the order and the questions.
        tell: takes lines about progress.
    """
    chance = draws("train", seed, "dialogues")
    easy = [one for one in footage if len(one.features) <= course.easy_frames] or list(footage)
    parameters = [*network.connector.parameters(), *network.language.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=course.rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=course.rate, total_steps=course.steps, pct_start=0.06, anneal_strategy="linear"
    )
    for step in range(course.steps):
        shelf = easy if step < course.easy * course.steps else footage
        total = 0.0
        # One after the other: padding would cost more than it saves.
        for _ in range(course.dialogues):
            one = chance.choice(shelf)
            messages = dialogue(one.world, chance, course.habits)
            sample = Sample(label(messages, network.layout, tokenizer), one.features)
            batch = collate([sample], padding=tokenizer.eos_id, placeholder=tokenizer.placeholder_id)
            loss = batch_loss(network, batch, tokenizer.placeholder_id) / course.dialogues
            torch.autograd.backward(loss)
            total += loss.item()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        if step % 50 == 49:
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
