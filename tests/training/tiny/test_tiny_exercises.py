"""What the tiny Flash-VStream is taught is what an evaluation will ask and read."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from vstreamqa.build.mini import Candidate, Moment, WorldSettings, make_world
from vstreamqa.models.flash_vstream.prompt import IMAGE_TOKEN, prompt_ids
from vstreamqa.models.flash_vstream.tokenizer import TextTokenizer
from vstreamqa.prompts import OWN
from vstreamqa.schema import Question
from vstreamqa.training.tiny.flash_vstream.exercises import ASKED, SOURCES, Teacher, draw
from vstreamqa.training.tiny.flash_vstream.words import THOUGHTS, mini_tokenizer, thought

BOS, EOS = 1, 2


@cache
def tokenizer() -> TextTokenizer:
    return TextTokenizer(mini_tokenizer())


@cache
def teacher() -> Teacher:
    return Teacher(tokenizer(), bos=BOS, eos=EOS)


def moment(index: int = 3, length: int = 60) -> Moment:
    world = make_world("train", 11, index, WorldSettings(length=length))
    return Moment(world, world.settings.last)


def question(kind: str, candidate: Candidate) -> Question:
    return Question(
        question_id="q",
        stream_id="s",
        source_id="s",
        time=0,
        text=candidate.text,
        format=SOURCES[kind].format,
        options=candidate.options,
    )


def test_every_kind_a_suite_asks_is_taught() -> None:
    taught = {kind for index in range(6) for kind in teacher().at(moment(index, 120), Random(0))}
    assert set(ASKED) <= taught


@pytest.mark.parametrize("kind", ["appeared", "action choice", "count now", "which order"])
def test_prompts_are_token_by_token_those_of_an_evaluation(kind: str) -> None:
    now = moment(4)
    asked = [OWN.render(question(kind, one)).text for one in SOURCES[kind].candidates(now)]
    taught = [one for key in teacher().at(now, Random(1))[kind] for one in key]
    assert taught
    for visual, before in ((True, teacher().before_video), (False, teacher().before_blind)):
        wanted = {tuple(prompt_ids(text, encode=tokenizer().encode, bos=BOS, visual=visual)) for text in asked}
        placeholder = (IMAGE_TOKEN,) if visual else ()
        assert {(*before, *placeholder, *(one.question if visual else one.blind)) for one in taught} <= wanted


@pytest.mark.parametrize("kind", sorted(SOURCES))
def test_answers_read_as_the_gold_and_end(kind: str) -> None:
    now = moment(4, 150)
    golds = {str(c.answer) for c in SOURCES[kind].candidates(now)}
    for key in teacher().at(now, Random(2)).get(kind, ()):
        for one in key:
            assert one.answer[-1] == EOS
            assert tokenizer().decode(list(one.answer)) in golds


def test_a_thought_is_not_part_of_the_answers_text() -> None:
    for word in THOUGHTS:
        (token,) = tokenizer().encode(thought(word))
        (yes,) = tokenizer().encode("Yes")
        assert tokenizer().decode([token, yes, EOS]) == "Yes"


def test_order_is_thought_about_before_it_is_judged() -> None:
    now = moment(4)
    debuts = {who: visits[0].enter for who, visits in now.visits.items()}
    by_token = {tokenizer().encode(thought(word))[0]: word for word in THOUGHTS}
    for key in teacher().at(now, Random(3))["came before"]:
        for one in key:
            text = tokenizer().decode(list(one.question))
            named = sorted(debuts, key=lambda who: text.find(who) if who in text else 10**6)[:2]
            first = by_token[one.answer[0]]
            assert first == min(named, key=lambda who: debuts[who])
            assert tokenizer().decode(list(one.answer)) == ("Yes" if first == named[0] else "No")


def test_keys_of_a_kind_are_drawn_equally_often() -> None:
    set_ = teacher().at(moment(4), Random(5))
    answers = [tokenizer().decode(list(one.answer)) for one in draw(set_, Random(6), 4000) if one.kind == "appeared"]
    assert len(answers) > 300
    assert 0.4 < answers.count("Yes") / len(answers) < 0.6
