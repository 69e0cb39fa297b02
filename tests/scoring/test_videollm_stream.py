import numpy as np
import pytest

from vstreamqa.scoring.videollm_online.correctness import leading_hits, lm_correctness
from vstreamqa.scoring.videollm_online.fluency import fluency
from vstreamqa.scoring.videollm_online.narration import narration_figures
from vstreamqa.scoring.videollm_online.perplexity import lm_perplexity
from vstreamqa.scoring.videollm_online.readings import ReadingArrays, read_logits, speaks
from vstreamqa.scoring.videollm_online.stream import LookAhead, StreamFigures, evaluate_stream
from vstreamqa.scoring.videollm_online.time_difference import frame_difference, frames_ahead
from vstreamqa.scoring.videollm_online.turns import StreamIds, Turn, split_turns

END, SILENCE, SPEECH, VISUAL, WORD = 1, 2, 3, 9, 4
TOKENS = StreamIds(placeholder=VISUAL, end=END, silence=SILENCE, frame_tokens=2)
SILENT = np.array([False, False, False])


def flags(*places: int, size: int = 3) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    found = np.zeros(size, dtype=bool)
    found[list(places)] = True
    return found


def turn(frames: int) -> Turn:
    return Turn(0, 1, np.arange(frames), np.arange(0), frames)


def two_turns() -> tuple[list[int], list[int]]:
    """Two turns of three and two frames with two words each, and the start of a third."""
    frame = [VISUAL, VISUAL]
    block = [*frame, SILENCE, *frame, SILENCE, *frame, SPEECH, WORD, END]
    ids = [*block, *frame, SILENCE, *frame, SPEECH, WORD, END, *frame]
    labels = [
        *[-100, SILENCE, -100, -100, SILENCE, -100, -100, SPEECH, WORD, END, -100],
        *[-100, SILENCE, -100, -100, SPEECH, WORD, END, -100],
        *[-100, -100],
    ]
    return ids, labels


def perfect(labels: list[int]) -> ReadingArrays:
    best = np.where(np.array(labels) >= 0, labels, WORD)
    return ReadingArrays(np.zeros(len(labels)), best, (best == SILENCE).astype(float))


def no_look_ahead(request: LookAhead) -> ReadingArrays:
    raise AssertionError(f"looked ahead: {request}")


def test_turns_end_with_a_reply_and_what_follows_the_last_is_left_out() -> None:
    ids, labels = (np.array(values) for values in two_turns())
    first, second = split_turns(ids, labels, TOKENS)
    assert (first.start, first.stop, first.frames) == (0, 11, 3)
    assert (second.start, second.stop, second.frames) == (11, 19, 2)
    assert first.stream.tolist() == [1, 4, 7]
    assert first.text.tolist() == [8, 9]
    assert second.stream.tolist() == [12, 15]


def test_a_perfect_model_has_perfect_figures() -> None:
    ids, labels = two_turns()
    found = evaluate_stream(np.array(ids), np.array(labels), perfect(labels), no_look_ahead, tokens=TOKENS)
    assert (found.lm_ppl, found.frame_diff, found.fluency, found.lm_correctness) == (1.0, 0.0, 1.0, 1.0)


def test_a_model_that_never_speaks_is_given_the_next_turns_frames_and_forgiven_in_the_last() -> None:
    ids, labels = two_turns()
    readings = perfect(labels)
    readings.best[readings.best == SPEECH] = SILENCE
    asked = []

    def look_ahead(request: LookAhead) -> ReadingArrays:
        asked.append(request)
        return ReadingArrays(np.zeros(2), np.array([SILENCE, WORD]), np.array([0.9, 0.0]))

    found = evaluate_stream(np.array(ids), np.array(labels), readings, look_ahead, tokens=TOKENS)
    # Two frames late in the first turn, where 2 of 5 predictions count; the last turn counts as on time.
    assert asked == [LookAhead(8, range(3, 5))]
    assert found.differences == (2, 0)
    assert found.fluencies == pytest.approx((2 / 5, 1.0))


