import pytest
import torch

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.pooling import pool

GRID = torch.arange(16.0).reshape(1, 16, 1)
"""0 1 2 3 / 4 5 6 7 / 8 9 10 11 / 12 13 14 15"""


def test_neighbours_in_both_directions_are_averaged() -> None:
    assert pool(GRID, 2).flatten().tolist() == [2.5, 4.5, 10.5, 12.5]
    assert pool(GRID, 1).flatten().tolist() == [7.5]
    assert torch.equal(pool(GRID, 4), GRID)


def test_frames_and_dimensions_stay_apart() -> None:
    tokens = torch.cat([GRID, 100 + GRID]).expand(2, 16, 2) * torch.tensor([1.0, -1.0])
    assert pool(tokens, 2)[1].tolist() == [[102.5, -102.5], [104.5, -104.5], [110.5, -110.5], [112.5, -112.5]]


@pytest.mark.parametrize(("tokens", "size"), [(16, 3), (16, 5), (15, 1), (16, 0)])
def test_a_grid_that_does_not_divide_is_refused(tokens: int, size: int) -> None:
    with pytest.raises(UserError, match="pools to"):
        pool(torch.zeros(1, tokens, 2), size)
