import gc

import numpy as np
import pytest
import torch
from cached_tiny import STREAMED, cached_model, store_of, streamed
from transformers_video_tiny import QUESTION, STREAM, batch, noise, say, tiny_checkpoint, tiny_model, watching

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import CountsInput, FrameBatch, Generation, LoadRequest, Prompt
from vstreamqa.models.cached import CachedVideo
from vstreamqa.models.cached.session import CachedSession
from vstreamqa.models.transformers_video import TransformersVideo

KEEPS = ["window", "budget"]
PER_FRAME = {"llava_onevision": 4, "llava_next_video": 4, "video_llava": 17}


def state_of(session: CachedSession) -> list[torch.Tensor]:
    store = store_of(session)
    layers = [tensor for layer in store.layers for tensor in (layer.keys, layer.values)]
    return [store.frames, store.places, *layers]


def same(one: CachedSession, other: CachedSession) -> bool:
    return all(torch.equal(*pair) for pair in zip(state_of(one), state_of(other), strict=True))


@pytest.mark.parametrize("family", STREAMED)
@pytest.mark.parametrize("keep", KEEPS)
def test_with_nothing_forgotten_the_answer_is_that_of_the_offline_model(family: str, keep: str) -> None:
    frames = noise(11)
    cached = streamed(cached_model(family, keep=keep), frames)
    offline = watching(tiny_model(family, frames=11), frames)
    assert say(cached, tokens=12) == say(offline, tokens=12)
    assert cached.input_tokens == offline.input_tokens


@pytest.mark.parametrize("family", STREAMED)
def test_before_any_frame_the_answer_is_that_of_the_offline_model(family: str) -> None:
    assert say(streamed(cached_model(family), noise(0))) == say(watching(tiny_model(family), noise(1)[:0]))


def with_one_layer(model: CachedVideo | TransformersVideo) -> None:
    loaded = model._loaded if isinstance(model, CachedVideo) else model._answers._loaded
    language = loaded.model.model.language_model
    language.layers = language.layers[:1]
    language.config.num_hidden_layers = 1


@pytest.mark.parametrize("family", sorted(PER_FRAME))
def test_what_is_left_stands_where_it_would_stand_alone(family: str) -> None:
    # With a single layer, keys and values know nothing of other tokens: what is left of a window must answer as if the
    # frames before it had never been there. Only positions could make a difference.
    frames = noise(20)
    model = cached_model(family, tokens=3 * PER_FRAME[family], sink=0)
    options = {"family": family, "frames": 99}
    offline = TransformersVideo.load(
        LoadRequest(checkpoint=str(tiny_checkpoint(family)), device="cpu", options=options)
    )
    with_one_layer(model)
    with_one_layer(offline)
    cached = streamed(model, frames)
    assert sorted(set(store_of(cached).frames.tolist())) == [-1, 17, 18, 19]
    assert say(cached, tokens=12) == say(watching(offline, frames[17:]), tokens=12)


@pytest.mark.parametrize("keep", KEEPS)
def test_positions_never_reach_beyond_what_is_kept(keep: str) -> None:
    model = cached_model("llava_onevision", keep=keep, tokens=24)
    asked: list[int] = []
    network = model._loaded.model
    handle = network.register_forward_pre_hook(
        lambda _, __, given: asked.append(int(given["position_ids"].max())), with_kwargs=True
    )
    session = streamed(model, noise(40))
    handle.remove()
    assert max(asked) < session.tokens_held + 4
    assert session.tokens_held == 6 + 24


@pytest.mark.parametrize("family", STREAMED)
@pytest.mark.parametrize("keep", KEEPS)
def test_watching_together_is_watching_apart(family: str, keep: str) -> None:
    frames, model = noise(13), cached_model(family, keep=keep, tokens=70)
    together = model.open(STREAM)
    for first, last in ((0, 5), (5, 6), (6, 13)):
        together.watch(batch(frames[first:last], first))
    assert same(together, streamed(model, frames))


