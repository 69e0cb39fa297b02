from __future__ import annotations

import io

import av
import numpy as np
import pytest
from served_models import SECOND, grey

from vstreamqa.models.served.movie import mp4
from vstreamqa.models.served.pictures import Encoder, data_uri, decoded


def test_a_frame_survives_nearly_unchanged_and_in_a_fraction_of_the_memory() -> None:
    rows, columns = np.mgrid[0:120, 0:160]
    frame = np.stack([rows, columns, (rows + columns) // 2], axis=2).astype(np.uint8)
    jpeg = Encoder(quality=90, max_side=0)(frame)
    assert len(jpeg) < frame.nbytes / 8
    assert np.abs(decoded(jpeg).astype(int) - frame).mean() < 3


@pytest.mark.parametrize(
    ("size", "max_side", "expected"),
    [((100, 50), 40, (40, 20)), ((50, 100), 40, (20, 40)), ((30, 20), 40, (30, 20)), ((300, 1), 30, (30, 1))],
)
def test_larger_frames_are_made_smaller_and_keep_their_shape(
    size: tuple[int, int], max_side: int, expected: tuple[int, int]
) -> None:
    (frame,) = grey(7, size=size)
    assert decoded(Encoder(90, max_side)(frame)).shape == (*expected, 3)
    assert decoded(Encoder(90, 0)(frame)).shape == (*size, 3)


def test_an_encoder_keeps_no_view_of_the_batch() -> None:
    frames = grey(1)
    jpeg = Encoder(90, 0)(frames[0])
    frames[...] = 255
    assert decoded(jpeg).mean() == pytest.approx(10, abs=1)


def test_a_movie_holds_every_frame_at_its_time() -> None:
    frames = list(grey(0, 5, 9, 14, size=(9, 13)))
    movie = mp4(frames, [2 * SECOND, 3 * SECOND, 7 * SECOND, 7 * SECOND + SECOND // 2])
    with av.open(io.BytesIO(movie), "r") as container:
        shown = list(container.decode(video=0))
    assert [round(float(frame.to_ndarray(format="rgb24").mean()) / 10) for frame in shown] == [0, 5, 9, 14]
    assert [frame.time for frame in shown] == [0.0, 1.0, 5.0, 5.5]
    assert (shown[0].height, shown[0].width) == (8, 12), "an odd row or column has no room in 4:2:0"


def test_a_movie_of_ranks_shows_one_frame_a_second() -> None:
    with av.open(io.BytesIO(mp4(list(grey(1, 2, 3)), None)), "r") as container:
        assert [frame.time for frame in container.decode(video=0)] == [0.0, 1.0, 2.0]


def test_a_data_uri_names_its_type() -> None:
    assert data_uri(b"abc", "image/jpeg") == "data:image/jpeg;base64,YWJj"
