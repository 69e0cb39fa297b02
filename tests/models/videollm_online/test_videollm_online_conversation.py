import pytest
from videollm_online_script import END, OTHER, SILENCE, SILENT, SPEAKS, SPEECH, TOKENS, WORD, Says, scripted, watch

from vstreamqa.errors import VStreamQAError

ENDED = Says(END)
Q = TOKENS.query("q")


def test_the_first_frame_follows_the_system_prompt_and_the_next_a_separator() -> None:
    conversation, script = scripted()
    assert watch(conversation, "a", "b", "c") == [False, False, False]
    assert script.feeds == [[*TOKENS.start, "a"], [SILENCE, "b"], [SILENCE, "c"]]


@pytest.mark.parametrize(
    ("says", "threshold", "speaks"),
    [
        (Says(SILENCE, 0.6), 0.0, False),
        (Says(SILENCE, 0.6), 0.6, False),
        (Says(SILENCE, 0.6), 0.61, True),
        (Says(SPEECH, 0.4), 0.0, True),
        (Says(SPEECH, 0.4), 0.3, True),
    ],
)
def test_the_model_is_silent_only_if_silence_is_likeliest_and_likely_enough(
    says: Says, threshold: float, speaks: bool
) -> None:
    conversation, _ = scripted([says], threshold=threshold)
    assert watch(conversation, "a") == [speaks]


def test_what_is_said_unasked_closes_the_block_and_its_end_is_fed_before_the_next_frame() -> None:
    conversation, script = scripted([SPEAKS, Says(WORD), Says(WORD), ENDED])
    assert watch(conversation, "a") == [True]
    assert list(conversation.speak(most=9)) == [WORD, WORD, END]
    assert script.feeds[1:] == [[*TOKENS.speak], [WORD], [WORD]]
    assert conversation.pending == (END,)
    watch(conversation, "b")
    assert script.feeds[-1] == [END, *TOKENS.stream, "b"]


def test_a_question_is_put_behind_the_last_frame_and_takes_the_place_of_its_decision() -> None:
    conversation, script = scripted([SPEAKS, Says(WORD)])
    conversation.see("a")
    assert list(conversation.answer("q", most=9)) == [WORD, END]
    assert conversation.reading is None
    assert script.feeds[1:] == [[*Q], [WORD]]


def test_the_separator_decided_on_is_dropped_where_a_question_comes() -> None:
    conversation, script = scripted([SILENT])
    watch(conversation, "a")
    assert conversation.pending == (SILENCE,)
    assert list(conversation.answer("q", most=9)) == [END]
    assert script.cache == [*TOKENS.start, "a", *Q]


def test_an_answer_has_at_least_and_at_most_so_many_tokens() -> None:
    conversation, script = scripted([SILENT, ENDED, ENDED, Says(WORD), Says(WORD)])
    watch(conversation, "a")
    assert list(conversation.answer("q", most=4, least=2)) == [SPEECH, SPEECH, WORD, WORD]
    assert script.feeds[1:] == [[*Q], [SPEECH], [SPEECH], [WORD]]
    assert conversation.pending == (WORD,)


def test_coming_back_to_a_mark_leaves_no_trace() -> None:
    conversation, script = scripted([SILENT, SPEAKS, Says(WORD)])
    watch(conversation, "a")
    conversation.see("b")
    before, cache, reading = conversation.mark(), list(script.cache), conversation.reading
    for question in ("one", "another"):
        list(conversation.answer(question, most=9))
        conversation.back_to(before)
        assert script.cache == cache
        assert conversation.mark() == before
        assert conversation.reading is reading
    assert conversation.decide()


def test_how_many_tokens_an_answer_rests_on_is_known_beforehand() -> None:
    conversation, script = scripted([SILENT])
    watch(conversation, "a")
    expected = conversation.prompt_tokens("q")
    next(conversation.answer("q", most=9))
    assert len(script) == expected


class TestQuirksOfTheOriginal:
    def test_a_question_after_a_reply_loses_the_end_of_the_reply(self) -> None:
        conversation, script = scripted([SILENT])
        watch(conversation, "a")
        list(conversation.answer("q", most=9))
        list(conversation.answer("q", most=9))
        assert script.cache == [*TOKENS.start, "a", *Q, *Q]

    def test_a_question_before_any_frame_goes_without_the_system_prompt_for_ever(self) -> None:
        conversation, script = scripted()
        list(conversation.answer("q", most=9))
        watch(conversation, "a")
        assert script.cache == [*Q, END, *TOKENS.stream, "a"]

    def test_a_reply_that_was_cut_off_runs_on_into_the_next_frame(self) -> None:
        conversation, script = scripted([SILENT, Says(WORD), Says(OTHER)])
        watch(conversation, "a")
        assert list(conversation.answer("q", most=2)) == [WORD, OTHER]
        watch(conversation, "b")
        assert script.feeds[-1] == [OTHER, "b"]

    def test_any_other_beginning_of_a_turn_is_an_error_that_names_the_remedy(self) -> None:
        conversation, _ = scripted([Says(OTHER)])
        conversation.see("a")
        with pytest.raises(VStreamQAError, match=r"token 41 .*--set queries=repaired"):
            conversation.decide()


class TestRepaired:
    def test_a_question_after_a_reply_ends_the_reply_and_opens_no_bracket(self) -> None:
        conversation, script = scripted([SILENT], repaired=True)
        watch(conversation, "a")
        list(conversation.answer("q", most=9))
        list(conversation.answer("r", most=9))
        watch(conversation, "b")
        assert script.cache == [
            *TOKENS.start,
            "a",
            *Q,
            END,
            *TOKENS.follow_up("r"),
            END,
            *TOKENS.stream,
            "b",
        ]

    def test_a_question_before_any_frame_follows_the_system_prompt(self) -> None:
        conversation, script = scripted(repaired=True)
        list(conversation.answer("q", most=9))
        watch(conversation, "a")
        assert script.cache == [*TOKENS.opening("q"), END, *TOKENS.stream, "a"]

    def test_a_reply_that_was_cut_off_is_ended(self) -> None:
        conversation, script = scripted([SILENT, Says(WORD), Says(OTHER)], repaired=True)
        watch(conversation, "a")
        list(conversation.answer("q", most=2))
        watch(conversation, "b")
        assert script.feeds[-1] == [OTHER, END, *TOKENS.stream, "b"]

    def test_a_reply_that_was_cut_off_is_ended_before_a_question_too(self) -> None:
        conversation, script = scripted([SILENT, Says(WORD), Says(OTHER)], repaired=True)
        watch(conversation, "a")
        list(conversation.answer("q", most=2))
        list(conversation.answer("r", most=2))
        assert script.feeds[-1] == [OTHER, END, *TOKENS.follow_up("r")]

    def test_whatever_is_likelier_than_silence_has_the_model_speak(self) -> None:
        conversation, script = scripted([Says(OTHER), Says(WORD)], repaired=True)
        assert watch(conversation, "a") == [True]
        list(conversation.speak(most=1))
        assert script.feeds[-1] == [*TOKENS.speak]


def test_a_reply_broken_off_leaves_its_last_token_to_be_fed() -> None:
    conversation, script = scripted([SILENT, Says(WORD)])
    watch(conversation, "a")
    answer = conversation.answer("q", most=9)
    assert next(answer) == WORD
    answer.close()  # type: ignore[attr-defined]
    watch(conversation, "b")
    assert script.cache == [*TOKENS.start, "a", *Q, WORD, "b"]
