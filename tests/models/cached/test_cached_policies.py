from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.models.cached.policies import least_redundant, recent_window
from vstreamqa.models.cached.store import Layer, Store

HEAD = 2


def store_of(frames: list[list[list[float]]]) -> Store:
    """Return a store of one layer: two tokens of a head, then frames of tokens whose keys are given."""
    store = Store(SimpleNamespace(), torch.device("cpu"))  # type: ignore[arg-type]  # nothing is turned here
    keys = [[1.0, 1.0]] * HEAD + [key for frame in frames for key in frame]
    store.layers = (Layer(torch.tensor(keys)[None], torch.zeros(1, len(keys), 2)),)
    numbers = [-1] * HEAD + [number for number, frame in enumerate(frames) for _ in frame]
    places = list(range(HEAD)) + [place for frame in frames for place in range(len(frame))]
    store.frames, store.places = torch.tensor(numbers), torch.tensor(places)
    return store


def kept_frames(store: Store, kept: torch.Tensor) -> list[int]:
    return [int(number) for number in store.frames[kept] if number >= 0]


A, B, C = [1.0, 0.0], [0.0, 1.0], [1.0, 0.1]


def test_a_window_keeps_the_newest_whole_frames_and_the_sink() -> None:
    store = store_of([[A, A, A]] * 4)
    assert kept_frames(store, recent_window(store, HEAD, 6)) == [2, 2, 2, 3, 3, 3]
    assert kept_frames(store, recent_window(store, HEAD, 8)) == [2, 2, 2, 3, 3, 3]
    assert kept_frames(store, recent_window(store, HEAD + 2, 6)) == [0, 0, 2, 2, 2, 3, 3, 3]
    assert recent_window(store, HEAD, 6)[:HEAD].all()


def test_a_window_keeps_the_newest_frame_whatever_its_size() -> None:
    store = store_of([[A], [A, A, A]])
    assert kept_frames(store, recent_window(store, HEAD, 2)) == [1, 1, 1]


def test_a_budget_forgets_what_is_repeated_and_keeps_what_was_seen_once() -> None:
    store = store_of([[A], [A], [B], [A], [C]])
    # Frame 0 is repeated by frame 1 to the bit, frame 3 by frame 4 nearly; frames 1 and 2 are followed by others.
    assert kept_frames(store, least_redundant(store, HEAD, 4)) == [1, 2, 3, 4]
    assert kept_frames(store, least_redundant(store, HEAD, 3)) == [1, 2, 4]


def test_a_budget_compares_tokens_at_the_same_place() -> None:
    store = store_of([[A, B], [B, B], [B, A]])
    # Place 0: A, B, B; place 1: B, B, A. Repeated are the second of place 0 and the first of place 1.
    kept = least_redundant(store, HEAD, 4)
    assert [(int(f), int(p)) for f, p in zip(store.frames[kept][HEAD:], store.places[kept][HEAD:], strict=True)] == [
        (0, 0),
        (1, 1),
        (2, 0),
        (2, 1),
    ]


def test_what_comes_after_is_what_is_still_kept() -> None:
    store = store_of([[A], [B], [A], [B]])
    store.keep(torch.tensor([True, True, True, False, True, True]))
    assert kept_frames(store, least_redundant(store, HEAD, 2)) == [2, 3]


def test_of_equally_redundant_tokens_the_older_goes() -> None:
    store = store_of([[A]] * 5)
    assert kept_frames(store, least_redundant(store, HEAD, 2)) == [3, 4]
    assert kept_frames(store, least_redundant(store, HEAD + 1, 2)) == [0, 3, 4]


@given(
    lengths=st.lists(st.integers(1, 5), min_size=1, max_size=9),
    budget=st.integers(1, 30),
    sink=st.integers(HEAD, 12),
    seed=st.integers(0, 9),
)
def test_the_sink_and_the_newest_frame_stay_and_the_budget_holds(
    lengths: list[int], budget: int, sink: int, seed: int
) -> None:
    draws = torch.Generator().manual_seed(seed)
    store = store_of([torch.randn(length, 2, generator=draws).tolist() for length in lengths])
    for policy in (recent_window, least_redundant):
        kept = policy(store, sink, budget)
        assert kept[:sink].all()
        assert kept[store.frames == len(lengths) - 1].all()
    # Any five tokens beyond the newest frame may be the last of their place, and so never be repeated.
    assert int(least_redundant(store, sink, budget)[sink:].sum()) <= max(budget, 5 + lengths[-1])
    assert int(recent_window(store, sink, budget)[sink:].sum()) <= max(budget, lengths[-1])


@pytest.mark.parametrize("policy", [recent_window, least_redundant])
def test_what_fits_stays(policy: object) -> None:
    assert callable(policy)
    store = store_of([[A, B]] * 3)
    assert bool(policy(store, HEAD, 6).all())
