from collections.abc import Mapping

import pytest
from videollm_online_golden import cases, dialogue, facts, keys, live

from vstreamqa.scoring.videollm_online.coin_labels import step_name, task_name
from vstreamqa.training.anticipation import answer
from vstreamqa.training.coin import Task, categories, coin_samples, read_videos
from vstreamqa.training.narrations import (
    Narration,
    Splits,
    clean_narration,
    narrated_dialogue,
    split_videos,
    with_instruction,
)
from vstreamqa.training.timed import TimedDialogue

NARRATIONS = "narration_dataset"


def check_range(frames: range, load_ranges: Mapping[str, list[int]], path: str) -> None:
    assert load_ranges == {path: [frames.start, frames.stop]}


def splits() -> Splits:
    recorded = facts(NARRATIONS)
    uids = recorded["benchmark_video_uids"]
    return split_videos(list(recorded["input_narrations"]), validated=set(uids["val"]), tested=set(uids["test"]))


def narrated(uid: str) -> list[TimedDialogue]:
    recorded = facts(NARRATIONS)
    by_annotator: dict[str, list[Narration]] = {}
    for row in recorded["input_narrations"][uid]["narrations"]:
        by_annotator.setdefault(row["_annotation_uid"], []).append(Narration(row["time"], row["text"]))
    fps, duration = live()["frame_fps"], recorded["metadata"][uid]["duration"]
    found = [narrated_dialogue(rows, fps=fps, duration=duration) for rows in by_annotator.values()]
    return [dialogue for dialogue in found if dialogue is not None]


@pytest.mark.parametrize("case", cases(NARRATIONS, "clean_text"))
def test_golden_narration_is_cleaned(case: list[str]) -> None:
    given, expected = case
    assert clean_narration(given) == expected


@pytest.mark.parametrize("split", keys(NARRATIONS, "splits"))
def test_golden_narrated_dialogues(split: str) -> None:
    recorded = facts(NARRATIONS)["splits"][split]
    uids = getattr(splits(), split)
    found = [(uid, dialogue) for uid in uids for dialogue in narrated(uid)]
    assert list(uids) == recorded["video_uids"]
    assert len(found) == len(recorded["samples"])
    for (uid, narration), sample in zip(found, recorded["samples"], strict=True):
        path = facts(NARRATIONS)["metadata"][uid]["path"]
        assert list(narration.messages) == dialogue(sample["conversation"])
        check_range(narration.frames, sample["load_ranges"], path)
        full = sample["full_conversation_with_instruction"]
        assert list(with_instruction(narration).messages) == dialogue(full)


@pytest.mark.parametrize("case", cases("coin", "clean_task"))
def test_golden_coin_task_names(case: list[str]) -> None:
    assert task_name(case[0]) == case[1]


@pytest.mark.parametrize("case", cases("coin", "clean_step"))
def test_golden_coin_step_names(case: list[str]) -> None:
    assert step_name(case[0]) == case[1]


@pytest.mark.parametrize("task", keys("coin", "tasks"))
def test_golden_coin_samples(task: Task) -> None:
    recorded = facts("coin")
    expected, metadata = recorded["tasks"][task], recorded["metadata"]
    videos = read_videos(
        recorded["database"], {uid: entry["duration"] for uid, entry in metadata.items()}, subset="testing"
    )
    found = [
        (metadata[uid]["path"], sample)
        for uid, video in videos.items()
        for sample in coin_samples(video, task, fps=live()["frame_fps"])
    ]
    assert [list(sample.labels) for _, sample in found] == expected["labels"]
    assert categories(videos.values(), task) == expected["categories_sorted"]
    for (path, sample), wanted in zip(found, expected["samples"], strict=True):
        assert list(sample.messages) == dialogue(wanted["conversation"])
        check_range(sample.frames, wanted["load_ranges"], path)


def test_golden_anticipation_answer() -> None:
    recorded = facts("lta")
    example = recorded["response_example"]
    assert answer(example["labels"], recorded["verbs"], recorded["nouns"]) == example["text"]