def test_a_stream_without_labels_has_the_best_figures_there_are() -> None:
    ids, labels = two_turns()
    nothing = [-100] * len(ids)
    found = evaluate_stream(np.array(ids), np.array(nothing), perfect(labels), no_look_ahead, tokens=TOKENS)
    assert (found.lm_ppl, found.frame_diff, found.fluency, found.lm_correctness) == (1.0, 0.0, 1.0, 1.0)
    assert found.perplexities == ()


@pytest.mark.parametrize(
    ("speaking", "ahead", "expected"),
    [
        (flags(2), flags(size=0), 0),
        (flags(0), flags(size=0), 2),
        (flags(1, 2), flags(size=0), 1),
        (SILENT, flags(0, size=2), -1),
        (SILENT, flags(1, size=2), -2),
        (SILENT, flags(size=2), -2),
        (SILENT, flags(size=0), 0),
    ],
)
def test_speaking_early_counts_above_nought_and_late_below(
    speaking: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    ahead: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    expected: int,
) -> None:
    assert frame_difference(speaking, ahead) == expected


@pytest.mark.parametrize(("own", "following", "expected"), [(5, 7, 4), (9, 2, 2), (1, 4, 0), (0, 4, 0), (5, None, 0)])
def test_nobody_looks_further_than_the_next_turn_nor_than_this_one_is_long(
    own: int, following: int | None, expected: int
) -> None:
    assert frames_ahead(turn(own), None if following is None else turn(following)) == expected


@pytest.mark.parametrize(("difference", "expected"), [(0, 7 / 9), (2, 2 / 9), (-1, 3 / 9), (-3, 3 / 9)])
def test_fluency_counts_up_to_the_first_mistake(difference: int, expected: float) -> None:
    assert fluency(difference, frames=4, words=5, leading=3) == pytest.approx(expected)


def test_correctness_is_what_comes_before_the_first_wrong_word() -> None:
    assert lm_correctness(np.array([True, True, False, True])) == 0.5
    assert leading_hits(np.array([True, True])) == 2
    assert lm_correctness(np.array([False, True])) == 0.0


def test_perplexity_is_that_of_the_mean_loss() -> None:
    assert lm_perplexity(np.log([2.0, 8.0])) == pytest.approx(4.0)


def test_silence_below_the_threshold_is_speech() -> None:
    readings = ReadingArrays(np.zeros(3), np.array([SILENCE, SILENCE, WORD]), np.array([0.6, 0.9, 0.3]))
    assert speaks(readings, silence=SILENCE, threshold=0.0).tolist() == [False, False, True]
    assert speaks(readings, silence=SILENCE, threshold=0.7).tolist() == [True, False, True]


def test_logits_of_any_size_are_read_without_overflow() -> None:
    logits = np.array([[0.0, 0.0, 1000.0], [-1000.0, 0.0, 0.0]], dtype=np.float32)
    found = read_logits(logits, np.array([2, -100]), silence=2)
    assert found.losses.tolist() == [0.0, 0.0]
    assert found.best.tolist() == [2, 1]
    assert found.silence.tolist() == pytest.approx([1.0, 0.5])


def test_figures_of_a_set_are_plain_means_and_the_difference_is_in_seconds() -> None:
    streams = [
        StreamFigures(perplexities=(2.0,), differences=(4, 2), fluencies=(1.0,), correctnesses=(0.5,)),
        StreamFigures(perplexities=(4.0,), differences=(1,), fluencies=(0.0,), correctnesses=(1.0,)),
    ]
    found = narration_figures(streams, fps=2.0)
    assert (found.lm_ppl, found.time_diff, found.fluency, found.lm_correctness) == (3.0, 1.0, 0.5, 0.75)
    with pytest.raises(ValueError, match="no streams"):
        narration_figures([], fps=2.0)
