"""Teach projector and language model to answer questions about memories.

A step takes a few memories and asks many questions about each: the visual tokens are read once, and every question
sees them and itself alone, at the positions it would have if it were the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from vstreamqa.models.flash_vstream.network import Network
from vstreamqa.training.tiny.flash_vstream.exercises import Exercise, Exercises, Teacher, draw
from vstreamqa.training.tiny.flash_vstream.facts import LAYER, Facts, NameHeads
from vstreamqa.training.tiny.flash_vstream.memories import Remembered

_IGNORED = -100
_BLIND = 0.04
_PART_LEFT_OUT = 0.08


@dataclass(frozen=True, slots=True)
class Lesson:
    """A memory and what is asked about it."""

    memory: Remembered
    exercises: Exercises
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a batch.

    Attributes:
        loss: of the answers, a scalar.
        right: which questions have every token right, bool [questions].
        ids: int64 [batch, length].
        early: hidden states behind the first layers, [batch, length, hidden].
    """

    loss: Tensor
    right: Tensor
    ids: Tensor
    early: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """What learns.

    Attributes:
        network: its projector and language model change.
        teacher: sets the exercises.
        memories: per step.
        questions: per memory.
    """

    network: Network
    teacher: Teacher
    memories: int = 8
    questions: int = 20

    def train(
        self,
        choose: Callable[[int, Random], Sequence[Lesson]],
        *,
        steps: int,
        rate: float,
        chance: Random,
        tell: Callable[[str], None],
    ) -> None:
        """Train for a number of steps.

        Args:
            choose: gives the lessons of a step.
            steps: how many.
            rate: learning rate at its highest; it falls linearly to zero.
            chance: source of all draws.
            tell: takes lines about progress.
        """
        names = NameHeads(self.network.config.hidden_size)
        parameters = [
            *self.network.projector.parameters(),
            *self.network.language.parameters(),
            *names.parameters(),
        ]
        optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
        warm = min(200, steps // 10 + 1)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
        )
        running: dict[str, float] = {}
        for step in range(steps):
            lessons = choose(step, chance)
            loss, right = self._step(lessons, names, chance)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            for kind, share in right.items():
                running[kind] = 0.95 * running.get(kind, share) + 0.05 * share
            if step % 100 == 99:
                shares = ", ".join(f"{kind} {share:.0%}" for kind, share in sorted(running.items()))
                tell(f"answers: step {step + 1} of {steps}, loss {loss.item():.3f}; {shares}")

    def _step(self, lessons: Sequence[Lesson], names: NameHeads, chance: Random) -> tuple[Tensor, dict[str, float]]:
        asked = [draw(lesson.exercises, chance, self.questions) for lesson in lessons]
        if chance.random() < _BLIND:
            return self.read(asked, None).loss, {}
        reading = self.read(asked, [shown_tokens(lesson.memory, chance) for lesson in lessons])
        named = self.teacher.names_in(reading.ids)
        known = [(row, place) for row, place, who in named if who in lessons[row].facts]
        facts = [lessons[row].facts[who] for row, _, who in named if who in lessons[row].facts]
        if not known:
            return reading.loss, _by_kind(asked, reading.right)
        rows, places = torch.tensor(known).unbind(dim=1)
        at_names = names.loss(reading.early[rows, places].float(), torch.tensor(facts))
        return reading.loss + at_names, _by_kind(asked, reading.right)

    def read(self, asked: Sequence[Sequence[Exercise]], visual: Sequence[Tensor] | None) -> Reading:
        """Read questions with their answers.

        Args:
            asked: questions about each memory.
            visual: its tokens, [tokens, dim] each; None to ask without.
        """
        batch = _Batch.of(asked, visual, self.teacher)
        network = self.network
        with torch.autocast("cpu", dtype=torch.bfloat16):
            embedded = network.language.get_input_embeddings()(batch.ids)
            if visual is not None:
                tokens = network.projector(torch.cat([part.float() for part in visual]))
                embedded = embedded.masked_scatter(batch.visual[..., None], tokens.to(embedded.dtype))
            output = network.language.model(
                inputs_embeds=embedded,
                attention_mask=batch.mask.to(embedded.dtype),
                position_ids=batch.positions,
                use_cache=False,
                output_hidden_states=True,
            )
            taught = batch.labels != _IGNORED
            logits = network.language.lm_head(output.last_hidden_state[taught])
        labels = batch.labels[taught]
        loss = cross_entropy(logits.float(), labels)
        wrong = (logits.argmax(dim=1) != labels).long()
        numbers = batch.numbers[taught]
        misses = torch.zeros(int(batch.numbers.max()) + 1, dtype=torch.int64).scatter_add(0, numbers, wrong)
        return Reading(loss=loss, right=misses == 0, ids=batch.ids, early=output.hidden_states[LAYER])


