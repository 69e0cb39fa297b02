"""Small runs to be audited: streams of made-up pictures, models that are one function, and the run folder they make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from fakes import grid_of, make_manifest

from vstreamqa.audit.causality import Bench
from vstreamqa.audit.causality.reference import Due
from vstreamqa.audit.certificate import Certificate
from vstreamqa.audit.finding import Finding
from vstreamqa.audit.run import audit_with
from vstreamqa.engines.local import run_plan
from vstreamqa.hashing import spec_hash
from vstreamqa.models.base import (
    FrameBatch,
    Generation,
    InputSpec,
    Piece,
    Pixels,
    Prompt,
    Session,
    StreamInfo,
    Utterance,
)
from vstreamqa.prompts import OWN
from vstreamqa.replay.clock import CLOCK
from vstreamqa.replay.replayer import ReplaySettings
from vstreamqa.replay.source import FrameSource
from vstreamqa.results import score_run_folder
from vstreamqa.runs.folder import RunFolder
from vstreamqa.runs.plan import Selection, make_plan, task_spec
from vstreamqa.schema import Checkpoint, Media, Question, Span, Stream, Unit, to_position
from vstreamqa.scoring.spec import ScoringSpec
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.video.types import Frame

BRIGHT = 128
FRAMES = 9
TIMES = (2, 4.5, 6)
"""When each stream is asked: on a frame, between two, and before the end."""

Answer = Callable[[Sequence[Pixels], str, int], str]
"""From the frames seen, the question and the seed of its decoding to an answer."""


def bright(picture: Pixels) -> bool:
    return int(picture[0, 0, 0]) >= BRIGHT


def is_it_bright(frames: Sequence[Pixels], text: str, seed: int) -> str:
    """The honest answer to every question of the suite: what the newest frame shows."""
    return "Yes" if frames and bright(frames[-1]) else "No"


@dataclass
class World:
    """Streams of noise, asked whether their newest frame is bright."""

    streams: int = 12
    seed: int = 0
    frames: int = FRAMES
    proactive: bool = False
    choices: bool = False
    unit: Unit = "second"
    pictures: dict[str, Pixels] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chance = np.random.default_rng(self.seed)
        for number in range(self.streams):
            self.pictures[f"s{number}"] = chance.integers(0, 256, (self.frames, 2, 2, 3), dtype=np.uint8)

    def config(self) -> SuiteConfig:
        streams = tuple(
            Stream(
                stream_id=name,
                source_id=f"source-{name}",
                media=Media(kind="array", path=f"{name}.npy", rate=1.0 if self.unit == "second" else None),
                unit=self.unit,
                start=0,
                end=self.frames if self.unit == "second" else self.frames - 1,
            )
            for name in self.pictures
        )
        questions = tuple(one for stream in streams for one in self.questions(stream))
        return SuiteConfig(
            suite="made-up",
            config="bright",
            root=Path(),
            streams=streams,
            questions=questions,
            data_hash="d",
            closed=True,
        )

    def questions(self, stream: Stream) -> Iterator[Question]:
        pictures = self.pictures[stream.stream_id]
        common: dict[str, Any] = {"stream_id": stream.stream_id, "source_id": stream.source_id}
        if self.proactive:
            spans = [Span(start=k, end=k, text="bright") for k in range(1, self.frames) if bright(pictures[k])]
            yield Question(
                question_id=f"{stream.stream_id}-p", time=0, text="Say when it is bright.", format="proactive",
                spans=tuple(spans), **common,
            )  # fmt: skip
        times = TIMES if self.unit == "second" else tuple(map(int, TIMES))
        for number, time in enumerate(times):
            yield Question(
                question_id=f"{stream.stream_id}-{number}",
                time=time,
                text=f"Is frame {number} bright?",
                format="choice" if self.choices else "yes_no",
                options=("bright", "dark") if self.choices else None,
                answer_index=int(not bright(pictures[int(time)])) if self.choices else None,
                answer=None if self.choices else "Yes" if bright(pictures[int(time)]) else "No",
                evidence=(int(time), time),
                **common,
            )

    def open(self, suite: str, config: str, stream: Stream) -> FrameSource:
        return Pictures(self.pictures[stream.stream_id], stream)

    def reference(self, suite: str, config: str, stream: Stream) -> Iterator[Due]:
        pictures = self.pictures[stream.stream_id]
        grid = grid_of(stream)
        return (Due(grid.position(k), picture) for k, picture in enumerate(pictures))


class Pictures:
    """Pictures on the grid of one a second, up to the end of their stream."""

    decode_ns = 0

    def __init__(self, pictures: Pixels, stream: Stream) -> None:
        self._grid = grid_of(stream)
        self._pictures = iter(pictures[: self._grid.count_until(to_position(stream.end, stream.unit))])
        self._k = 0

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        pixels = next(self._pictures)
        position = self._grid.position(self._k)
        self._k += 1
        return Frame(position, position, pixels)

    def close(self) -> None:
        pass


@dataclass
class Model:
    """Keeps every frame and answers by a function of them."""

    answer: Answer = is_it_bright
    max_batch: int = 2
    speaks: bool = False
    checkpoint: Checkpoint = field(
        default_factory=lambda: Checkpoint(id="fake", revision=None, hash=None, weights_bytes=None)
    )
    dtype: str = "float32"
    device: str = "cpu"

    def __post_init__(self) -> None:
        self.input = InputSpec(fps=1.0, max_batch=self.max_batch, speaks=self.speaks)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        return ModelSession(self, stream)


class ModelSession:
    def __init__(self, model: Model, stream: StreamInfo) -> None:
        self.model = model
        self.stream = stream
        self.frames: list[Pixels] = []
        self.told = False

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        assert frames.frames is not None
        self.frames += list(frames.frames)
        if not (self.model.speaks and self.told):
            return ()
        shown = zip(frames.positions, frames.frames, strict=True)
        return [Utterance(position=at, text="bright", output_tokens=1) for at, one in shown if bright(one)]

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        self.told = self.told or prompt.commit
        yield Piece(self.model.answer(self.frames, prompt.text, generation.seed), 1)

    def close(self) -> None:
        pass


@dataclass
class Run:
    """A run of a model in a world, and what audits it."""

    path: Path
    world: World
    model: Model
    settings: ReplaySettings

    def audit(
        self, model: Model | None = None, *, share: float = 0.5, settings: ReplaySettings | None = None
    ) -> Certificate:
        bench = Bench(
            model=model or self.model,
            open_stream=self.world.open,
            reference=self.world.reference,
            settings=settings or self.settings,
        )
        return audit_with(self.path, bench, share=share)


def make_run(
    path: Path,
    model: Model | None = None,
    world: World | None = None,
    *,
    floors: Sequence[str] = ("constant", "blind"),
    seed: int = 1,
) -> Run:
    """Run a model on a world as `eval` does, and score it."""
    model, world = model or Model(), world or World()
    config = world.config()
    plan = make_plan([config], Selection(floors=tuple(floors)))
    task = task_spec(plan.rows, [config], prompt=OWN.spec(), clock=CLOCK)
    settings = {"model": "fake", "checkpoint": "fake", "options": {}, "fps": 1.0, "dtype": model.dtype,
                "decoding": {"max_new_tokens": 4}, "seed": seed}  # fmt: skip
    task_hash, model_hash = spec_hash(task), spec_hash(settings)
    manifest = msgspec.structs.replace(
        make_manifest(),
        run_id=f"{task_hash[:8]}-{model_hash[:8]}",
        task=task,
        task_hash=task_hash,
        model=settings,
        model_hash=model_hash,
        scoring=msgspec.to_builtins(ScoringSpec()),
        scoring_hash=ScoringSpec().hash,
        hardware={"cpu": "c", "cores": 1, "memory_bytes": 1, "device": "cpu"},
        seed=seed,
    )
    replay = ReplaySettings(run_id=manifest.run_id, seed=seed, fps=1.0, max_new_tokens=4, render=OWN.render)
    with RunFolder(path, manifest, plan.rows) as folder:
        run_plan(folder, model, world.open, replay)
    score_run_folder(path)
    return Run(path, world, model, replay)


def alarms(certificate: Certificate) -> dict[str, Finding]:
    """Return the checks that failed."""
    return {finding.check: finding for finding in certificate.findings if finding.status == "failed"}


def warned(certificate: Certificate) -> dict[str, Finding]:
    """Return the checks that warn."""
    return {finding.check: finding for finding in certificate.findings if finding.status == "warning"}
