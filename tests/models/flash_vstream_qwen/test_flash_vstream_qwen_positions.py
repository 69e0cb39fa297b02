import torch

from vstreamqa.models.flash_vstream_qwen.positions import (
    Grid,
    offline_visual_span,
    prompt_positions,
    visual_positions,
)

GRID = Grid(4, 8)
"""2 x 4 merged patches of a key frame, 1 x 2 of a cluster."""


def test_key_frames_are_placed_by_time_row_and_column() -> None:
    found = visual_positions(torch.tensor([7, 3]), torch.empty(0, dtype=torch.long), GRID)
    assert found[0].tolist() == [7] * 8 + [3] * 8
    assert found[1].tolist() == [0, 0, 0, 0, 1, 1, 1, 1] * 2
    assert found[2].tolist() == [0, 1, 2, 3] * 4


def test_clusters_are_moved_behind_the_number_of_key_frame_tokens_on_every_axis() -> None:
    found = visual_positions(torch.tensor([7]), torch.tensor([0, 5]), GRID)[:, 8:]
    assert found.tolist() == [[8, 8, 13, 13], [8, 8, 8, 8], [8, 9, 8, 9]]


def test_text_is_numbered_on_all_axes_alike_around_the_visual_tokens() -> None:
    visual = torch.tensor([[0, 9], [0, 0], [0, 1]])
    found = prompt_positions(3, visual, 2, span=2)
    assert found.shape == (3, 1, 7)
    assert found[:, 0].tolist() == [[0, 1, 2, 3, 12, 5, 6], [0, 1, 2, 3, 3, 5, 6], [0, 1, 2, 3, 4, 5, 6]]


def test_text_alone_is_numbered_from_0() -> None:
    found = prompt_positions(4, torch.empty(3, 0, dtype=torch.long), 0, span=0)
    assert found[:, 0].tolist() == [[0, 1, 2, 3]] * 3


def test_text_after_an_offline_video_starts_behind_its_largest_side() -> None:
    # 2 key frames of 2 x 4 tokens, then clusters of 1 x 2.
    assert offline_visual_span(2, 5, GRID) == 16 + 5
    assert offline_visual_span(2, 1, GRID) == 16 + 2
    assert offline_visual_span(0, 1, Grid(40, 8)) == 10
