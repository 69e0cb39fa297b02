"""Replays and sources that do what they may not: the audit of runs made with them finds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from audited import Model, ModelSession, Pictures, Run, World, alarms, is_it_bright, make_run

from vstreamqa.models.base import FrameBatch, Generation, Piece, Pixels, Prompt, Session, StreamInfo
from vstreamqa.prompts import OWN
from vstreamqa.replay import replayer, watching
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.replay.replayer import Replayer
from vstreamqa.replay.source import FrameSource
from vstreamqa.replay.timeline import Batch, Moment, merge
from vstreamqa.schema import Question, Stream
from vstreamqa.video.types import Frame

CUT, FUTURE = "causality: future cut off", "causality: future replaced"


def all_frames(frames: Sequence[Pixels], text: str, seed: int) -> str:
    """An answer that every frame, and their order, is part of."""
    return ",".join(str(int(frame[0, 0, 0])) for frame in frames)


def test_batches_that_reach_beyond_a_question_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(
        frames: Iterator[Frame], moments: Sequence[Moment], grid: StreamGrid, max_batch: int, **_: Any
    ) -> Iterator[Batch | Moment]:
        taken = 0
        for moment in moments:
            while taken < grid.count_until(moment.position):
                batch = tuple(frame for _, frame in zip(range(max_batch), frames, strict=False))
                if not batch:
                    break
                taken += len(batch)
                yield Batch(batch, question_due=False)
            yield moment

    monkeypatch.setattr(replayer, "merge", greedy)
    run = make_run(tmp_path / "run", Model(all_frames, max_batch=4))
    assert {CUT, FUTURE, "timeline", "frames shown"} <= alarms(run.audit()).keys()


@dataclass
class Peeking(Model):
    """A model that finds what a replay has fetched ahead."""

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return PeekingSession(self, stream)


AHEAD: list[Pixels] = []


class PeekingSession(ModelSession):
    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        yield Piece(all_frames([*self.frames, *AHEAD], prompt.text, 0), 1)


def test_frames_fetched_ahead_of_a_question_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def prefetching(frames: Iterator[Frame], *rest: Any, **more: Any) -> Iterator[Batch | Moment]:
        def ahead() -> Iterator[Frame]:
            current = next(frames, None)
            while current is not None:
                following = next(frames, None)
                AHEAD[:] = [] if following is None or following.pixels is None else [following.pixels]
                yield current
                current = following

        return merge(ahead(), *rest, **more)

    monkeypatch.setattr(replayer, "merge", prefetching)
    run = make_run(tmp_path / "run", Peeking(all_frames))
    found = alarms(run.audit())
    assert {CUT, FUTURE} <= found.keys()
    assert "were taken of the video before it was put" in found["frames shown"].found


def test_a_grid_that_is_one_frame_too_long_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = StreamGrid.count_until
    monkeypatch.setattr(StreamGrid, "count_until", lambda grid, position: right(grid, position) + 1)
    run = make_run(tmp_path / "run", Model(all_frames))
    assert {CUT, FUTURE, "timeline"} <= alarms(run.audit()).keys()


def test_a_model_that_is_told_how_long_its_stream_is_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def telling(self: Replayer, play: Any) -> Session:
        assert self._model is not None
        return self._model.open(StreamInfo(unit="second", fps=1.0, seed=int(play.job.stream.end)))

    class Told(Model):
        def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
            session = ModelSession(Model(lambda frames, text, seed: f"{len(frames)} of {stream.seed}"), stream)
            return session  # noqa: RET504 - a session of its own, told the length

    monkeypatch.setattr(Replayer, "_open_session", telling)
    run = make_run(tmp_path / "run", Told(all_frames))
    assert CUT in alarms(run.audit())


def reversed_in_batches(frames: tuple[Frame, ...], **more: Any) -> FrameBatch:
    packed = RIGHT(frames, **more)
    assert packed.frames is not None
    return replace(packed, frames=packed.frames[::-1])


RIGHT = watching.frame_batch


def test_frames_that_are_handed_over_in_reverse_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "frame_batch", reversed_in_batches)
    run = make_run(tmp_path / "run", Model(all_frames, max_batch=4))
    assert "was another picture" in alarms(run.audit())["frames shown"].found


class Spoilt(World):
    """A world whose sources give other pictures than are there; what is to be shown stays as it is."""

    def spoil(self, pictures: Pixels, stream: Stream) -> Pixels:
        raise NotImplementedError

    def open(self, suite: str, config: str, stream: Stream) -> FrameSource:
        return Pictures(self.spoil(self.pictures[stream.stream_id], stream), stream)


class OneAhead(Spoilt):
    def spoil(self, pictures: Pixels, stream: Stream) -> Pixels:
        return np.roll(pictures, -1, axis=0)


class Shuffled(Spoilt):
    def spoil(self, pictures: Pixels, stream: Stream) -> Pixels:
        return np.take(pictures, np.random.default_rng(0).permutation(len(pictures)), axis=0)


class Twice(Spoilt):
    def spoil(self, pictures: Pixels, stream: Stream) -> Pixels:
        return np.repeat(pictures, 2, axis=0)


class EverySecond(Spoilt):
    def spoil(self, pictures: Pixels, stream: Stream) -> Pixels:
        return pictures[::2]


class Normalised(Spoilt):
    """Pictures relative to the mean of the whole video: it takes the future to know it."""

    def spoil(self, pictures: Pixels, stream: Stream) -> Pixels:
        whole = pictures[: int(stream.end) + 1]
        return ((whole.astype(int) - int(whole.mean())) % 256).astype(np.uint8)


class LooksBothWays(Spoilt):
    """Features of a frame that the next one is part of, as a bidirectional encoder makes them."""

    def spoil(self, pictures: Pixels, stream: Stream) -> Pixels:
        whole = pictures[: int(stream.end) + 1]
        mixed: Pixels = whole // 2 + np.roll(whole, -1, axis=0) // 2
        return mixed


@pytest.mark.parametrize("world", [OneAhead, Shuffled, Twice, EverySecond, Normalised, LooksBothWays])
def test_a_source_that_does_not_show_the_video_as_it_is_is_found(tmp_path: Path, world: type[Spoilt]) -> None:
    run = make_run(tmp_path / "run", Model(all_frames), world())
    assert "frames shown" in alarms(run.audit())


@pytest.mark.parametrize("world", [Normalised, LooksBothWays])
def test_a_source_that_needs_the_future_fails_where_there_is_none(tmp_path: Path, world: type[Spoilt]) -> None:
    run = make_run(tmp_path / "run", Model(all_frames), world())
    assert CUT in alarms(run.audit())


class TwoSwapped(Spoilt):
    def spoil(self, pictures: Pixels, stream: Stream) -> Pixels:
        other = {"s0": "s1", "s1": "s0"}.get(stream.stream_id, stream.stream_id)
        return self.pictures[other]


def test_two_streams_whose_features_were_swapped_are_found(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Model(all_frames), TwoSwapped())
    assert run.audit(share=0.5).causality == "failed"


def test_streams_that_were_swapped_only_when_the_run_was_made_are_found(tmp_path: Path) -> None:
    made = make_run(tmp_path / "run", Model(all_frames), TwoSwapped())
    assert "repeated" in alarms(Run(made.path, World(), made.model, made.settings).audit(share=0.5))


def test_a_prompt_that_holds_the_gold_is_found(tmp_path: Path) -> None:
    def leaking(question: Question) -> Prompt:
        return replace(OWN.render(question), text=f"{question.text} (evidence: {question.evidence}, {question.answer})")

    run = make_run(tmp_path / "run")
    found = alarms(run.audit(settings=replace(run.settings, render=leaking)))
    assert "depends on its gold" in found["wording"].found


def test_what_a_proactive_model_says_of_the_future_is_found(tmp_path: Path) -> None:
    model = Model(is_it_bright, speaks=True, max_batch=1)
    run = make_run(tmp_path / "run", model, LooksBothWays(proactive=True), floors=())
    found = alarms(run.audit(share=1.0))
    assert CUT in found
    assert "utterances" in found[CUT].found or "said at" in found[CUT].found


def test_a_session_that_hides_a_frame_is_found_by_the_row(tmp_path: Path) -> None:
    class Short(Spoilt):
        def spoil(self, pictures: Pixels, stream: Stream) -> Pixels:
            return pictures[:3]

    run = make_run(tmp_path / "run", Model(all_frames), Short())
    certificate = run.audit()
    assert "frames were shown" in alarms(certificate)["frames shown"].found
    assert any(finding.check == "timeline" and finding.status == "warning" for finding in certificate.findings)


def test_questions_of_the_future_do_not_count_as_asked(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    certificate = run.audit(share=1.0)
    assert len(certificate.questions) == 36
    assert msgspec.json.decode((run.path / "manifest.json").read_bytes())["audit"] == "audit.json"


def test_a_swapped_arm_that_shows_the_stream_s_own_video_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Replayer.play
    monkeypatch.setattr(Replayer, "play", lambda self, job: right(self, replace(job, partner=job.stream)))
    run = make_run(tmp_path / "run", floors=("swapped",))
    assert "its own stream" in alarms(run.audit())["floors repeated"].found


def test_a_swapped_arm_that_shows_another_video_is_an_honest_one(tmp_path: Path) -> None:
    assert not alarms(make_run(tmp_path / "run", floors=("swapped",)).audit())
