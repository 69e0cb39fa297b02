"""The training of the tiny Flash-VStream, at minute size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import torch

from vstreamqa.build.mini import CHARACTERS, Moment, WorldSettings, make_world
from vstreamqa.models.flash_vstream.tokenizer import TextTokenizer
from vstreamqa.training.tiny.flash_vstream.alignment import align
from vstreamqa.training.tiny.flash_vstream.decoder import Pupil
from vstreamqa.training.tiny.flash_vstream.exercises import Teacher, draw
from vstreamqa.training.tiny.flash_vstream.facts import facts_at
from vstreamqa.training.tiny.flash_vstream.figures import held_out_figures, lines_of
from vstreamqa.training.tiny.flash_vstream.memories import Watching, remember
from vstreamqa.training.tiny.flash_vstream.network import new_network
from vstreamqa.training.tiny.flash_vstream.recipe import LONG, SHORT, Recipe, lessons, mean_tokens, train
from vstreamqa.training.tiny.flash_vstream.tower import tower_footage, train_tower
from vstreamqa.training.tiny.flash_vstream.words import mini_tokenizer

FEW = Watching(streams=2, lengths=(18, 30), moments=2, policies=("official", "repaired"), first_world=0)
MINUTE = Recipe(
    frames=48,
    tower_steps=2,
    alignment_steps=2,
    answer_steps=2,
    short=replace(SHORT, streams=2, lengths=(18, 30), moments=3),
    long=replace(LONG, streams=1, lengths=(30, 33), moments=2),
)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def teacher() -> Teacher:
    return Teacher(TextTokenizer(mini_tokenizer()), bos=1, eos=2)


def quiet(_: str) -> None:
    pass


def test_the_same_seed_trains_the_same_checkpoint_which_an_evaluation_loads(tmp_path: Path) -> None:
    for name in ("one", "two"):
        train(tmp_path / name, seed=5, recipe=MINUTE, tell=quiet)
    first, second = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "two"))
    assert first == second
    assert len(first) < 8_000_000
    results = held_out_figures(tmp_path / "one", memory="repaired")
    assert results.exit_code == 0
    assert {row.config for row in results.summary} == {"rvs-ego", "rvs-movie", "vs-ego", "vs-movie"}
    assert all("blind" in line for line in lines_of(results))


def test_the_tower_learns_what_frames_show() -> None:
    network = new_network(1)
    pictures, labels = tower_footage(3, 96, network.tower)
    told: list[str] = []
    train_tower(network.tower, pictures, labels, steps=50, seed=1, tell=told.append)
    first, last = (float(line.rpartition(" ")[2]) for line in (told[0], told[-1]))
    assert last < 0.9 * first


def test_alignment_turns_frames_towards_the_words_for_what_they_show() -> None:
    network, tokenizer = new_network(2), TextTokenizer(mini_tokenizer())
    pictures, labels = tower_footage(4, 240, network.tower)
    features = torch.from_numpy(labels.doings) @ torch.randn(48, 96, generator=torch.Generator().manual_seed(0))
    align(network, tokenizer, features, labels, steps=150, seed=0)
    names = [tokenizer.encode(name)[0] for name in CHARACTERS]
    with torch.no_grad():
        likeness = network.projector(features) @ network.language.get_input_embeddings().weight[names].T
    who = torch.from_numpy(labels.doings).reshape(len(pictures), 12, 4).amax(2).bool()
    alone = who.sum(1) == 1
    assert alone.sum() > 50
    assert (likeness[alone].argmax(1) == who[alone].int().argmax(1)).float().mean() > 0.9


def test_mean_tokens_are_those_of_the_tower() -> None:
    network = new_network(1)
    pictures, _ = tower_footage(3, 48, network.tower)
    with torch.inference_mode():
        exact = network.features(torch.from_numpy(pictures)).mean(dim=1)
    assert torch.allclose(mean_tokens(network, pictures), exact, atol=0.1)


def test_memories_are_taken_at_their_moments() -> None:
    found = list(remember(new_network(1), 5, FEW))
    assert len(found) == 2 * 2 * 2
    for memory in found:
        frames = memory.moment.time // 1000 + 1
        abstract, temporal, current = (len(part) for part in memory.parts)
        assert abstract == temporal == min(frames, 25)
        assert current == 4 * (1 + 3)
    assert {memory.policy for memory in found} == {"official", "repaired"}


def test_questions_do_not_see_each_other() -> None:
    network, pupil_teacher = new_network(3), teacher()
    lesson = lessons(network, pupil_teacher, 5, replace(FEW, streams=1), quiet)[0]
    pupil = Pupil(network=network, teacher=pupil_teacher)
    asked = draw(lesson.exercises, Random(1), 5)
    visual = [torch.cat(lesson.memory.parts)]
    with torch.inference_mode():
        alone = pupil.read([asked[-1:]], visual).loss
        losses = [float(pupil.read([[one]], visual).loss) * len(one.answer) for one in asked]
        together = pupil.read([asked], visual).loss
    assert float(alone) * len(asked[-1].answer) == pytest.approx(losses[-1])
    tokens = sum(len(one.answer) for one in asked)
    assert float(together) == pytest.approx(sum(losses) / tokens, rel=0.02)


def test_answers_are_learned() -> None:
    network, pupil_teacher = new_network(3), teacher()
    taught = lessons(network, pupil_teacher, 5, replace(FEW, streams=1), quiet)
    pupil = Pupil(network=network, teacher=pupil_teacher, memories=1, questions=8)
    visual = [torch.cat(taught[0].memory.parts)]
    asked = [draw(taught[0].exercises, Random(2), 30)]
    with torch.inference_mode():
        before = pupil.read(asked, visual).loss
    pupil.train(lambda step, chance: taught[:1], steps=40, rate=2e-3, chance=Random(3), tell=quiet)
    with torch.inference_mode():
        after = pupil.read(asked, visual).loss
    assert after < 0.5 * before


def test_facts_are_what_is_certain_of_everybody() -> None:
    world = make_world("train", 11, 4, WorldSettings(length=60))
    now = Moment(world, 60_000)
    facts = facts_at(now)
    for who in now.unseen:
        assert facts[who] == (4, 6, 15, 12)
    for who, visits in now.visits.items():
        action, room, when, met = facts[who]
        assert ("running", "jumping", "spinning", "waving")[action] == visits[-1].action
        assert room < 6
        assert when == visits[0].settled[0] // 1000 // 4
        partners = {name for pair, meeting in now.meetings.items() if who in pair and meeting for name in pair - {who}}
        assert (met == 12) == (not partners)
