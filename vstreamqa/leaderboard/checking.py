"""Whether a submission is whole, and whether its figures follow from what it carries.

Every check yields lines of the form `field: what is wrong`; a submission is refused if there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.leaderboard.figures import figure_problems
from vstreamqa.leaderboard.files import read_file
from vstreamqa.leaderboard.packing import Label, pack
from vstreamqa.leaderboard.submission import ANSWERED, CODES, VERSION, ArmRows, ConfigRows, Submission, digest
from vstreamqa.schema import Manifest

_TASK = ("suites", "context", "clock", "prompt")
_MODEL = ("model", "checkpoint", "options", "fps", "pixels", "decoding", "dtype", "seed")
_SCORING = ("rule", "version", "judge", "averaging")
_TEXTS = {"task": ("context", "clock"), "model": ("model", "checkpoint", "dtype"), "scoring": ("rule", "averaging")}
_RULES = ("strict/", "native/")
_FLOORS = ("constant", "blind")


class _Versioned(msgspec.Struct):
    version: int


def read_submission(path: Path) -> Submission:
    """Read a submission.

    Raises:
        UserError: it has another version of the schema, or a field that is missing, unknown or malformed.
    """
    version = read_file(path, _Versioned).version
    if version != VERSION:
        raise UserError(f"{path}: version: {version}, this vstreamqa reads {VERSION}; pack the run again with it")
    return read_file(path, Submission)


def problems(path: Path, run: Path | None = None) -> list[str]:
    """Return what is wrong with a submission, a line each, every line naming file and field; none if it may stand.

    Args:
        path: the file.
        run: the run folder it was packed from, if that is at hand: then its files and all figures are compared too.
    """
    try:
        submission = read_submission(path)
        found = list(_problems(path, submission))
        if not found and run is not None:
            found = list(_against(submission, run))
    except UserError as error:
        message = str(error)
        return [message if message.startswith(str(path)) else f"{path}: {message}"]
    return [f"{path}: {problem}" for problem in found]


def _problems(path: Path, submission: Submission) -> Iterator[str]:
    if submission.name != path.stem:
        yield f"name: {submission.name!r}, but the file is called {path.name}; they must agree"
    if digest(read_file(path, dict[str, Any])) != submission.digest:
        yield "digest: it is not that of the content; the file was edited or damaged after it was packed"
    yield from _specs(submission.manifest)
    shape = [*_configs(submission), *(line for rows in submission.rows for line in _shape(rows))]
    yield from shape
    if not shape:
        for rows in submission.rows:
            yield from _whole(rows)
            yield from _one_judge(rows, submission.manifest)
        yield from figure_problems(submission)


def _specs(manifest: Manifest) -> Iterator[str]:
    for name, keys in (("task", _TASK), ("model", _MODEL), ("scoring", _SCORING)):
        spec = getattr(manifest, name)
        for key in keys:
            if key not in spec:
                yield f"manifest.{name}: {key!r} is missing; pack the run again with the version that made it"
        for key in _TEXTS[name]:
            if key in spec and not isinstance(spec[key], str):
                yield f"manifest.{name}.{key}: {spec[key]!r} is no text"
        stated = getattr(manifest, f"{name}_hash")
        if (real := spec_hash(spec)) != stated:
            yield f"manifest.{name}_hash: {stated}, but {name} hashes to {real}; one of them was changed"


def _configs(submission: Submission) -> Iterator[str]:
    planned = submission.manifest.task.get("suites")
    if not isinstance(planned, list) or not all(isinstance(one, dict) for one in planned):
        yield "manifest.task.suites: no list of suites"
        return
    expected = {(one.get("suite"), one.get("config")): one.get("questions") for one in planned}
    found = {(rows.suite, rows.config): len(rows.questions) for rows in submission.rows}
    if len(found) < len(submission.rows):
        yield "rows: a config stands there twice"
    for key in sorted({*expected, *found}, key=str):
        if expected.get(key) != found.get(key):
            yield (
                f"rows: {key[0]}/{key[1]} has {found.get(key, 0)} questions, "
                f"manifest.task says {expected.get(key, 0)}; submit every planned row"
            )


def _shape(rows: ConfigRows) -> Iterator[str]:
    where, n = f"rows, {rows.suite}/{rows.config}", len(rows.questions)
    if len(set(rows.questions)) < n:
        yield f"{where}: questions: one stands there twice"
    for name in ("source_of", "category_of", "proactive"):
        if len(getattr(rows, name)) != n:
            yield f"{where}: {name}: {len(getattr(rows, name))} entries for {n} questions"
    if any(place >= len(rows.sources) for place in rows.source_of):
        yield f"{where}: source_of: counts beyond the sources"
    if any(place is not None and place >= len(rows.categories) for place in rows.category_of):
        yield f"{where}: category_of: counts beyond the categories"
    if set(rows.proactive) - {"0", "1"}:
        yield f"{where}: proactive: other characters than 0 and 1"
    if len({arm.control for arm in rows.arms}) < len(rows.arms):
        yield f"{where}: arms: a control stands there twice"
    for arm in rows.arms:
        for line in _arm_shape(rows, arm):
            yield f"{where}, {arm.control or 'model'}: {line}"


def _arm_shape(rows: ConfigRows, arm: ArmRows) -> Iterator[str]:
    n = len(rows.questions)
    for name, alphabet in (("answered", ANSWERED), ("verdicts", CODES), ("by", "0123456789abcdefghijklmnopqrstuvwxyz")):
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
    if [one.question for one in arm.heard] != [place for place, one in enumerate(rows.proactive) if one == "1"]:
        yield "heard: not one for every proactive question"
    if any(one.hits > min(one.events, one.said) or (one.right or 0) > one.hits for one in arm.heard):
        yield "heard: more hits than events or utterances, or more right ones than hits"


def _whole(rows: ConfigRows) -> Iterator[str]:
    where = f"rows, {rows.suite}/{rows.config}"
    controls = {arm.control for arm in rows.arms}
    if None not in controls:
        yield f"{where}: no row of the model itself"
    # A proactive question is listened for over a whole stream, so there is no blind answer to it.
    needed = _FLOORS[:1] if set(rows.proactive) == {"1"} else _FLOORS
    for floor in needed:
        if floor not in controls:
            yield f"{where}: the floor {floor!r} was not run; run it with --floors cheap"
    for arm in rows.arms:
        if missing := arm.answered.count("-"):
            yield f"{where}, {arm.control or 'model'}: {missing} planned rows were never asked; finish the run"
        asked = [code for code, proactive in zip(arm.verdicts, rows.proactive, strict=True) if proactive == "0"]
        if undecided := asked.count("?") + asked.count("!"):
            yield (
                f"{where}, {arm.control or 'model'}: {undecided} answers have no verdict, so that there is no overall "
                "figure; score the run with --judge"
            )


def _one_judge(rows: ConfigRows, manifest: Manifest) -> Iterator[str]:
    judge = manifest.scoring.get("judge")
    used = {rows.deciders[int(by, 36)] for arm in rows.arms for by in arm.by}
    others = sorted(one for one in used if one != judge and not one.startswith(_RULES))
    if others:
        named = "names no judge" if judge is None else f"names {judge!r}"
        yield (
            f"rows, {rows.suite}/{rows.config}: deciders: {', '.join(map(repr, others))} decided, but manifest.scoring "
            f"{named}; verdicts of several judges are no one figure: score the run again with one"
        )


def _against(submission: Submission, run: Path) -> Iterator[str]:
    label = Label(name=submission.name, title=submission.title, by=submission.by, link=submission.link)
    mine, theirs = msgspec.to_builtins(pack(run, label)), msgspec.to_builtins(submission)
    for name, real in mine["files"].items():
        if theirs["files"].get(name) != real:
            yield f"files.{name}: not the SHA-256 of {run / name}"
    for key in ("manifest", "summary", "rows", "courses", "certificate"):
        if mine[key] != theirs[key]:
            yield f"{key}: not what {run} says; pack the run again"
