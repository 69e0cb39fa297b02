"""Whether the compact rows of a submission are well formed, complete, and judged by one hand."""

from __future__ import annotations

from collections.abc import Iterator

from vstreamqa.leaderboard.submission import ANSWERED, CODES, DIGITS, FORMATS, LISTENED, ArmRows, ConfigRows
from vstreamqa.schema import Manifest

_RULES = ("strict/", "native/")
_FLOORS = ("constant", "blind")


def malformed(rows: ConfigRows) -> Iterator[str]:
    """Yield what does not fit together in the rows of a config; nothing else may be looked at before it does."""
    where, n = f"rows, {rows.suite}/{rows.config}", len(rows.questions)
    if len(set(rows.questions)) < n:
        yield f"{where}: questions: one stands there twice"
    for name in ("source_of", "category_of", "formats", "dialogues"):
        if getattr(rows, name) is not None and len(getattr(rows, name)) != n:
            yield f"{where}: {name}: {len(getattr(rows, name))} entries for {n} questions"
    if any(place >= len(rows.sources) for place in rows.source_of):
        yield f"{where}: source_of: counts beyond the sources"
    if any(place is not None and place >= len(rows.categories) for place in rows.category_of):
        yield f"{where}: category_of: counts beyond the categories"
    if strange := set(rows.formats) - set(FORMATS):
        yield f"{where}: formats: {min(strange)!r} means nothing; known: {''.join(FORMATS)}"
    if len({arm.control for arm in rows.arms}) < len(rows.arms):
        yield f"{where}: arms: a control stands there twice"
    for arm in rows.arms:
        for line in _arm_shape(rows, arm):
            yield f"{where}, {arm.control or 'model'}: {line}"


def _arm_shape(rows: ConfigRows, arm: ArmRows) -> Iterator[str]:
    n = len(rows.questions)
    for name, alphabet in (("answered", ANSWERED), ("verdicts", CODES), ("by", DIGITS)):
        text = getattr(arm, name)
        if len(text) != n:
            yield f"{name}: {len(text)} characters for {n} questions"
        if strange := set(text) - set(alphabet):
            yield f"{name}: {sorted(strange)[0]!r} means nothing; known: {alphabet}"
        elif name == "by" and any(int(by, 36) >= len(rows.deciders) for by in text):
            yield "by: counts beyond the deciders"
    if arm.scores is not None and len(arm.scores) != n:
        yield f"scores: {len(arm.scores)} for {n} questions"
    if any(score is not None and not 0 <= score <= 5 for score in arm.scores or ()):
        yield "scores: one lies outside 0 to 5"
    if [one.question for one in arm.heard] != [place for place, one in enumerate(rows.formats) if one == LISTENED]:
        yield "heard: not one for every proactive question"
    if any(one.hits > min(one.events, one.said) or (one.right or 0) > one.hits for one in arm.heard):
        yield "heard: more hits than events or utterances, or more right ones than hits"


def incomplete(rows: ConfigRows) -> Iterator[str]:
    """Yield which arm, answer or verdict is missing."""
    where = f"rows, {rows.suite}/{rows.config}"
    controls = {arm.control for arm in rows.arms}
    if None not in controls:
        yield f"{where}: no row of the model itself"
    # A proactive question is listened for over a whole stream, so there is no blind answer to it.
    needed = _FLOORS[:1] if set(rows.formats) == {LISTENED} else _FLOORS
    for floor in needed:
        if floor not in controls:
            yield f"{where}: the floor {floor!r} was not run; run it with --floors cheap"
    for arm in rows.arms:
        if missing := arm.answered.count("-"):
            yield f"{where}, {arm.control or 'model'}: {missing} planned rows were never asked; finish the run"
        asked = [code for code, kind in zip(arm.verdicts, rows.formats, strict=True) if kind != LISTENED]
        if undecided := asked.count("?") + asked.count("!"):
            yield (
                f"{where}, {arm.control or 'model'}: {undecided} answers have no verdict, so that there is no overall "
                "figure; score the run with --judge"
            )


def mixed_judges(rows: ConfigRows, manifest: Manifest) -> Iterator[str]:
    """Yield who decided besides rules and the judge that the scoring names."""
    judge = manifest.scoring.get("judge")
    used = {rows.deciders[int(by, 36)] for arm in rows.arms for by in arm.by}
    others = sorted(one for one in used if one != judge and not one.startswith(_RULES))
    if others:
        named = "names no judge" if judge is None else f"names {judge!r}"
        yield (
            f"rows, {rows.suite}/{rows.config}: deciders: {', '.join(map(repr, others))} decided, but manifest.scoring "
            f"{named}; verdicts of several judges are no one figure: score the run again with one"
        )
