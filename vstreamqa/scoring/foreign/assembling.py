"""From the answers of a foreign file to planned questions and predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vstreamqa.errors import UserError
from vstreamqa.ids import question_id
from vstreamqa.schema import NOT_STATED, Media, PlanRow, Prediction, Question, Stream
from vstreamqa.scoring.foreign.items import Foreign, Found, Item


def assemble(found: Found, *, layout: str, suite: str, config: str) -> Foreign:
    """Put the answers of a file into records.

    Args:
        found: the answers.
        layout: how the file is laid out.
        suite: name of the suite.
        config: name of its config.

    Raises:
        UserError: a question stands there twice where it may not, or an id that was made is taken.
    """
    bases = [_base(item) for item in found.items]
    identities = _identities(found, bases)
    rows = list(zip(identities, found.items, strict=True))
    return Foreign(
        layout=layout,
        suite=suite,
        config=config,
        plan=[_planned(identity, item, suite, config) for identity, item in rows],
        predictions=[_predicted(identity, item, suite, config) for identity, item in rows],
        notes=[*found.notes, *_clip_notes(found, suite), *_notes(found.items, len(bases) - len(set(bases)))],
        kept={identity: item.kept for identity, item in rows if item.kept},
    )


def _base(item: Item) -> str:
    return item.identity or question_id(item.video, item.time, item.time, item.text, item.answer)


def _identities(found: Found, bases: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    taken: dict[str, Item] = {}
    for base, item in zip(bases, found.items, strict=True):
        identity = f"{base}_{seen[base]}" if seen[base] and found.repeatable else base
        seen[base] += 1
        before = taken.setdefault(identity, item)
        if before is not item:
            raise UserError(
                f"{item.place}: question {identity!r} stands already at {before.place}; keep one of the two"
            )
    return list(taken)


def _clip_notes(found: Found, suite: str) -> list[str]:
    if not found.clips or suite != "vstream-qa":
        return []
    return ["the file names clips, not the videos they were cut from (video_name): intervals are too narrow"]


def _notes(items: Sequence[Item], again: int) -> list[str]:
    notes = []
    silent = sum(not (item.said or "").strip() for item in items)
    if silent:
        notes.append(f"{silent} of {len(items)} rows hold no prediction: nothing was said, which is no right answer")
    if again:
        notes.append(f"{again} rows repeat a question; each counts on its own, with an id that ends in its occurrence")
    doubled = sum(len(set(item.options)) < len(item.options) for item in items if item.options)
    if doubled:
        notes.append(f"{doubled} questions have the same option twice")
    columns = sorted({name or "(no name)" for item in items for name in item.kept})
    if columns:
        notes.append(
            f"columns that are not read ({len(columns)}; --out keeps them in columns.jsonl): {', '.join(columns)}"
        )
    return notes


def _planned(identity: str, item: Item, suite: str, config: str) -> PlanRow:
    return PlanRow(
        suite=suite,
        config=config,
        question=Question(
            question_id=identity,
            stream_id=item.video,
            source_id=item.video,
            time=item.time,
            text=item.text,
            format=item.format,
            options=item.options,
            answer=item.answer,
            answer_index=item.answer_index,
            category=item.category,
        ),
        stream=Stream(
            stream_id=item.video,
            source_id=item.video,
            media=Media(kind="video", path=item.video),
            unit="second",
            start=0,
            end=item.time,
        ),
        controls=(None,),
    )


def _predicted(identity: str, item: Item, suite: str, config: str) -> Prediction:
    return Prediction(
        run_id=NOT_STATED,
        suite=suite,
        config=config,
        stream_id=item.video,
        source_id=item.video,
        question_id=identity,
        asked_at=item.time,
        prediction=item.said,
        status="answered",
        clock=NOT_STATED,
        started_at=NOT_STATED,
    )
