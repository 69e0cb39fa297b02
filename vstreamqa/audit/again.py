"""Load a run's model and sources again, from what its manifest says was asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.asked import request_in
from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.reference import Due, ReferenceOpener, reference_frames
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.finding import Finding
from vstreamqa.audit.media import same_media
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.telling import failed_if
from vstreamqa.errors import UserError
from vstreamqa.evaluation import is_demo, load_prepared, model_settings, opener, replay_settings
from vstreamqa.models.base import Closable, StreamingModel
from vstreamqa.request import EvalRequest, Prepared, prepare
from vstreamqa.schema import PlanRow, Stream

NAME = "same model and data"
More = Callable[[Sequence[Sample]], Sequence[Finding]]
"""What is found out about sampled questions besides asking them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What is to be found at another place than when the run was made; None where it is at the same.

    Attributes:
        data: folder of the suites.
        device: torch device.
        base_url: where the server of a served model is.
    """

    data: Path | None = None
    device: str | None = None
    base_url: str | None = None


def request_of(run: RunRecords, elsewhere: Elsewhere) -> EvalRequest:
    """Return what a run was asked for.

    Raises:
        UserError: the run does not say, or it says what this version does not know.
    """
    asked = request_in(run.path, run.manifest, dataclasses.asdict(elsewhere))
    if asked is None:
        raise UserError(
            f"{run.path}: was made by a version that did not write down what was asked for, so its model cannot be "
            "loaded again; audit its records alone with --no-model"
        )
    return asked


@contextmanager
def loaded_again(run: RunRecords, elsewhere: Elsewhere) -> Iterator[tuple[Bench, More]]:
    """Give a run's model, loaded again, with its sources, and what finds whether they are the run's.

    Raises:
        UserError: the model or the data are not at hand.
        MediaError: a video cannot be opened.
    """
    prepared = prepare(request_of(run, elsewhere))
    model, options = load_prepared(prepared)
    try:
        settings = model_settings(prepared, model, options)
        bench = Bench(
            model=model,
            open_stream=opener(prepared, model),
            reference=_reference(prepared, model),
            settings=replay_settings(prepared, model, run.manifest.run_id),
        )
        same = _same(run, prepared, settings)
        yield bench, lambda samples: [same, *same_media(prepared.configs, samples)]
    finally:
        if isinstance(model, Closable):
            model.close()


def _reference(prepared: Prepared, model: StreamingModel) -> ReferenceOpener | None:
    from vstreamqa.video import Resize

    roots = {(config.suite, config.config): config.root for config in prepared.configs}
    spec = model.input
    resize = None if spec.size is None else Resize(spec.size, spec.fit, spec.filter)

    def open_reference(suite: str, config: str, stream: Stream) -> Iterator[Due]:
        return reference_frames(stream.media, roots[suite, config], stream, fps=spec.fps, resize=resize)

    # What decord makes of a video is not to the pixel what PyAV does.
    return open_reference if prepared.request.reader == "pyav" else None


def _same(run: RunRecords, prepared: Prepared, settings: dict[str, Any]) -> Finding:
    faults = [
        f"model: {name} was {was!r}, is {now!r}"
        for name in sorted({*run.manifest.model, *settings})
        if (was := run.manifest.model.get(name)) != (now := msgspec.to_builtins(settings.get(name)))
    ]
    faults += [
        f"{suite['suite']}/{suite['config']}: its data are {now[0] if now else 'not there'}, were {suite['data']}"
        for suite in run.manifest.task.get("suites", ())
        if (now := [c.data_hash for c in prepared.configs if (c.suite, c.config) == (suite["suite"], suite["config"])])
        != [suite["data"]]
    ]
    if run.manifest.demo != (demo := is_demo(prepared)):
        faults.append(f"a demonstration: the manifest says {run.manifest.demo}, and it is {demo}")
    faults += _other_rows(run.plan, prepared.plan.rows)
    return failed_if(
        faults,
        check=NAME,
        found=f"model {run.manifest.model.get('model')}, {len(run.plan)} planned questions",
        good="settings, data and plan, golds included, are those of the run",
        bad="what is asked again is not what the run was: its plan was changed, or model or data are others now",
    )


def _other_rows(was: Sequence[PlanRow], now: Sequence[PlanRow]) -> list[str]:
    planned = {(row.suite, row.config, row.question.question_id): row for row in now}
    found = []
    for row in was:
        again = planned.pop((row.suite, row.config, row.question.question_id), None)
        if again is None or (row.question, row.stream) != (again.question, again.stream):
            what = "is not in the suite" if again is None else "is not as the suite has it"
            found.append(f"{row.suite}/{row.config} {row.question.question_id!r} {what}")
        elif lost := [name or "the model" for name in again.controls if name not in row.controls]:
            found.append(f"{row.suite}/{row.config} {row.question.question_id!r} lacks {', '.join(lost)} in the plan")
    return [*found, *(f"{'/'.join(key[:2])} {key[2]!r} is not in the plan" for key in planned)]
