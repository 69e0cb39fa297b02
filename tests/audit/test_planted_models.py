"""Models that do what they may not: the audit of their runs finds it."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from audited import Model, ModelSession, World, alarms, bright, is_it_bright, make_run

from vstreamqa.models.base import FrameBatch, Generation, Piece, Pixels, Prompt, Session, StreamInfo, Utterance

CUT, FUTURE = "causality: future cut off", "causality: future replaced"
ALONE = "causality: earlier questions removed"


def by_the_words(text: str) -> str:
    return "Yes" if zlib.crc32(text.encode()) % 2 else "No"


def test_a_model_whose_image_token_was_dropped_answers_as_if_blind(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Model(lambda frames, text, seed: f"{by_the_words(text)}, {text}"))
    found = alarms(run.audit())
    assert found["answers as blind"].figures == {"equal": 36, "n": 36, "share": 1.0}


def test_an_image_token_dropped_for_nearly_all_questions_is_found_too(tmp_path: Path) -> None:
    def rarely_looks(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return is_it_bright(frames, text, seed) if seed % 100 == 0 and frames else by_the_words(text)

    run = make_run(tmp_path / "run", Model(rarely_looks), World(streams=40))
    assert "answers as blind" in alarms(run.audit(share=0.05))


def test_answers_that_another_video_does_not_change_are_found(tmp_path: Path) -> None:
    def counts(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return f"Yes, {len(frames)} frames"

    run = make_run(tmp_path / "run", Model(counts), floors=("blind", "swapped"))
    certificate = run.audit()
    assert alarms(certificate)["video swapped"].figures["share"] == 1.0
    assert alarms(certificate)["noise shown"].figures["same"] == len(certificate.questions)


def test_a_constant_answer_is_no_answer(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Model(lambda frames, text, seed: "Yes."))
    assert {"constant answers", "leaning yes"} <= alarms(run.audit()).keys()


def test_always_no_is_leaning_too(tmp_path: Path) -> None:
    def no_but(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return f"No, {len(frames)} frames are dark."

    run = make_run(tmp_path / "run", Model(no_but))
    found = alarms(run.audit())["leaning yes"]
    assert found.figures["yes_share"] == 0
    assert "no to everything" in found.means


def test_a_model_that_is_better_blind_is_found(tmp_path: Path) -> None:
    def wrong(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return ("No" if bright(frames[-1]) else "Yes") if frames else by_the_words(text)

    run = make_run(tmp_path / "run", Model(wrong), World(streams=30))
    assert alarms(run.audit(share=0.05))["better than blind"].figures["difference"] < 0


def test_the_first_option_whatever_is_asked_is_a_constant(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Model(lambda frames, text, seed: f"(A) {len(frames)}"), World(choices=True))
    assert alarms(run.audit())["option positions"].figures["option"] == "A"


class LooksAcrossBatches(Model):
    """Encodes the frames of a batch together, as attention across it would."""

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return AcrossBatchesSession(self, stream)


class AcrossBatchesSession(ModelSession):
    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        assert frames.frames is not None
        mixed = frames.frames.astype(int).sum(axis=0) % 256
        self.frames += [mixed.astype(np.uint8)] * len(frames)
        return ()


def test_an_adapter_that_looks_across_a_batch_is_found(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", LooksAcrossBatches(max_batch=4))
    found = alarms(run.audit(share=1.0))
    assert "batches" in found
    assert ALONE not in found, "it is the batches, not the questions"


@dataclass
class Remembers(Model):
    """Keeps what it has seen of a stream beyond its session, and answers from what comes next, where it knows it."""

    known: dict[int, list[Pixels]] = field(default_factory=dict)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return RemembersSession(self, stream)


class RemembersSession(ModelSession):
    model: Remembers

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        super().watch(frames)
        known = self.model.known.setdefault(self.stream.seed, [])
        known += self.frames[len(known) :]
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        known = self.model.known.get(self.stream.seed, [])
        seen = known[: len(self.frames) + 1] if self.frames else []
        yield Piece(self.model.answer(seen, prompt.text, generation.seed), 1)


def test_a_memory_beyond_the_session_is_found_though_no_row_has_profited_yet(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Remembers())
    assert "earlier playings" in alarms(run.audit(Remembers(), share=1.0))


def test_features_kept_on_disk_by_an_earlier_run_are_found(tmp_path: Path) -> None:
    cache: dict[int, list[Pixels]] = {}  # what such a model would keep in files
    make_run(tmp_path / "earlier", Remembers(known=cache))
    run = make_run(tmp_path / "run", Remembers(known=cache))
    found = alarms(run.audit(Remembers(known=cache), share=1.0))
    assert "earlier playings" in found
    assert CUT not in found, "the cache hides from the cut world what it has seen before"


@dataclass
class KnowsStreams(Model):
    """Answers from features that it has of every stream by itself, whatever it is shown."""

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return KnowsStreamsSession(self, stream)


class KnowsStreamsSession(ModelSession):
    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        own = zlib.crc32(f"{self.stream.seed} {prompt.text}".encode())
        yield Piece(f"{'Yes' if own % 2 else 'No'}, {own if self.frames else 0}", 1)


def test_answers_that_rest_on_which_stream_it_is_are_found(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", KnowsStreams())
    assert "somewhere else" in alarms(run.audit())["noise shown"].means


@dataclass
class Carries(Model):
    """Lets a stream begin with what it saw last in the one before."""

    last: Pixels | None = None

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return CarriesSession(self, stream)


class CarriesSession(ModelSession):
    model: Carries

    def __init__(self, model: Carries, stream: StreamInfo) -> None:
        super().__init__(model, stream)
        self.before = model.last

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        super().watch(frames)
        self.model.last = self.frames[-1]
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        yield Piece(str(int(self.before is not None and bright(self.before))), 1)


def test_history_that_leaks_from_one_stream_into_the_next_is_found(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Carries())
    assert {"repeated", CUT} <= alarms(run.audit(Carries(), share=1.0)).keys()


class Contaminated(Model):
    """Keeps every question it was asked in its context."""

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return ContaminatedSession(self, stream)


class ContaminatedSession(ModelSession):
    said = ""

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        answer = is_it_bright(self.frames, prompt.text, generation.seed)
        yield Piece(f"{answer}. {self.said}", 1)
        self.said = f"I have said {answer}."


def test_questions_that_contaminate_each_other_are_found(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Contaminated())
    found = alarms(run.audit())
    assert ALONE in found
    assert not {CUT, FUTURE, "repeated"} & found.keys()


def test_random_answers_are_told_from_a_leak(tmp_path: Path) -> None:
    chance = random.Random(0)

    def guesses(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return chance.choice(["Yes", "No"])

    run = make_run(tmp_path / "run", Model(guesses))
    found = alarms(run.audit(share=1.0))
    assert "proves no leak" in found["deterministic"].means
    assert "plain repetition differs too" in found[CUT].found


def test_another_model_than_that_of_the_run_is_found(tmp_path: Path) -> None:
    def looks_at_the_first(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return is_it_bright(frames[:1], text, seed)

    run = make_run(tmp_path / "run")
    found = alarms(run.audit(Model(looks_at_the_first)))
    assert "repeated" in found
    assert "deterministic" not in found
