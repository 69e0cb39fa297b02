"""Whether the figures of speaking unasked follow from the counts that a submission carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vstreamqa.leaderboard.stated import Key, key_of, place_of, plain, same
from vstreamqa.leaderboard.submission import ConfigRows, HeardRow
from vstreamqa.schema import Speaking, SummaryRow
from vstreamqa.scoring.speaking.timing import F1, Tally, f1, precision, recall


def spoken_problems(rows: ConfigRows, stated: Mapping[Key, SummaryRow]) -> Iterator[str]:
    """Yield every figure of speaking that does not follow from the counts.

    Delays, false alarms per minute and trivial policies need the moments of what was said, which are not carried.
    """
    names = [None, *rows.categories]
    for arm in rows.arms:
        for name in names:
            heard = [one for one in arm.heard if name is None or _category(rows, one) == name]
            row = stated.get((rows.suite, rows.config, name, arm.control))
            if not heard or row is None:
                continue
            where = place_of(key_of(row))
            if row.speaking is None:
                yield f"{where}: speaking: missing, though proactive questions were asked"
            else:
                yield from _spoken(where, rows, heard, row.speaking)


def _spoken(where: str, rows: ConfigRows, heard: Sequence[HeardRow], stated: Speaking) -> Iterator[str]:
    tallies = [_tally(rows, one, one.hits) for one in heard]
    right = [_tally(rows, one, one.right) for one in heard if one.right is not None]
    hits, said = sum(one.hits for one in heard), sum(one.said for one in heard)
    together, joint = f1(tallies), f1(right) if len(right) == len(heard) else None
    real = {
        "n_questions": len(heard),
        "n_answered": sum(one.answered for one in heard),
        "n_events": sum(one.events for one in heard),
        "n_utterances": said,
        "n_matched": hits,
        "precision": precision(tallies),
        "recall": recall(tallies),
        "f1": None if together is None else together.value,
        "f1_interval": _bounds(together),
        "clusters": 0 if together is None else together.clusters,
        "content_accuracy": sum(one.hits for one in right) / hits if len(right) == len(heard) and hits else None,
        "joint_f1": None if joint is None else joint.value,
        "joint_f1_interval": _bounds(joint),
        "repetition_rate": sum(one.repeated for one in heard) / said if said else None,
    }
    for name, found in real.items():
        if not same(getattr(stated, name), found):
            yield f"{where}: speaking.{name}: {plain(getattr(stated, name))}, but the rows give {plain(found)}"


def _tally(rows: ConfigRows, one: HeardRow, hits: int) -> Tally:
    source = rows.sources[rows.source_of[one.question]]
    return Tally(source_id=source, events=one.events, said=one.said, hits=hits)


def _category(rows: ConfigRows, one: HeardRow) -> str | None:
    place = rows.category_of[one.question]
    return None if place is None else rows.categories[place]


def _bounds(of: F1 | None) -> tuple[float, float] | None:
    return None if of is None or of.interval is None else (of.interval.low, of.interval.high)
