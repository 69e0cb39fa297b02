"""Models that answer from what an earlier run has kept, or from golds they find: the audit of their runs finds it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from audited import Model, ModelSession, World, alarms, bright, is_it_bright, make_run, warned

from vstreamqa.models.base import FrameBatch, Generation, Piece, Pixels, Prompt, Session, StreamInfo, Utterance
from vstreamqa.schema import Question, Stream

LONG = 5
"""Frames from which on a stream is worth keeping."""


@dataclass
class Recalls(Model):
    """Keeps the frames of streams by what their first one shows, and answers from the last of them where it knows it.

    `known` stands for a file that outlives the run.
    """

    known: dict[bytes, Pixels] = field(default_factory=dict)
    writes: bool = True

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return RecallsSession(self, stream)


class RecallsSession(ModelSession):
    model: Recalls

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        last = self.model.known.get(self.frames[0].tobytes()) if self.frames else None
        seen = self.frames if last is None else [*self.frames, last]
        yield Piece(self.model.answer(seen, prompt.text, generation.seed), 1)

    def close(self) -> None:
        if self.model.writes and len(self.frames) >= LONG:
            self.model.known.setdefault(self.frames[0].tobytes(), self.frames[-1])


def test_a_memory_by_content_that_an_earlier_run_has_filled_is_found(tmp_path: Path) -> None:
    model = Recalls()
    make_run(tmp_path / "earlier", model)
    run = make_run(tmp_path / "run", model)
    assert alarms(run.audit()).keys() == {"earlier playings"}


def test_a_memory_that_is_only_read_shows_where_frames_are_hardly_altered(tmp_path: Path) -> None:
    model = Recalls()
    make_run(tmp_path / "earlier", model, World(streams=40))
    model.writes = False
    run = make_run(tmp_path / "run", model, World(streams=40))
    found = warned(run.audit(share=0.5))["frames hardly altered"]
    assert found.figures["share"] > 0.3
    assert found.figures["back"] <= 1
    assert "looked up" in found.means


def test_answers_in_which_every_bit_counts_are_no_look_up(tmp_path: Path) -> None:
    def digits(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return str(frames[-1].tolist()) if frames else ""

    certificate = make_run(tmp_path / "run", Model(digits)).audit()
    (found,) = (one for one in certificate.findings if one.check == "frames hardly altered")
    assert (found.status, found.figures["share"]) == ("ok", 1.0)
    assert "would not show" in found.means


@dataclass
class SpeaksFromAFile(Model):
    """Says what an earlier run has seen in the stream of this name, and looks at nothing."""

    speaks: bool = True
    known: dict[int, list[bool]] = field(default_factory=dict)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return SpeaksFromAFileSession(self, stream)


class SpeaksFromAFileSession(ModelSession):
    model: SpeaksFromAFile

    def __init__(self, model: SpeaksFromAFile, stream: StreamInfo) -> None:
        super().__init__(model, stream)
        self.mine: list[bool] = []
        self.before = model.known.get(stream.seed)

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        assert frames.frames is not None
        first = len(self.mine)
        self.mine += [bright(one) for one in frames.frames]
        known = self.before or self.mine
        return [
            Utterance(position=at, text="bright", output_tokens=1)
            for number, at in enumerate(frames.positions, first)
            if self.told and known[min(number + bool(self.before), len(known) - 1)]
        ]

    def close(self) -> None:
        if len(self.mine) >= LONG:
            self.model.known.setdefault(self.stream.seed, self.mine)


def test_speech_from_a_file_is_found(tmp_path: Path) -> None:
    model, world = SpeaksFromAFile(max_batch=1), World(streams=20, proactive=True)
    make_run(tmp_path / "earlier", model, world, floors=())
    found = alarms(make_run(tmp_path / "run", model, world, floors=()).audit(share=0.34))
    assert {"earlier playings", "noise shown"} <= found.keys()
    assert "which stream it is" in found["noise shown"].means


class Backdates(Model):
    """Says at the first frame of a batch what its last one shows."""

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return BackdatesSession(self, stream)


class BackdatesSession(ModelSession):
    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        said = super().watch(frames)
        return [Utterance(position=frames.positions[0], text=one.text, output_tokens=1) for one in said[-1:]]


def test_speech_that_depends_on_how_frames_are_batched_is_found(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Backdates(speaks=True, max_batch=3), World(proactive=True), floors=())
    assert "batches" in alarms(run.audit())


class Peeps(Model):
    """Walks up the call stack to the questions that are played, and answers with the gold."""

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return PeepsSession(self, stream)


class PeepsSession(ModelSession):
    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        gold = _gold(prompt.text) if self.frames else None
        yield Piece(gold or is_it_bright(self.frames[:1], prompt.text, 0), 1)


def _gold(text: str) -> str | None:
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        for value in frame.f_locals.values():
            for question in getattr(value, "questions", None) or ():
                if getattr(question, "text", None) == text and question.answer:
                    return str(question.answer)
    return None


def test_golds_that_were_found_in_the_replay_are_missing_where_it_is_repeated(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Peeps(max_batch=1), floors=())
    assert "repeated" in alarms(run.audit())


class KeepsByQuestion(Model):
    """A cache of answers whose key is the question's text, and lacks the stream."""

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return KeepsByQuestionSession(self, stream)


class KeepsByQuestionSession(ModelSession):
    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        cache = self.model.__dict__.setdefault("cache", {})
        seen = ",".join(str(int(frame[0, 0, 0])) for frame in self.frames)
        yield Piece(cache.setdefault(prompt.text, seen), 1)


class EveryQuestionItsOwn(World):
    """Words by which no two questions are the same: a cache by question has not yet mixed up any streams."""

    def questions(self, stream: Stream) -> Iterator[Question]:
        for question in super().questions(stream):
            yield msgspec.structs.replace(question, text=f"{question.question_id}: {question.text}")


def test_answers_that_are_kept_by_question_are_found_though_none_has_been_mixed_up(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", KeepsByQuestion(), EveryQuestionItsOwn(), floors=())
    found = alarms(run.audit(KeepsByQuestion(), share=0.02))
    assert "stay what noise has made them" in found["noise shown"].found
