import pytest
from hypothesis import given
from hypothesis import strategies as st
from videollm_online_script import FRAME_TOKENS, SILENCE, SPEAKS, TOKENS, WORD, Says, scripted, watch

from vstreamqa.models.videollm_online.forgetting import Record, least_budget

LEAST = least_budget(TOKENS.start, FRAME_TOKENS)


def names(count: int) -> list[str]:
    return [f"frame {number}" for number in range(count)]


@given(budget=st.integers(LEAST, 200), frames=st.integers(1, 60), talkative=st.sets(st.integers(0, 80)))
def test_the_cache_never_holds_more_than_the_budget_when_a_frame_was_fed(
    budget: int, frames: int, talkative: set[int]
) -> None:
    conversation, script = scripted(budget=budget)
    for number, frame in enumerate(names(frames)):
        script.lines = [SPEAKS if number in talkative else Says(SILENCE, 1.0)]
        conversation.see(frame)
        assert len(script) <= budget
        script.lines = []
        if conversation.decide():
            script.lines = [Says(WORD)] * 3
            list(conversation.speak(most=9))
        assert script.cache[: len(TOKENS.start)] == list(TOKENS.start)


def test_without_a_budget_everything_is_kept() -> None:
    conversation, script = scripted()
    watch(conversation, *names(50))
    assert len(script) == len(TOKENS.start) + 50 * FRAME_TOKENS + 49


def test_what_is_kept_is_what_a_session_holds_that_began_with_the_oldest_frame_kept() -> None:
    conversation, script = scripted(budget=100)
    watch(conversation, *names(30))
    first = script.cache[len(TOKENS.start)]
    assert isinstance(first, str)
    fresh, expected = scripted()
    watch(fresh, *names(30)[names(30).index(first) :])
    assert script.cache == expected.cache


def test_half_of_the_budget_is_fed_again_in_one_pass() -> None:
    conversation, script = scripted(budget=100)
    watch(conversation, *names(9))
    # Nine frames are 3 + 99 tokens: before the ninth, 3 + 4 * 11 - 1 of them are kept.
    assert script.feeds[8][:3] == list(TOKENS.start)
    assert [item for item in script.feeds[8] if isinstance(item, str)] == names(8)[4:]
    assert script.feeds[9] == [SILENCE, "frame 8"]


def test_a_long_reply_behind_the_last_frame_may_leave_nothing_to_keep() -> None:
    conversation, script = scripted(budget=LEAST)
    watch(conversation, "a")
    script.lines = [Says(WORD)] * 40
    list(conversation.answer("q", most=30))
    script.lines = []
    watch(conversation, "b")
    assert script.cache == [*TOKENS.start, "b"]


def test_an_uncommitted_answer_leaves_no_trace_in_the_record() -> None:
    asked, asked_script = scripted(budget=80)
    quiet, quiet_script = scripted(budget=80)
    for frame in names(30):
        watch(asked, frame)
        watch(quiet, frame)
        before = asked.mark()
        list(asked.answer("a question", most=9))
        asked.back_to(before)
        assert asked_script.cache == quiet_script.cache


def test_the_least_budget_keeps_one_frame() -> None:
    record: Record[str] = Record(LEAST, TOKENS.start, FRAME_TOKENS)
    record.add([*TOKENS.start, "a", SILENCE, "b"])
    assert record.begin_anew() == [*TOKENS.start, "b"]
    smaller: Record[str] = Record(LEAST - 4, TOKENS.start, FRAME_TOKENS)
    smaller.add([*TOKENS.start, "a", SILENCE, "b"])
    assert smaller.begin_anew() == []


@pytest.mark.parametrize("budget", [LEAST, 60, 1000])
def test_an_empty_cache_is_never_too_full(budget: int) -> None:
    record: Record[str] = Record(budget, TOKENS.start, FRAME_TOKENS)
    assert not record.is_full(0, 10_000)
