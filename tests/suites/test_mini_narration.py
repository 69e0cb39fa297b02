from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from vstreamqa.build.mini import CONFIGS, SECOND, make_world
from vstreamqa.build.mini.groups import GROUPS, USUAL
from vstreamqa.build.mini.narrate import narrate
from vstreamqa.build.mini.narration import INSTRUCTION, draft_narration
from vstreamqa.build.mini.plans import SEED, plan_streams
from vstreamqa.schema import Question, Span
from vstreamqa.suites import load_suite
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.suites.mini import SUITE
from vstreamqa.video import open_frames


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def narration(data: Path) -> SuiteConfig:
    (config,) = load_suite("mini/narration", data)
    return config


def test_every_stream_is_told_once_what_to_do_and_never_asked_again(narration: SuiteConfig) -> None:
    assert len(narration.streams) == len(narration.questions) == 12
    for stream, question in zip(narration.streams, narration.questions, strict=True):
        assert (stream.start, stream.end, stream.unit, stream.media.kind) == (0, 60, "second", "video")
        assert (question.stream_id, question.time, question.format) == (stream.stream_id, 0, "proactive")
        assert (question.text, question.answer) == (INSTRUCTION, None)
    assert len({question.question_id for question in narration.questions}) == 12
    assert narration.closed


def test_the_gold_is_what_a_narrator_says_until_the_stream_ends(narration: SuiteConfig) -> None:
    for number, question in enumerate(narration.questions):
        draft, _ = draft_narration("test", SEED)
        assert question == draft.questions[number]
        assert question.spans is not None
        assert all(0 < span.start <= span.end <= 60 for span in question.spans)
        assert all(before.start <= after.start for before, after in pairwise(question.spans))


def test_a_sentence_is_due_once_all_of_a_character_is_in_view() -> None:
    draft, jobs = draft_narration("test", SEED)
    assert len(jobs) == 12
    settings = plan_streams(CONFIGS["rvs-ego"], "test", SEED)[0][0].settings
    world = make_world("test", SEED, 4000, settings)
    told = [(one.time / SECOND, one.text) for one in narrate(world)]
    assert [(span.start, span.text) for span in spans(draft.questions[0])] == told


def spans(question: Question) -> tuple[Span, ...]:
    return question.spans or ()


def test_its_worlds_are_those_of_no_other_config() -> None:
    draft, _ = draft_narration("test", SEED)
    others = {
        tuple(one.text for one in narrate(world))
        for plan in CONFIGS.values()
        for world, _ in plan_streams(plan, "test", SEED)
    }
    assert not others & {tuple(span.text for span in question.spans or ()) for question in draft.questions}


def test_it_can_be_watched(narration: SuiteConfig) -> None:
    stream = narration.streams[0]
    with open_frames(stream.media, narration.root, unit="second", fps=1.0, end=60 * 10**9) as frames:
        assert len(list(frames)) in (60, 61)


def test_it_is_made_apart_and_the_suites_name_stands_for_the_other_four(data: Path, narration: SuiteConfig) -> None:
    assert [path for path in (data / "mini").iterdir() if not path.name.startswith(".")] == [narration.root]
    assert tuple(GROUPS[USUAL]) == tuple(CONFIGS)
    assert "narration" in SUITE.only_named
