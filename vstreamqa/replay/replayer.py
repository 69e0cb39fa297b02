"""Play one stream to a model under one control and give a row for every question.

One pass: every frame at or before a question's position is taken in before the question is put, none after it. The
rows are given as they come about, so that whoever takes them can keep each before the next question is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from vstreamqa.models.base import Generation, Prompt, Session, SpeaksAtClose, StreamInfo, StreamingModel
from vstreamqa.replay.asking import Answer
from vstreamqa.replay.clock import now
from vstreamqa.replay.controls import Control, constant_answer, oracle_answer, remarks
from vstreamqa.replay.flight import Flight, Landed
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.replay.memory import free_cached
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.replay.rows import RowMaker, Seen, fault_of
from vstreamqa.replay.source import FrameSource, Noise, Opener, Swapped
from vstreamqa.replay.timeline import Batch, Moment, merge, moments_of
from vstreamqa.replay.viewing import Viewings
from vstreamqa.replay.watching import Watcher
from vstreamqa.schema import (
    NANOSECONDS,
    Fault,
    Prediction,
    Question,
    Stream,
    StreamRecord,
    UtteranceRecord,
    to_position,
)
from vstreamqa.video.types import Frame

Row = Prediction | UtteranceRecord | StreamRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySettings:
    """What holds for a whole run.

    Attributes:
        run_id: stands in every prediction.
        seed: source of all randomness.
        fps: frames per second of the grid.
        max_new_tokens: longest answer.
        render: turns a question into what the model reads.
        concurrency: most questions of one session in flight together, as far as the model allows it.
    """

    run_id: str
    seed: int
    fps: float
    max_new_tokens: int
    render: Callable[[Question], Prompt]
    concurrency: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamJob:
    """One arm of one stream.

    Attributes:
        suite: name of the suite.
        config: name of the config.
        stream: what is played.
        questions: every planned question of the stream: they shape the timeline even when already answered.
        missing: ids of the questions that still need a row.
        control: None for the model itself.
        partner: the stream whose video `swapped` shows.
        answers: by question, what a control gives whose answer depends on all questions of the config.
    """

    suite: str
    config: str
    stream: Stream
    questions: Sequence[Question]
    missing: frozenset[str]
    control: Control | None = None
    partner: Stream | None = None
    answers: Mapping[str, str] | None = None


@dataclass
class _Play:
    """The state of one job while it is played."""

    job: StreamJob
    rows: RowMaker
    grid: StreamGrid
    watcher: Watcher
    pending: dict[str, Question]
    source: FrameSource | None = None
    decoded_ns: int = 0
    seen: Seen = field(default_factory=Seen)
    watch_ns: int = 0

    def close_source(self) -> None:
        """Stop reading, and keep count of the time it took."""
        if self.source is not None:
            self.source.close()
            self.decoded_ns += self.source.decode_ns
            self.source = None


class Replayer:
    """Plays streams to one model."""

    def __init__(self, model: StreamingModel | None, opener: Opener, settings: ReplaySettings) -> None:
        """Take a model (None if only controls that need none are played) and a way to open streams."""
        self._model = model
        self._opener = opener
        self._settings = settings

    def play(self, job: StreamJob) -> Iterator[Row]:
        """Give the rows of one arm of one stream as they come about, the stream's own record last.

        An exception of the model or of the media ends the stream: the questions still open become error rows. A
        `VStreamQAError` raised by `ask` refuses that one question and leaves the session usable. Questions in flight
        when a stream ends are waited for.
        """
        stream, control = job.stream, job.control
        start = to_position(stream.start, stream.unit)
        play = _Play(
            job=job,
            rows=RowMaker(
                self._settings.run_id, job.suite, job.config, stream, control.name if control is not None else None
            ),
            grid=StreamGrid.of(stream.unit, start, self._settings.fps),
            watcher=Watcher(start),
            pending={q.question_id: q for q in job.questions if q.question_id in job.missing},
        )
        if control is not None and not control.needs_model:
            yield from self._without_model(play, control)
            return
        fault: Fault | None = None
        try:
            yield from self._with_model(play)
        except (Exception, SystemExit) as error:  # whatever a model or a file does, the run must go on
            fault = fault_of(error)
        finally:
            play.close_source()
        if fault is not None:
            # Only here, where the exception and all it held are gone, is the memory of the failed stream free.
            free_cached()
            for question in play.pending.values():
                yield play.rows.failed(question, fault, play.seen)
        yield play.rows.watched(
            play.watcher,
            seconds=_seconds_watched(play),
            watch_ns=play.watch_ns,
            decode_ns=play.decoded_ns,
            fault=fault,
        )

    def _without_model(self, play: _Play, control: Control) -> Iterator[Row]:
        for question in list(play.pending.values()):
            if question.format == "proactive":
                yield from self._remarks(play, control, question)
                continue
            text = _answer_of(control, play.job, question)
            if text is None:
                yield play.rows.failed(question, Fault(kind="NoGold", message="the question has no gold"), Seen())
            else:
                yield play.rows.given(question, text)
        yield play.rows.unwatched()

    def _remarks(self, play: _Play, control: Control, question: Question) -> Iterator[Row]:
        for time, text in remarks(control, question):
            yield play.rows.remarked(time, text, question)
        yield play.rows.given(question, constant_answer(question) if control.kind == "constant" else "")

    def _with_model(self, play: _Play) -> Iterator[Row]:
        """Ask everything in one playback; then have each proactive question listened for in one of its own."""
        asked = [question for question in play.job.questions if question.format != "proactive"]
        if asked:
            yield from self._asked(play, moments_of(asked, play.job.stream.unit))
        for question in [question for question in play.pending.values() if question.format == "proactive"]:
            yield from self._listen(play, question)

    def _asked(self, play: _Play, moments: list[Moment]) -> Iterator[Row]:
        control = play.job.control
        if control is not None and control.kind == "blind":
            yield from self._one_session(play, iter(()), moments)
            return
        frames = self._frames(play)
        if control is not None and control.fresh_sessions:
            yield from self._session_per_view(play, control, frames, moments)
        else:
            yield from self._one_session(play, frames, moments)

    def _listen(self, play: _Play, question: Question) -> Iterator[Row]:
        """Put one proactive question into a session of its own and take down what is said until the stream ends.

        Instructions know nothing of each other. The question becomes part of the session; the model's reply to it,
        which was asked for, stands in the question's row, and what is said after it are its utterances. The row comes
        last, so that none is there of a question that was not listened to the end.
        """
        stream = play.job.stream
        moments, end = moments_of([question], stream.unit), to_position(stream.end, stream.unit)
        landed: Landed | None = None
        under: Question | None = None
        with self._session(play) as (session, flight):
            play.seen = Seen()
            for step in self._timed(play, merge(self._frames(play), moments, play.grid, self._max_batch, until=end)):
                if isinstance(step, Batch):
                    yield from self._watch(play, session, step, under=under)
                    continue
                prompt = replace(self._settings.render(question), commit=True)
                generation = self._generation(play, question)
                put = flight.ask(session, question, prompt, generation, play.seen)
                (landed,) = (*put, *flight.land_all())
                if isinstance(landed.outcome, Fault):
                    break
                under = question
        yield from self._last_words(play, session, under)
        assert landed is not None, "the moment of a question comes whether or not there are frames"
        yield from self._rows(play, iter((landed,)))

    def _frames(self, play: _Play) -> Iterator[Frame]:
        play.close_source()
        play.source = self._open_source(play)
        return iter(play.source)

    def _open_source(self, play: _Play) -> FrameSource:
        job = play.job
        kind = job.control.kind if job.control is not None else None
        if kind == "swapped":
            assert job.partner is not None
            partner = job.partner
            return Swapped(lambda: self._opener(partner), play.grid)
        source = self._opener(job.stream)
        if kind == "random-frames":
            return Noise(source, derive_seed(self._settings.seed, job.stream.stream_id, "random-frames"))
        return source

    def _one_session(self, play: _Play, frames: Iterator[Frame], moments: list[Moment]) -> Iterator[Row]:
        with self._session(play) as (session, flight):
            try:
                for step in self._timed(play, merge(frames, moments, play.grid, self._max_batch)):
                    if isinstance(step, Batch):
                        yield from self._watch(play, session, step)
                    else:
                        yield from self._ask_all(play, session, flight, step.questions)
            except (Exception, SystemExit):
                yield from self._rows(play, flight.land_all())
                raise
            yield from self._rows(play, flight.land_all())
        yield from self._last_words(play, session)

    def _session_per_view(
        self, play: _Play, control: Control, frames: Iterator[Frame], moments: list[Moment]
    ) -> Iterator[Row]:
        viewings = Viewings(control, play.job.stream, moments, play.grid, self._settings.seed)
        for step in self._timed(play, merge(frames, moments, play.grid, self._max_batch)):
            if isinstance(step, Batch):
                viewings.keep(step.frames)
                continue
            for view in viewings.at(step, self._max_batch):
                if not any(question.question_id in play.pending for question in view.questions):
                    continue
                with self._session(play) as (session, flight):
                    play.seen = Seen()
                    for batch in view.batches:
                        yield from self._watch(play, session, batch)
                    yield from self._ask_all(play, session, flight, view.questions)
                    yield from self._rows(play, flight.land_all())
                yield from self._last_words(play, session)

    def _last_words(self, play: _Play, session: Session, under: Question | None = None) -> Iterator[Row]:
        """Give what a session said when it was closed."""
        last = play.seen.last
        for utterance in session.last_words if isinstance(session, SpeaksAtClose) else ():
            yield play.rows.said(utterance, under, within=None if last is None else (last, last))

    def _timed(self, play: _Play, steps: Iterator[Batch | Moment]) -> Iterator[Batch | Moment]:
        """Give the steps, counting the time that getting them takes (waiting for the decoder) as watching."""
        while True:
            begun = now()
            step = next(steps, None)
            play.watch_ns += now() - begun
            if step is None:
                return
            yield step

    def _watch(self, play: _Play, session: Session, batch: Batch, *, under: Question | None = None) -> Iterator[Row]:
        begun = now()
        utterances = play.watcher.watch(session, batch)
        play.watch_ns += now() - begun
        # A decision that was held back at the frame before these is only taken now.
        earliest = batch.frames[0].position if play.seen.last is None else play.seen.last
        play.seen = Seen(frames=play.seen.frames + len(batch.frames), last=batch.frames[-1].position)
        for utterance in utterances:
            yield play.rows.said(utterance, under, within=(earliest, batch.frames[-1].position))

    def _ask_all(self, play: _Play, session: Session, flight: Flight, questions: Sequence[Question]) -> Iterator[Row]:
        for question in questions:
            if question.question_id not in play.pending:
                continue
            prompt, generation = self._settings.render(question), self._generation(play, question)
            yield from self._rows(play, flight.ask(session, question, prompt, generation, play.seen))

    def _rows(self, play: _Play, landed: Iterator[Landed]) -> Iterator[Row]:
        for one in landed:
            asked, outcome = one.asked, one.outcome
            del play.pending[asked.question.question_id]
            if isinstance(outcome, Answer):
                yield play.rows.answered(asked.question, outcome, asked.seen, asked.started_at)
            else:
                yield play.rows.failed(asked.question, outcome, asked.seen)

    @contextmanager
    def _session(self, play: _Play) -> Iterator[tuple[Session, Flight]]:
        """Give a new session and what will be in flight to it; both are let go of in the end."""
        assert self._model is not None
        session = self._open_session(play)
        flight = Flight(min(self._settings.concurrency, self._model.input.concurrent_asks))
        try:
            yield session, flight
        finally:
            flight.give_up()
            session.close()

    def _open_session(self, play: _Play) -> Session:
        assert self._model is not None
        unit = play.job.stream.unit
        return self._model.open(
            StreamInfo(
                unit=unit,
                fps=self._settings.fps if unit == "second" else None,
                seed=derive_seed(self._settings.seed, play.job.stream.stream_id),
            )
        )

    def _generation(self, play: _Play, question: Question) -> Generation:
        seed = derive_seed(self._settings.seed, play.job.stream.stream_id, question.question_id)
        return Generation(max_new_tokens=self._settings.max_new_tokens, seed=seed)

    @property
    def _max_batch(self) -> int:
        assert self._model is not None
        return self._model.input.max_batch


def _answer_of(control: Control, job: StreamJob, question: Question) -> str | None:
    if job.answers is not None:
        return job.answers[question.question_id]
    return constant_answer(question) if control.kind == "constant" else oracle_answer(question)


def _seconds_watched(play: _Play) -> float | None:
    """Seconds of the stream that the frames taken in stand for: n frames last n steps of the grid.

    None for ranks, and where frames are left out or shown more than once.
    """
    if play.job.stream.unit != "second" or (play.job.control is not None and play.job.control.fresh_sessions):
        return None
    return (play.grid.position(play.watcher.frames) - play.grid.start) / NANOSECONDS
