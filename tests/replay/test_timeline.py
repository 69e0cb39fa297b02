from __future__ import annotations

from fakes import NumberedSource, make_question
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.replay.grid import StreamGrid
from vstreamqa.replay.timeline import Batch, Moment, merge, moments_of
from vstreamqa.schema import NANOSECONDS, to_position


def test_questions_at_one_time_are_one_moment_in_the_order_of_the_suite() -> None:
    questions = [make_question("late", 5), make_question("b", 2.5), make_question("a", 2.5)]
    moments = moments_of(questions, "second")
    assert [[q.question_id for q in moment.questions] for moment in moments] == [["b", "a"], ["late"]]


@given(
    fps=st.sampled_from([0.5, 1.0, 2.0, 3.0, 8.0, 29.97]),
    times=st.lists(st.decimals(0, 20, places=3).map(float), min_size=1, max_size=6),
    max_batch=st.integers(1, 7),
)
def test_each_question_comes_after_every_frame_up_to_its_time_and_before_the_next(
    fps: float, times: list[float], max_batch: int
) -> None:
    grid = StreamGrid.of("second", 0, fps)
    moments = moments_of([make_question(str(i), time) for i, time in enumerate(times)], "second")
    source = NumberedSource(grid, 256)
    seen = 0
    for step in merge(iter(source), moments, grid, max_batch):
        if isinstance(step, Batch):
            assert len(step.frames) <= max_batch
            seen += len(step.frames)
            continue
        expected = sum(grid.position(k) <= step.position for k in range(1000))
        assert seen == min(expected, 256)
        assert source.given == seen, "a frame after the question was taken from the source"


def test_only_the_batch_that_a_question_falls_on_is_marked() -> None:
    grid = StreamGrid.of("second", 0, 1.0)
    steps = merge(iter(NumberedSource(grid, 10)), moments_of([make_question("q", 4)], "second"), grid, 2)
    assert [step.question_due for step in steps if isinstance(step, Batch)] == [False, False, True]


def test_a_source_that_ends_early_leaves_the_later_questions_in_place() -> None:
    grid = StreamGrid.of("second", 0, 1.0)
    steps = list(merge(iter(NumberedSource(grid, 3)), moments_of([make_question("q", 9)], "second"), grid, 8))
    assert isinstance(steps[-1], Moment)
    assert sum(len(step.frames) for step in steps if isinstance(step, Batch)) == 3


@given(
    fps=st.sampled_from([0.1, 0.5, 1.0, 3.0, 7.0, 24.0, 29.97, 59.94]),
    start=st.integers(0, 10**12),
    distance=st.integers(0, 10**12),
)
def test_the_grid_counts_the_frames_it_lists(fps: float, start: int, distance: int) -> None:
    grid = StreamGrid.of("second", start, fps)
    n = grid.count_until(start + distance)
    assert grid.position(n - 1) <= start + distance < grid.position(n)


def test_ranks_are_their_own_grid() -> None:
    grid = StreamGrid.of("keyframe", 4, 1.0)
    assert [grid.position(k) for k in range(3)] == [4, 5, 6]
    assert (grid.count_until(3), grid.count_until(4), grid.count_until(9)) == (0, 1, 6)


def test_thirds_of_a_second_fall_on_the_frames_of_a_30_fps_grid() -> None:
    grid = StreamGrid.of("second", 0, 30.0)
    assert grid.position(10) == NANOSECONDS // 3
    assert grid.count_until(to_position(0.333333333, "second")) == 11
