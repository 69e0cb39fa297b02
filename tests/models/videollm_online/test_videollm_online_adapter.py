from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from videollm_online_tiny import (
    STREAM,
    batch,
    same,
    say,
    scenes,
    state,
    tiny_checkpoint,
    tiny_model,
    tiny_session,
    watch_all,
)

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import CountsInput, FrameBatch, Generation, LoadRequest, Prompt, Utterance
from vstreamqa.models.videollm_online import VideoLLMOnline
from vstreamqa.models.videollm_online.adapter import VideoLLMOnlineSession
from vstreamqa.models.videollm_online.conversation import Conversation
from vstreamqa.models.videollm_online.language import CachedLanguage
from vstreamqa.models.videollm_online.queues import QueuedStream
from vstreamqa.models.videollm_online.tokens import stream_tokens

KINDS: list[Mapping[str, Any]] = [{}, {"queries": "repaired"}, {"cache_tokens": 220}, {"tokens": "v1"}]
QUESTION = "What is the man in the room doing?"
TALKATIVE = 0.9
"""A threshold under which the tiny model speaks after about every other frame."""


def talkative(**options: Any) -> VideoLLMOnlineSession:
    return tiny_session(threshold=TALKATIVE, **options)


def conversation_of(session: VideoLLMOnlineSession) -> Conversation[torch.Tensor]:
    assert session._conversation is not None
    return session._conversation


@pytest.mark.parametrize("options", KINDS)
@settings(max_examples=5, deadline=None)
@given(splits=st.lists(st.integers(1, 8), min_size=1, max_size=6))
def test_watching_together_is_watching_apart(options: dict[str, Any], splits: list[int]) -> None:
    options = {"queries": "repaired", **options} if options.get("tokens") == "v1" else options
    frames = scenes(sum(splits))
    together, apart = talkative(**options), talkative(**options)
    said: list[Utterance] = []
    start = 0
    for length in splits:
        said += together.watch(batch(frames[start : start + length], start))
        start += length

    assert said == watch_all(apart, frames)
    assert same(state(together), state(apart))


def test_the_model_speaks_unasked_where_silence_is_not_likely_enough() -> None:
    frames = scenes(24)
    said = {threshold: watch_all(tiny_session(threshold=threshold), frames) for threshold in (0.0, TALKATIVE, 1.0)}
    assert len(said[0.0]) < len(said[TALKATIVE]) < len(said[1.0]) == len(frames)
    for utterance in said[TALKATIVE]:
        assert utterance.text.strip() == utterance.text
        assert 1 <= utterance.output_tokens <= 4
    assert [utterance.position for utterance in said[1.0]] == list(range(24))


@pytest.mark.parametrize("options", [{}, {"queries": "repaired"}, {"cache_tokens": 220}])
def test_asking_leaves_the_session_as_it_was(options: dict[str, Any]) -> None:
    frames = scenes(20)
    quiet, asked = talkative(**options), talkative(**options)
    for index in range(len(frames)):
        due = index % 3 == 0
        one = quiet.watch(batch(frames[index : index + 1], index, due=due))
        other = asked.watch(batch(frames[index : index + 1], index, due=due))
        assert one == other
        before = state(asked)
        say(asked, "Who is this?")
        next(iter(asked.ask(Prompt(text=QUESTION), Generation())))
        asked.ask(Prompt(text=QUESTION), Generation())
        assert same(state(asked), before)

    assert same(state(asked), state(quiet))
    assert say(asked, QUESTION) == say(quiet, QUESTION) == say(asked, QUESTION)


def test_an_answer_depends_on_what_was_seen_and_what_was_asked() -> None:
    sessions = [tiny_session() for _ in range(3)]
    for number, session in enumerate(sessions[:2]):
        watch_all(session, scenes(9, seed=number))
    answers = {say(session, text, 12) for session in sessions for text in (QUESTION, "How many people are there?")}
    assert len(answers) == 6


def test_a_decision_is_held_back_where_a_question_is_due_and_taken_at_the_next_frame() -> None:
    frames = scenes(12)
    plain, held = tiny_session(threshold=1.0), tiny_session(threshold=1.0)
    expected = watch_all(plain, frames[:6])
    assert held.watch(batch(frames[:5], due=True)) == expected[:4]
    say(held, QUESTION)
    assert held.watch(batch(frames[5:6], 5)) == expected[4:]
    assert same(state(held), state(plain))


def test_a_decision_that_nobody_asked_about_is_taken_at_the_next_frame_too() -> None:
    frames = scenes(12)
    plain, held = talkative(), talkative()
    expected = watch_all(plain, frames)
    said = [*held.watch(batch(frames[:7], due=True)), *held.watch(batch(frames[7:], 7))]
    assert said == expected
    assert same(state(held), state(plain))


def test_a_decision_still_held_back_is_taken_at_the_close() -> None:
    frames = scenes(4)
    plain, held = tiny_session(threshold=1.0), tiny_session(threshold=1.0)
    expected = watch_all(plain, frames)
    held.watch(batch(frames, due=True))
    say(held, QUESTION)
    held.close()
    assert list(held.last_words) == expected[3:]
    plain.close()
    assert not plain.last_words


