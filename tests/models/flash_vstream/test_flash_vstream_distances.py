import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from vstreamqa.models.shared.distances import among, between


def defined(rows: Tensor, points: Tensor) -> Tensor:
    return (rows[:, None].double() - points[None].double()).square().sum(-1).sqrt().float()


@settings(max_examples=25, deadline=None)
@given(rows=st.integers(1, 300), points=st.integers(1, 30), features=st.integers(1, 2500), seed=st.integers(0, 2**31))
def test_distances_are_euclidean_whatever_the_block_they_fall_into(
    rows: int, points: int, features: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    left, right = (torch.randn(count, features, generator=generator) for count in (rows, points))

    torch.testing.assert_close(between(left, right), defined(left, right), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(among(right), defined(right, right), rtol=1e-5, atol=1e-5)


def test_nearly_equal_rows_far_from_the_origin_keep_their_distance() -> None:
    rows = torch.full((2, 16), 1000.0)
    rows[1, 0] += 0.5

    assert between(rows, rows)[0, 1] == 0.5
    assert among(rows)[0, 1] == 0.5


def test_the_same_point_is_at_the_same_distance_in_every_column() -> None:
    rows = torch.randn(40, 3000, generator=torch.Generator().manual_seed(0))
    points = torch.cat([rows[:7], rows[:7]])

    together = between(rows, points)

    assert torch.equal(together[:, :7], together[:, 7:])
    assert torch.equal(together[:, 3:4], between(rows, points[3:4]))
    assert (together[:, :7].diagonal() == 0).all()
