"""Read the annotations of all configs from whichever layout is there, and check them against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vstreamqa.build.findings import Findings
from vstreamqa.build.vstream_qa.official import official_files, read_official
from vstreamqa.build.vstream_qa.records import (
    ANSWER_TYPES,
    CLIPS,
    CONFIGS,
    REKV_WINDOWS,
    AnnotatedQuestion,
    Annotations,
    footage_of,
)
from vstreamqa.build.vstream_qa.rekv import read_rekv, rekv_files
from vstreamqa.errors import UserError
from vstreamqa.suites.scope import is_unclear, names_scope

Pair = tuple[str, str]
_ODD_FRAMES = 2
"""Frames by which a clip at one a second may differ from its length in seconds."""


def read_annotations(root: Path, findings: Findings) -> list[Annotations]:
    """Read every config whose annotations are below a folder, the official ones where both layouts are there.

    A question without an answer type gets that of the same question and answer in another file.

    Raises:
        UserError: there is no such folder, no annotations in it, or a file cannot be read.
    """
    if not root.is_dir():
        raise UserError(f"{root}: no such folder; name the folder of the annotations with --annotations")
    rekv = rekv_files(root)
    found: list[Annotations] = []
    beside: list[Annotations] = []
    for config in CONFIGS:
        files = official_files(config, root)
        other = rekv.get(footage_of(config))
        if files is not None:
            found.append(read_official(config, files, findings))
            if other is not None:
                beside.append(read_rekv(config, other, findings))
                _compare(found[-1], beside[-1], findings)
        elif other is not None:
            found.append(read_rekv(config, other, findings))
    if not found:
        raise UserError(
            f"{root}: holds no annotations of VStream-QA; expected vstream-realtime/test_qa_ego4d.json and the like, "
            "or files of the ReKV layout"
        )
    restored = _restore_types(found, beside, findings)
    for one in restored:
        _check(one, findings)
    return restored


def _compare(official: Annotations, other: Annotations, findings: Findings) -> None:
    """Note where the two layouts disagree; the official one is used."""
    ours = {question.question_id for question in official.questions}
    theirs = {question.question_id for question in other.questions}
    for missing, name in ((ours - theirs, other.file), (theirs - ours, official.file)):
        if missing:
            text = f"{len(missing)} questions of the other layout are not in it, e.g. {min(missing)}"
            findings.note("note", f"{official.config}, {name}", f"{text}; the official files are used")


def _restore_types(
    found: Sequence[Annotations], beside: Sequence[Annotations], findings: Findings
) -> list[Annotations]:
    known: dict[Pair, set[str]] = {}
    for one in (*found, *beside):
        for question in one.questions:
            if question.category is not None:
                known.setdefault((question.text, question.answer), set()).add(question.category)
    return [replace(one, questions=tuple(_typed(one, known, findings))) for one in found]


def _typed(one: Annotations, known: Mapping[Pair, set[str]], findings: Findings) -> Iterable[AnnotatedQuestion]:
    restored = without = 0
    questions = []
    for question in one.questions:
        types = known.get((question.text, question.answer), set())
        if question.category is None and len(types) == 1:
            questions.append(replace(question, category=next(iter(types))))
            restored += 1
            continue
        questions.append(question)
        without += question.category is None
        if question.category is None and types:
            findings.note("type", question.place, f"answer type is one of {sorted(types)} elsewhere; left open")
        if question.category not in (None, *ANSWER_TYPES):
            findings.note("type", question.place, f"answer_type {question.category!r} is none of the five; kept")
    if restored:
        findings.note("type", one.config, f"{restored} answer types restored by question and answer")
    if without:
        findings.note("type", one.config, f"{without} questions have no answer type, and no other file has it")
    return questions


def _check(one: Annotations, findings: Findings) -> None:
    _check_clips(one, findings)
    _check_lengths(one, findings)
    times: Counter[Pair] = Counter((question.source, question.text) for question in one.questions)
    for (source, text), count in times.items():
        if count > 1:
            findings.note("duplicate", one.config, f"{text!r} is asked {count} times about {source}; all are kept")
    for question in one.questions:
        if is_unclear(question.answer):
            findings.note("unclear", question.place, f"answer {question.answer!r} says that there is none; kept")
    scoped = sum(names_scope(question.text) for question in one.questions)
    if scoped:
        share = f"{scoped} of {len(one.questions)} questions"
        meaning = "under a longer prefix they still mean the evidence window" if one.config == "rvs-ego" else "kept"
        findings.note("scope", one.config, f"{share} name the clip or the video; {meaning}")


def _check_lengths(one: Annotations, findings: Findings) -> None:
    """Note questions whose stated number of frames is not that of their clip; of films only a folder can tell it."""
    if footage_of(one.config) != "ego":
        return
    lengths = {clip.clip_id: clip.end.number - clip.start.number for clip in one.clips}
    odd = [q for q in one.questions if q.frames is not None and abs(q.frames - lengths[q.clip_id]) > _ODD_FRAMES]
    if odd:
        stated = f"duration {odd[0].frames} of a clip of {lengths[odd[0].clip_id]} s"
        findings.note("length", odd[0].place, f"{stated}; {len(odd)} questions of {one.config} are like it")


def _check_clips(one: Annotations, findings: Findings) -> None:
    expected = (CLIPS if one.layout == "official" else REKV_WINDOWS)[one.config]
    if len(one.clips) != expected:
        text = f"{len(one.clips)} clips where {expected} are expected"
        findings.lack("count", f"{one.config}, {one.file}", f"{text}; fetch the annotations again")
    elif expected != CLIPS[one.config]:
        text = f"the ReKV layout has no clip table: {expected} windows are told from the questions"
        findings.note("count", one.config, f"{text}, the official table has {CLIPS[one.config]} clips")