@pytest.mark.parametrize("queries", ["official", "repaired"])
def test_a_committed_exchange_becomes_part_of_the_session(queries: str) -> None:
    frames = scenes(6)
    plain, committed = tiny_session(queries=queries), tiny_session(queries=queries)
    for session in (plain, committed):
        session.watch(batch(frames[:3], due=True))
    assert say(plain, QUESTION) == say(committed, QUESTION, commit=True)
    length = len(conversation_of(committed))
    assert length > len(conversation_of(plain))
    answers = {say(session, "What did you say?") for session in (plain, committed)}
    assert len(answers) == 2
    committed.watch(batch(frames[3:4], 3))
    assert len(conversation_of(committed)) > length


def test_a_committed_question_replaces_the_decision() -> None:
    frames = scenes(3)
    session = tiny_session(threshold=1.0)
    session.watch(batch(frames[:1], due=True))
    say(session, QUESTION, commit=True)
    assert [utterance.position for utterance in session.watch(batch(frames[1:2], 1))] == [1]
    session.close()


def test_committed_questions_and_unasked_speech_are_the_originals_loop() -> None:
    frames, times = scenes(18), {4: "What is this?", 11: QUESTION}
    model = tiny_model(threshold=TALKATIVE)
    session = model.open(STREAM)
    network = model._loaded.network
    language = CachedLanguage(network.language)
    tokens = stream_tokens(model._loaded.tokenizer, model._options.layout)
    conversation: Conversation[torch.Tensor] = Conversation(language, tokens, threshold=TALKATIVE)
    original = QueuedStream(conversation, most=4)
    for time, question in times.items():
        original.ask(question, time)

    for index in range(len(frames)):
        due = index in times
        heard = [utterance.text for utterance in session.watch(batch(frames[index : index + 1], index, due=due))]
        if due:
            heard.append(say(session, times[index], 4, commit=True))
        with torch.inference_mode():
            embedded = network.project(network.frame_tokens(torch.tensor(frames[index : index + 1])))[0]
            original.show([(index, embedded)])
            reply = original.step()
        expected = [] if reply is None else [model._loaded.tokenizer.decode(reply.tokens).strip()]
        assert heard == expected
        assert len(conversation) == len(conversation_of(session))
        assert conversation.pending == conversation_of(session).pending


@pytest.mark.parametrize("queries", ["official", "repaired"])
def test_a_question_may_come_before_any_frame_and_leaves_no_trace(queries: str) -> None:
    frames = scenes(4)
    asked, quiet = tiny_session(queries=queries), tiny_session(queries=queries)
    assert isinstance(asked, CountsInput)
    assert asked.input_tokens is None
    assert say(asked, QUESTION)
    watch_all(asked, frames)
    watch_all(quiet, frames)
    assert same(state(asked), state(quiet))


def test_an_unrepaired_question_before_any_frame_goes_without_the_system_prompt() -> None:
    official, repaired = tiny_session(), tiny_session(queries="repaired")
    for session in (official, repaired):
        say(session, QUESTION)
    assert official.input_tokens is not None
    assert repaired.input_tokens is not None
    assert repaired.input_tokens > official.input_tokens + 20


def test_the_input_counts_what_is_in_the_cache_and_the_question() -> None:
    session = tiny_session(threshold=0.0)
    say(session, QUESTION)
    alone = session.input_tokens
    watch_all(session, scenes(5))
    say(session, QUESTION)
    assert alone is not None
    assert session.input_tokens == len(conversation_of(session)) + alone


def test_features_of_the_tower_stand_for_frames() -> None:
    frames = scenes(10)
    model = tiny_model(threshold=TALKATIVE)
    with torch.inference_mode():
        features = torch.cat(
            [model._loaded.network.frame_tokens(torch.tensor(frame)[None]) for frame in frames]
        ).numpy()
    assert model.input.takes_features == features.shape[1:] == (10, 64)

    fed, shown = model.open(STREAM), model.open(STREAM)
    said = fed.watch(FrameBatch(positions=tuple(range(10)), features=features))

    assert said == watch_all(shown, frames)
    assert same(state(fed), state(shown))


def test_updates_kept_apart_say_what_merged_ones_say() -> None:
    frames = scenes(12)
    merged, apart = talkative(), talkative(merge=False)
    assert watch_all(merged, frames) == watch_all(apart, frames)
    assert say(merged, QUESTION) == say(apart, QUESTION)


def test_pieces_are_as_long_as_asked_for() -> None:
    session = tiny_session()
    watch_all(session, scenes(3))
    for length in (1, 5, 9):
        answer = list(session.ask(Prompt(text=QUESTION), Generation(max_new_tokens=length, min_new_tokens=length)))
        assert sum(piece.tokens for piece in answer) == length


def test_a_preface_reaches_the_system_prompt() -> None:
    model = tiny_model()
    plain, prefaced = model.open(STREAM), model.open(STREAM, Prompt(text="Answer with one word"))
    for session in (plain, prefaced):
        session.watch(batch(scenes(1)))
    assert len(conversation_of(prefaced)) > len(conversation_of(plain))


