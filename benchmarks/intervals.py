"""How long the intervals of a whole VStream-QA take: 3,370 questions on 32 videos, five categories, several arms.

Timed are all accuracies of such a run with their intervals, its whole summary, and the comparison of the model with
every floor: paired intervals, tests and smallest detectable differences of every category. The dearest case stands
beside them: every question on a video of its own. No model is run; answers are drawn.

    python benchmarks/intervals.py [--quick]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from recording import record

from vstreamqa.report.entries import arms, categories, correctness
from vstreamqa.report.summary import summarise
from vstreamqa.schema import Media, PlanRow, Prediction, Question, Stream, Verdict
from vstreamqa.scoring.paired import paired_difference
from vstreamqa.scoring.statistics import BOOTSTRAP_FROM

VIDEOS = 32
QUESTIONS = 3370
KINDS = ("Scene Summary", "Action Caption", "Whether Something Happened(Y/N)", "Order Judging(Y/N)", "What event order")
ARMS = (None, "blind", "constant", "recent-window:60", "window")
SEED = 6


def planned() -> list[PlanRow]:
    """Return the questions, on videos of very different lengths, as one config: the case that resamples most."""
    rng = np.random.default_rng(SEED)
    share = rng.dirichlet(np.full(VIDEOS, 3.0))
    videos = np.sort(np.concatenate([np.arange(VIDEOS), rng.choice(VIDEOS, QUESTIONS - VIDEOS, p=share)]))
    return [_row(number, f"video-{video}", KINDS[number % len(KINDS)]) for number, video in enumerate(videos)]


def _row(number: int, video: str, kind: str) -> PlanRow:
    question = Question(
        question_id=f"q{number}",
        stream_id=video,
        source_id=video,
        time=number,
        text="What is it?",
        format="open",
        answer="a cup",
        category=kind,
    )
    media = Media(kind="video", path=f"{video}.mp4")
    stream = Stream(stream_id=video, source_id=video, media=media, unit="second", start=0, end=3600)
    return PlanRow(suite="vstream-qa", config="rvs", question=question, stream=stream, controls=ARMS)


def judged(plan: Sequence[PlanRow]) -> list[Verdict]:
    """Return drawn verdicts of every arm."""
    rng = np.random.default_rng(SEED)
    return [
        Verdict(
            suite=row.suite,
            config=row.config,
            question_id=row.question.question_id,
            control=control,
            correct=bool(rng.random() < 0.57),
            score=None,
            status="judged",
            by="benchmark",
        )
        for row in plan
        for control in row.controls
    ]


def compare(plan: Sequence[PlanRow], verdicts: Sequence[Verdict]) -> Iterator[object]:
    """Yield the comparison of the model with every floor, over all questions and in each category."""
    found = arms(plan, (), verdicts)
    own = found[("vstream-qa", "rvs", None)]
    for (_, _, control), others in found.items():
        for kind in (None, *KINDS) if control is not None else ():
            two = [
                (bool(a.verdict and a.verdict.correct), bool(b.verdict and b.verdict.correct), a.row.question.source_id)
                for a, b in zip(own, others, strict=True)
                if kind in (None, a.row.question.category)
            ]
            yield paired_difference([a for a, _, _ in two], [b for _, b, _ in two], [video for _, _, video in two])


def lines(plan: Sequence[PlanRow], verdicts: Sequence[Verdict]) -> Iterator[object]:
    """Yield the accuracy of every line of the table with its interval."""
    for entries in arms(plan, (), verdicts).values():
        yield correctness(entries)
        for kind in categories(entries):
            yield correctness([entry for entry in entries if entry.row.question.category == kind])


def seconds(work: Callable[[], object], times: int) -> float:
    """Return the median time that something takes."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return round(statistics.median(taken), 3)


def measure(times: int) -> dict[str, Any]:
    """Return the times, in seconds."""
    plan = planned()
    verdicts = judged(plan)
    nothing: list[Prediction] = []
    work: dict[str, Callable[[], object]] = {
        "one arm: accuracies with intervals": lambda: list(lines(_alone(plan), verdicts)),
        "one arm, 3,370 videos: accuracies with intervals": lambda: list(lines(_alone(_apart(plan)), verdicts)),
        "five arms: accuracies with intervals": lambda: list(lines(plan, verdicts)),
        "five arms: whole summary": lambda: summarise(plan, nothing, verdicts, []),
        "four comparisons with six lines each": lambda: list(compare(plan, verdicts)),
    }
    sizes = {"questions": QUESTIONS, "videos": VIDEOS, "videos from which on they are resampled": BOOTSTRAP_FROM}
    list(lines(plan, verdicts))  # SciPy is loaded on first use.
    return {**sizes, "seconds": {name: seconds(one, times) for name, one in work.items()}}


def _alone(plan: Sequence[PlanRow]) -> list[PlanRow]:
    return [replace(row, controls=(None,)) for row in plan]


def _apart(plan: Sequence[PlanRow]) -> list[PlanRow]:
    return [replace(row, question=replace(row.question, source_id=row.question.question_id)) for row in plan]


def main() -> None:
    """Measure, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="once, kept nowhere")
    arguments = parser.parse_args()
    figures = measure(1 if arguments.quick else 7)
    if arguments.quick:
        print(figures)
    else:
        record(Path(__file__), figures)


if __name__ == "__main__":
    main()
