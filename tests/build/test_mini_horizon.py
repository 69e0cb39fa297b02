from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from mini_watcher import answer, watch

from vstreamqa.build.mini import ACTIONS, CHARACTERS, SECOND, World
from vstreamqa.build.mini.horizon.config import draft_horizon, horizon_worlds
from vstreamqa.build.mini.horizon.roles import Roles, deal_roles
from vstreamqa.build.mini.plans import SEED
from vstreamqa.build.mini.suite import build_mini
from vstreamqa.evidence import AGES
from vstreamqa.schema import Question
from vstreamqa.suites.built import load_built

DRAFT, JOBS = draft_horizon("test", SEED)
QUESTIONS = DRAFT.questions
WORLDS = dict(zip((stream.stream_id for stream in DRAFT.streams), horizon_worlds("test", SEED), strict=True))
FRESH = [question for question in QUESTIONS if question.age == 0]


def named(question: Question) -> list[str]:
    return [word for word in re.findall(r"\w+", question.text) if word in CHARACTERS]


def evidence_end(question: Question) -> float:
    assert question.evidence is not None
    return question.evidence[1]


def test_every_question_is_asked_at_every_age_and_its_answer_stays() -> None:
    asked: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in QUESTIONS:
        asked[question.stream_id, question.text].append(question)
    assert len(asked) == 12 * 16
    for some in asked.values():
        assert [question.age for question in some] == list(AGES)
        assert len({(question.answer, question.category, question.format) for question in some}) == 1
        assert len({question.question_id for question in some}) == len(AGES)


def test_a_kind_has_48_questions_at_every_age() -> None:
    counts = Counter((question.category, question.age) for question in QUESTIONS)
    kinds = ("Presence", "Colour", "Order", "Counting")
    assert counts == {(kind, age): 48 for kind in kinds for age in AGES}


def test_the_age_is_that_of_the_evidence_to_the_millisecond() -> None:
    for question in QUESTIONS:
        assert question.age is not None
        if question.answer == "No" and question.category == "Presence":
            assert question.evidence == (0, question.time)
        else:
            assert round((question.time - evidence_end(question)) * SECOND) == max(question.age, 1) * SECOND


def test_whoever_was_never_there_is_asked_about_beside_somebody_who_was() -> None:
    presence = [question for question in QUESTIONS if question.category == "Presence"]
    sides = Counter((question.stream_id, question.time, question.age, question.answer) for question in presence)
    for (stream_id, time, age, gold), count in sides.items():
        assert sides[stream_id, time, age, "No" if gold == "Yes" else "Yes"] == count


def test_every_gold_is_what_somebody_sees_who_looks_once_a_second() -> None:
    for stream_id, world in WORLDS.items():
        glances = watch(world, world.settings.last)
        for question in (one for one in QUESTIONS if one.stream_id == stream_id):
            time = round(question.time * SECOND)
            seen = glances[: time // SECOND + 1]
            assert answer(seen, question.text) == question.answer, question
            assert question.evidence is not None
            first, last = (round(value * SECOND) for value in question.evidence)
            window = [glance for glance in seen if first <= glance.time <= last]
            assert answer(window, question.text) == question.answer, question


def test_what_comes_later_never_shows_what_was_asked_about() -> None:
    for world, roles in zip(WORLDS.values(), deal_roles("test", SEED), strict=True):
        last = max(visit.leave for visit in world.visits if visit.who in roles.times)
        later = [visit for visit in world.visits if visit.enter > last]
        assert {visit.who for visit in later} == set(roles.others)
        assert len(later) > 150
        assert last < 120 * SECOND
        combos = Counter((CHARACTERS[visit.who].shape, visit.action) for visit in world.visits)
        assert all(combos[CHARACTERS[who].shape, action] == 1 for who, action in roles.actions.items())


def test_no_name_and_no_wording_tells_an_answer() -> None:
    golds: dict[str, Counter[str]] = defaultdict(Counter)
    for question in FRESH:
        wording = re.sub("|".join(CHARACTERS), "X", question.text)
        golds[f"{question.category}: {wording}"][str(question.answer)] += 1
        if question.category == "Presence":
            golds[named(question)[0]][str(question.answer)] += 1
        if question.category == "Counting":
            golds[f"count of {named(question)[0]}"][str(question.answer)] += 1
    for name in CHARACTERS:
        assert golds[name] == {"Yes": 2, "No": 2}
        assert set(golds[f"count of {name}"]) == {"1", "2", "3"}
    colours = {wording: golds for wording, golds in golds.items() if wording.startswith("Colour")}
    assert len(colours) == 3 * len(ACTIONS)
    assert all(set(answers.values()) == {1} and len(answers) == 4 for answers in colours.values())
    assert golds["Order: Did the X first appear before the X?"] == {"Yes": 12, "No": 12}
    assert golds["Counting: How many times has the X appeared so far?"] == {"1": 16, "2": 16, "3": 16}


def test_the_first_named_is_right_half_of_the_time_and_names_do_not_tell_the_order() -> None:
    which = [question for question in FRESH if question.text.startswith("Which")]
    assert Counter(named(question).index(str(question.answer)) for question in which) == {0: 12, 1: 12}
    did = [question for question in FRESH if question.text.startswith("Did")]
    sides = Counter((named(question)[0], question.answer) for question in did)
    assert all(abs(sides[name, "Yes"] - sides[name, "No"]) <= 1 for name in CHARACTERS)


def test_training_worlds_are_others_and_as_balanced() -> None:
    draft, _ = draft_horizon("train", 7)
    assert len(draft.questions) == len(QUESTIONS)
    assert not {one.visits for one in horizon_worlds("train", 7)} & {one.visits for one in WORLDS.values()}


@pytest.mark.parametrize("seed", range(20))
def test_roles_can_be_dealt_for_any_seed(seed: int) -> None:
    for roles in deal_roles("train", seed):
        assert len(roles.others) == 6
        assert not set(roles.absent) & set(roles.times)
        assert set(roles.present) <= set(roles.times)
        assert all(len(roles.free_actions(name)) >= 2 for name in CHARACTERS)


def test_it_is_filmed_and_loaded_with_its_ages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ages = (0, 5)
    roles: list[Roles] = deal_roles("test", SEED)[:2]
    monkeypatch.setattr("vstreamqa.build.mini.horizon.layout.AGES", ages)
    monkeypatch.setattr("vstreamqa.build.mini.horizon.questions.AGES", ages)
    monkeypatch.setattr("vstreamqa.build.mini.horizon.config.deal_roles", lambda split, seed: roles)
    assert build_mini(tmp_path / "mini", group="horizon").written
    config = load_built(tmp_path / "mini", "horizon")
    assert len(config.questions) == 2 * 16 * len(ages)
    assert Counter(question.age for question in config.questions) == {0: 32, 5: 32}
    assert (config.closed, config.demo) == (True, True)


def test_a_world_is_half_an_hour_and_a_first_act() -> None:
    def length(world: World) -> float:
        return world.settings.length

    assert all(1830 < length(world) < 1920 for world in WORLDS.values())
    assert len(JOBS) == len(WORLDS) == 12