def test_the_name_of_a_special_token_in_a_question_is_text_like_any_other() -> None:
    session = tiny_session()
    watch_all(session, scenes(2))
    before = state(session)
    assert say(session, "Is <v> or <|eot_id|> a token?")
    assert same(state(session), before)


def test_a_bounded_session_stays_as_large_as_it_is() -> None:
    model = tiny_model(cache_tokens=300)
    session = model.open(STREAM)
    assert model.input.bounded
    assert not tiny_model().input.bounded
    frames = scenes(90)
    lengths = []
    for index in range(len(frames)):
        session.watch(batch(frames[index : index + 1], index))
        lengths.append(len(conversation_of(session)))
    # A reply of four tokens and its prompt may come on top.
    assert max(lengths) <= 300 + 3 + 4
    record = conversation_of(session)._record
    assert record is not None
    assert len(record) < 300


def test_a_bounded_session_says_the_same_until_it_forgets() -> None:
    frames = scenes(12)
    bounded, unbounded = talkative(cache_tokens=2000), talkative()
    assert watch_all(bounded, frames) == watch_all(unbounded, frames)
    assert same(state(bounded), state(unbounded))


def test_nothing_can_be_done_while_an_answer_is_being_given() -> None:
    session = tiny_session()
    watch_all(session, scenes(2))
    before = state(session)
    answer = session.ask(Prompt(text=QUESTION), Generation(max_new_tokens=5))
    next(answer)
    with pytest.raises(VStreamQAError, match="still being given"):
        session.watch(batch(scenes(1), 2))
    with pytest.raises(VStreamQAError, match="still being given"):
        say(session, QUESTION)
    del answer
    assert same(state(session), before)
    assert say(session, QUESTION)


def test_a_closed_session_can_be_used_no_more() -> None:
    session = tiny_session()
    session.watch(batch(scenes(2)))
    session.close()
    session.close()
    with pytest.raises(VStreamQAError, match="closed"):
        session.watch(batch(scenes(1)))
    with pytest.raises(VStreamQAError, match="closed"):
        say(session, QUESTION)


def test_the_input_is_described() -> None:
    model = tiny_model()
    spec = model.input
    assert (spec.fps, spec.size, spec.fit, spec.filter, spec.duplex) == (2.0, (96, 96), "pad", "bicubic", False)
    assert model.dtype == "float32"
    request = LoadRequest(checkpoint=str(tiny_checkpoint()), device="cpu", dtype="bfloat16", fps=4.0)
    other = VideoLLMOnline.load(request)
    assert (other.input.fps, other.dtype) == (4.0, "bfloat16")
    assert tiny_model(tokens="v1", queries="repaired").input.takes_features == (1, 64)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("merge", [True, False])
def test_half_precision_answers_on_a_cpu(dtype: str, merge: bool) -> None:
    request = LoadRequest(
        checkpoint=str(tiny_checkpoint()), device="cpu", dtype=dtype, options={"merge": merge, "reply_tokens": 4}
    )
    session = VideoLLMOnline.load(request).open(STREAM)
    session.watch(batch(scenes(5)))
    assert say(session, QUESTION)
    conversation: Any = conversation_of(session)
    assert str(conversation._language._cache.layers[0].keys.dtype) == f"torch.{dtype}"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (LoadRequest(checkpoint="demo", device="abacus"), "--device abacus"),
        (LoadRequest(checkpoint="demo", device="cpu", dtype="int4"), "--dtype int4: supported: auto, float32"),
        (LoadRequest(checkpoint="demo", options={"threshold": 1.5}), "threshold=1.5: it is a probability"),
        (LoadRequest(checkpoint="demo", options={"threshold": float("nan")}), "threshold=nan: it is a probability"),
        (LoadRequest(checkpoint="demo", options={"reply_tokens": 0}), "reply_tokens=0: must be 1 or more"),
        (LoadRequest(checkpoint="demo", device="cpu", options={"cache_tokens": 20}), "cache_tokens=20: .* at least"),
    ],
)
def test_what_is_not_possible_is_refused(request_: LoadRequest, message: str) -> None:
    with pytest.raises(UserError, match=message):
        VideoLLMOnline.load(request_)


def test_a_model_that_gives_no_numbers_is_an_error_and_not_an_answer() -> None:
    model = tiny_model()
    session = model.open(STREAM)
    features = np.full((1, 10, 64), np.nan, dtype=np.float32)
    with pytest.raises(VStreamQAError, match="not finite"):
        session.watch(FrameBatch(positions=(0,), features=features))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_in_float32_agrees_with_the_cpu() -> None:
    frames = scenes(12)
    request = LoadRequest(
        checkpoint=str(tiny_checkpoint()), device="cuda", dtype="float32", options={"reply_tokens": 4, "threshold": 0.5}
    )
    session = VideoLLMOnline.load(request).open(STREAM)
    assert list(session.watch(batch(frames))) == watch_all(tiny_session(threshold=0.5), frames)
    assert say(session, QUESTION)