@pytest.mark.parametrize("keep", KEEPS)
def test_asking_leaves_the_session_as_it_was(keep: str) -> None:
    frames, model = noise(13), cached_model("llava_onevision", keep=keep, tokens=20)
    quiet, asked = model.open(STREAM), model.open(STREAM)
    for number in range(13):
        quiet.watch(batch(frames[number : number + 1], number))
        asked.watch(batch(frames[number : number + 1], number))
        say(asked, "Who is this?")
        next(asked.ask(Prompt(text=QUESTION), Generation()))
    assert same(quiet, asked)
    assert say(quiet) == say(asked) == say(asked)


def test_an_answer_is_about_what_was_seen_when_it_was_asked() -> None:
    model = cached_model("internvl", tokens=40)
    watched, before = streamed(model, noise(9)), say(streamed(model, noise(9)))
    answer = watched.ask(Prompt(text=QUESTION), Generation(max_new_tokens=8))
    watched.watch(batch(noise(3, seed=5), 9))
    first = next(answer).text
    watched.watch(batch(noise(3, seed=6), 12))
    assert first + "".join(piece.text for piece in answer) == before
    assert say(watched) != before


@pytest.mark.parametrize("family", STREAMED)
@pytest.mark.parametrize("keep", KEEPS)
def test_a_session_stays_as_large_as_it_is(family: str, keep: str) -> None:
    model = cached_model(family, keep=keep, tokens=60)

    def held(session: CachedSession) -> int:
        gc.collect()
        return sum(tensor.untyped_storage().nbytes() for tensor in state_of(session))

    few, many = streamed(model, noise(16)), streamed(model, noise(64))
    assert held(many) <= held(few) * 1.1
    assert many.tokens_held <= 60 + 20


def test_a_budget_remembers_what_a_window_forgets() -> None:
    rare = noise(1, seed=9)
    dull = np.full((1, 56, 56, 3), 90, dtype=np.uint8)
    frames = np.concatenate([dull, dull, rare, *[dull] * 20])
    window = streamed(cached_model("llava_onevision", keep="window", tokens=16), frames)
    budget = streamed(cached_model("llava_onevision", keep="budget", tokens=16), frames)
    assert 2 not in store_of(window).frames
    assert store_of(budget).frames.tolist().count(2) == 4


def test_a_sink_beyond_the_head_keeps_the_first_of_the_first_frame() -> None:
    session = streamed(cached_model("llava_onevision", tokens=8, sink=8), noise(10))
    assert store_of(session).frames.tolist() == [-1] * 6 + [0, 0, *[8] * 4, *[9] * 4]


def test_streams_in_keyframes_are_answered() -> None:
    assert say(streamed(cached_model("llava_next_video"), noise(5), unit="keyframe"), least=4)


def test_tokens_are_counted() -> None:
    session = streamed(cached_model("llava_onevision"), noise(3))
    assert isinstance(session, CountsInput)
    assert session.input_tokens is None
    say(session)
    assert session.frames_seen == 3
    assert session.tokens_held == 6 + 3 * 4


def test_a_preface_stands_before_the_question() -> None:
    model = cached_model("internvl")
    plain, prefaced = model.open(STREAM), model.open(STREAM, Prompt(text="Answer with one word"))
    for session in (plain, prefaced):
        session.watch(batch(noise(1)))
        say(session)
    tokenizer = model._loaded.tokenizer
    assert plain.input_tokens is not None
    assert prefaced.input_tokens == plain.input_tokens + len(tokenizer.encode("Answer with one word\n"))


def test_what_a_session_does_not_do_is_refused() -> None:
    session = streamed(cached_model("llava_onevision"), noise(1))
    with pytest.raises(UserError, match="dialogues are not supported"):
        session.ask(Prompt(text=QUESTION, commit=True), Generation())
    with pytest.raises(VStreamQAError, match="frames, not features"):
        session.watch(FrameBatch(positions=(0,), features=np.zeros((1, 4))))
    with pytest.raises(VStreamQAError, match="the checkpoint takes 4096"):
        say(session, "what " * 4100)
    session.close()
    with pytest.raises(VStreamQAError, match="closed"):
        session.watch(batch(noise(1)))
    with pytest.raises(VStreamQAError, match="closed"):
        say(session)
