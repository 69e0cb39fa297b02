import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from vstreamqa.models.shared.draws import SeededDraws
from vstreamqa.models.shared.kmeans import weighted_kmeans


def plain(rows: Tensor, count: int, draws: SeededDraws, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The definition, cluster by cluster."""
    flat = rows.flatten(1)
    centroids = flat[draws.permutation(len(flat), flat.device)[:count]]
    for _ in range(10):
        labels = (flat[:, None] - centroids[None]).square().sum(-1).sqrt().argmin(1)
        moved, mass = torch.empty_like(centroids), torch.zeros(count)
        for cluster in range(count):
            members = labels == cluster
            mass[cluster] = weights[members].sum()
            if mass[cluster] > 0:
                moved[cluster] = (weights[members, None] * flat[members]).sum(0) / mass[cluster]
            else:
                moved[cluster] = flat[draws.row(len(flat))]
        if (centroids - moved).norm(dim=1).sum() < 1e-4:
            break
        centroids = moved
    return centroids.reshape(count, *rows.shape[1:]), mass, labels


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(2, 60),
    count=st.integers(1, 12),
    distinct=st.integers(1, 60),
    weighted=st.booleans(),
    seed=st.integers(0, 2**31),
)
def test_clustering_is_the_plain_formula(rows: int, count: int, distinct: int, weighted: bool, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    # Whole numbers, several times over: sums are exact, so ties and empty clusters are the formula's, not rounding's.
    pool = torch.randint(-9, 10, (distinct, 2, 3), generator=generator).float()
    frames = pool[torch.randint(distinct, (rows,), generator=generator)]
    weights = torch.randint(1, 4, (rows,), generator=generator).float() if weighted else torch.ones(rows)

    found = weighted_kmeans(frames, count, SeededDraws(seed), weights=weights)

    if rows <= count:
        assert torch.equal(found.centroids, frames)
        assert found.labels.tolist() == list(range(rows))
        return
    centroids, mass, labels = plain(frames, count, SeededDraws(seed), weights)
    torch.testing.assert_close(found.centroids, centroids, rtol=1e-5, atol=1e-5)
    assert torch.equal(found.weights, mass)
    assert torch.equal(found.labels, labels)


def test_no_more_rows_than_clusters_draws_nothing() -> None:
    draws = SeededDraws(3)
    weighted_kmeans(torch.randn(5, 2, 4), 5, draws)
    assert draws.row(1000) == SeededDraws(3).row(1000)


def test_half_precision_does_not_overflow() -> None:
    near, far = torch.zeros(3, 4, 64), torch.full((3, 4, 64), 300.0)
    rows = torch.cat([near, far]).half()

    found = weighted_kmeans(rows, 2, SeededDraws(0), start=torch.tensor([0, 5]))

    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.centroids.dtype == torch.float16
    assert torch.equal(found.centroids, torch.stack([rows[0], rows[5]]))


def test_a_large_set_splits_into_its_groups() -> None:
    generator = torch.Generator().manual_seed(1)
    groups = torch.arange(400) % 4
    rows = 50.0 * groups[:, None, None] + torch.randn(400, 2, 700, generator=generator)

    found = weighted_kmeans(rows, 4, SeededDraws(0), start=torch.tensor([0, 1, 2, 3]))

    assert torch.equal(found.labels, groups)
    assert found.weights.tolist() == [100.0] * 4
    torch.testing.assert_close(found.centroids[2], rows[groups == 2].mean(0), rtol=1e-5, atol=1e-4)
