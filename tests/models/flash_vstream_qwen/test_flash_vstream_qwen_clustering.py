from statistics import fmean

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from vstreamqa.models.flash_vstream_qwen import clustering
from vstreamqa.models.flash_vstream_qwen.clustering import ordered_kmeans
from vstreamqa.models.shared.draws import SeededDraws
from vstreamqa.models.shared.kmeans import Clusters


class Scripted:
    """Draws that are given beforehand."""

    def __init__(self, permutation: list[int], rows: list[int]) -> None:
        self._permutation, self._rows = permutation, rows

    def permutation(self, n: int, device: torch.device) -> Tensor:
        assert n == len(self._permutation)
        return torch.tensor(self._permutation, device=device)

    def row(self, n: int) -> int:
        return self._rows.pop(0)


def line(*values: float) -> Tensor:
    return torch.tensor(values)[:, None, None]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(2, 40),
    count=st.integers(1, 10),
    distinct=st.integers(1, 40),
    weighted=st.booleans(),
    seed=st.integers(0, 2**31),
)
def test_clusters_are_means_of_their_members_in_the_order_of_their_mean_numbers(
    rows: int, count: int, distinct: int, weighted: bool, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    pool = torch.randint(-99, 100, (distinct, 2, 3), generator=generator).float()
    frames = pool[torch.randint(distinct, (rows,), generator=generator)]
    weights = torch.randint(1, 4, (rows,), generator=generator).float() if weighted else torch.ones(rows)

    found = ordered_kmeans(frames, count, SeededDraws(seed), weights=weights)

    assert len(found.centroids) == len(found.weights) == len(found.times) == len(found.members) == min(rows, count)
    if rows <= count:
        assert torch.equal(found.centroids, frames)
        assert found.weights.tolist() == [1.0] * rows
        assert found.times.tolist() == list(range(rows))
        return
    enough = len(torch.unique(frames, dim=0)) >= count
    if enough:
        assert sorted(row for own in found.members for row in own) == list(range(rows))
        assert found.weights.sum() == weights.sum()
        assert torch.equal(found.times, found.times.sort().values)
    for members, weight, time in zip(found.members, found.weights.tolist(), found.times.tolist(), strict=True):
        if members:
            assert time == torch.tensor(fmean(members)).item()
        if enough:
            assert weight == weights[list(members)].sum()


def test_centroids_start_among_the_different_rows_in_lexicographic_order() -> None:
    rows = line(9.0, 1.0, 1.0, 5.0, 9.0)
    # The different rows are 1, 5, 9; starting from the second and third of them, 1 falls to 5. Of two clusters with
    # one mean number the one that started first comes first.
    for permutation, members in (([1, 2, 0], ((1, 2, 3), (0, 4))), ([2, 1, 0], ((0, 4), (1, 2, 3)))):
        found = ordered_kmeans(rows, 2, Scripted(permutation, []))
        assert found.members == members
        assert found.times.tolist() == [2.0, 2.0]


@settings(max_examples=50, deadline=None)
@given(rows=st.integers(2, 20), same=st.integers(0, 50), distinct=st.integers(2, 20), seed=st.integers(0, 2**31))
def test_rows_are_told_apart_and_ordered_wherever_they_differ(rows: int, same: int, distinct: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    pool = torch.cat([torch.ones(distinct, same), torch.randn(distinct, 3, generator=generator)], dim=1)
    points = pool[torch.randint(distinct, (rows,), generator=generator)]
    expected = torch.unique(points, dim=0, return_inverse=True)[1]
    assert torch.equal(clustering._distinct(points), expected)


def test_with_fewer_different_rows_than_clusters_the_first_rows_fill_up() -> None:
    rows = line(7.0, 7.0, 3.0, 3.0, 3.0, 7.0)
    found = ordered_kmeans(rows, 5, Scripted([], []))
    assert found.centroids.flatten().tolist() == [7.0, 7.0, 3.0, 7.0, 3.0]
    assert found.weights.tolist() == [1.0] * 5
    assert found.members == ((0,), (1,), (2,), (0, 1, 5), (2, 3, 4))
    assert found.times.tolist() == [0.0, 1.0, 2.0, 2.0, 3.0]


def test_half_precision_rows_are_clustered_in_single_precision_and_given_back_as_they_came() -> None:
    rows = line(*[300.0] * 3, *[-300.0] * 4, 299.0).expand(-1, 4, 64).half()
    found = ordered_kmeans(rows, 2, SeededDraws(0))
    assert found.centroids.dtype == torch.float16
    assert found.weights.tolist() == [4.0, 4.0]
    assert found.members == ((0, 1, 2, 7), (3, 4, 5, 6))


def test_nearly_equal_rows_far_from_the_origin_are_told_apart() -> None:
    # The expanded square loses these distances to rounding, and can become the root of a negative number.
    rows = torch.full((6, 1, 64), 1000.0)
    rows[3:, 0, 0] += 0.01
    found = ordered_kmeans(rows + line(*[0.0] * 6), 2, SeededDraws(3))
    assert found.members == ((0, 1, 2), (3, 4, 5))


def test_a_cluster_that_is_empty_in_the_end_stands_for_its_row_with_no_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    # It takes ten rounds without an end to come to this; no small example is known.
    rows = line(1.0, 2.0, 3.0, 4.0)

    def ending_empty(*_: object, **__: object) -> Clusters:
        return Clusters(
            centroids=line(1.5, 4.0, 3.5), weights=torch.tensor([2.0, 0.0, 2.0]), labels=torch.tensor([0, 0, 2, 2])
        )

    monkeypatch.setattr(clustering, "weighted_kmeans", ending_empty)
    found = ordered_kmeans(rows, 3, SeededDraws(0))
    assert found.centroids.flatten().tolist() == [1.5, 3.5, 4.0]
    assert found.weights.tolist() == [2.0, 2.0, 0.0]
    assert found.times.tolist() == [0.5, 2.5, 3.0]
    assert found.members == ((0, 1), (2, 3), ())


def test_nothing_is_drawn_where_nothing_is_clustered() -> None:
    draws = SeededDraws(3)
    ordered_kmeans(torch.randn(5, 2, 4), 5, draws)
    ordered_kmeans(torch.zeros(9, 2, 4), 5, draws)
    assert draws.row(1000) == SeededDraws(3).row(1000)