def shown_tokens(memory: Remembered, chance: Random) -> Tensor:
    """Return a memory's tokens, float16 [tokens, dim]; now and then without one of its parts."""
    parts = list(memory.parts)
    if chance.random() < _PART_LEFT_OUT:
        del parts[chance.randrange(2)]
    return torch.cat(parts)


def _by_kind(asked: Sequence[Sequence[Exercise]], right: Tensor) -> dict[str, float]:
    kinds = [exercise.kind for some in asked for exercise in some]
    found: dict[str, list[bool]] = {}
    for kind, one in zip(kinds, right.tolist(), strict=True):
        found.setdefault(kind, []).append(one)
    return {kind: sum(some) / len(some) for kind, some in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Sequences padded on the right.

    Attributes:
        ids: int64 [batch, length].
        labels: int64 [batch, length], already shifted.
        numbers: int64 [batch, length], which question a place belongs to; 0 where it belongs to none.
        positions: int64 [batch, length].
        visual: bool [batch, length], where visual tokens go.
        mask: float32 [batch, 1, length, length], added to the attention's logits.
    """

    ids: Tensor
    labels: Tensor
    numbers: Tensor
    positions: Tensor
    visual: Tensor
    mask: Tensor

    @classmethod
    def of(cls, asked: Sequence[Sequence[Exercise]], visual: Sequence[Tensor] | None, teacher: Teacher) -> _Batch:
        before = teacher.before_blind if visual is None else teacher.before_video
        lengths = [0] * len(asked) if visual is None else [len(tokens) for tokens in visual]
        rows = [_row(before, length, some, blind=visual is None) for length, some in zip(lengths, asked, strict=True)]
        longest = max(len(row.ids) for row in rows)

        def pad(name: str, value: int) -> Tensor:
            columns = [getattr(row, name) for row in rows]
            return torch.tensor([[*column, *[value] * (longest - len(column))] for column in columns])

        first, numbers = 0, []
        for row, some in zip(rows, asked, strict=True):
            numbers.append([first + number if number >= 0 else 0 for number in row.numbers])
            first += len(some)
        groups = pad("numbers", -2)
        causal = torch.ones(longest, longest, dtype=torch.bool).tril()
        seen = causal & ((groups[:, None, :] == -1) | (groups[:, None, :] == groups[:, :, None]))
        mask = torch.zeros(len(rows), 1, longest, longest).masked_fill(~seen[:, None], torch.finfo(torch.float32).min)
        return cls(
            ids=pad("ids", 0).clamp(min=0),
            labels=pad("labels", _IGNORED),
            numbers=torch.tensor([[*column, *[0] * (longest - len(column))] for column in numbers]),
            positions=pad("positions", 0),
            visual=pad("ids", 0) == _VISUAL,
            mask=mask,
        )


_VISUAL = -1


@dataclass(frozen=True, slots=True)
class _Row:
    ids: list[int]
    labels: list[int]
    numbers: list[int]
    positions: list[int]


def _row(before: Sequence[int], visual: int, asked: Sequence[Exercise], *, blind: bool) -> _Row:
    ids = [*before, *[_VISUAL] * visual]
    labels, numbers, positions = [_IGNORED] * len(ids), [-1] * len(ids), list(range(len(ids)))
    start = len(ids)
    for number, exercise in enumerate(asked):
        question = exercise.blind if blind else exercise.question
        told = [*question, *exercise.answer[:-1]]
        ids += told
        labels += [*[_IGNORED] * (len(question) - 1), *exercise.answer]
        numbers += [number] * len(told)
        positions += range(start, start + len(told))
    return _Row(ids, labels, numbers, positions)
