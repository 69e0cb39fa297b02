"""One file to send to a colleague: tables, drawings, settings, audit; it needs nothing beside it."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from kept_runs import keep_run
from scored import a_plan_row, a_question, an_answer

from vstreamqa.audit.run import audit_records
from vstreamqa.cli.main import run
from vstreamqa.results import score_run_folder
from vstreamqa.runs.folder import MANIFEST, PREDICTIONS, STREAMS
from vstreamqa.runs.lines import encode_line
from vstreamqa.schema import MemoryPoint, StreamRecord

EVIL = "</td><script>alert(1)</script><img src=x onerror=alert(1)>"


def kept(path: Path, *, text: str = "blue", category: str = "Colour", model: str = "fake") -> Path:
    """A run with two categories, a floor, latencies and memory."""
    controls = (None, "blind")
    plan = [
        a_plan_row(
            a_question(f"{video}{at}", source_id=video, stream_id=video, answer="red", category=name),
            controls=controls,
        )
        for video in "vwx"
        for at, name in enumerate((category, "Shape"))
    ]
    answers = [
        an_answer(
            "red" if control is None and at % 2 == 0 else text,
            question_id=row.question.question_id,
            control=control,
            ttft_ns=1_000_000 * (at + 1),
            answer_latency_ns=2_000_000 * (at + 1),
        )
        for control in controls
        for at, row in enumerate(plan)
    ]
    keep_run(path, plan, answers, model=model, command=f"vstreamqa eval --model {model}")
    record = StreamRecord(
        suite="mini",
        config="rvs-ego",
        stream_id="v",
        control=None,
        frames=2,
        dropped_frames=0,
        watch_ns=1,
        decode_ns=1,
        rtfx=1.0,
        frame_latency_ns=None,
        deadline_misses=None,
        memory=tuple(MemoryPoint(frames=at, host_rss_bytes=1 << 20) for at in (1, 2)),
        status="complete",
    )
    (path / STREAMS).write_bytes(encode_line(record))
    manifest = json.loads((path / MANIFEST).read_text())
    asked = {"suite": "mini", "config": "rvs-ego", "data": "d", "questions": len(plan), "questions_hash": "h"}
    manifest["task"] = {"suites": [asked], "clock": "logical"}
    (path / MANIFEST).write_text(json.dumps(manifest))
    score_run_folder(path)
    return path


def html(capsys: pytest.CaptureFixture[str], *paths: Path) -> str:
    capsys.readouterr()
    assert run(["report", *map(str, paths), "--format", "html"]) == 0
    return capsys.readouterr().out


def drawings(text: str) -> list[str]:
    found = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", text)
    return [base64.b64decode(one).decode() for one in found]


def test_it_holds_tables_drawings_and_all_three_specs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = html(capsys, kept(tmp_path / "run"))
    for title in ("Accuracy by category", "How long answers took", "Memory over frames"):
        assert f"<h2>{title}</h2>" in text
    for part in ("what was asked (task)", "what answered (model)", "how it was scored (scoring)"):
        assert f"<h3>{part}</h3>" in text
    for name, value in (("decoding.max_new_tokens", "8"), ("rule", "strict"), ("clock", "logical")):
        assert f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' in text
    assert "floor: blind" in text
    assert "<code>vstreamqa eval --model fake</code>" in text
    assert "not audited" in text
    texts = {one.text for one in ElementTree.fromstring(drawings(text)[0]).iter() if one.text}
    assert {"all", "Colour", "Shape", "model", "floor: blind", "accuracy (%)"} <= texts


def test_it_needs_nothing_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = html(capsys, kept(tmp_path / "run"))
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|https?://|@import|url\(", re.sub(r"base64,[^\"]+", "", text))
    assert not re.findall(r"(?:src|href)=\"(?!data:|#)", text)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = kept(tmp_path / "run")
    assert html(capsys, path) == html(capsys, path)


def test_what_a_run_says_is_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = kept(tmp_path / "run", text=EVIL, category=EVIL, model=EVIL)
    manifest = json.loads((path / MANIFEST).read_text())
    manifest["model"]["options"] = {EVIL: EVIL}
    (path / MANIFEST).write_text(json.dumps(manifest))
    text = html(capsys, path)
    assert "<script" not in text
    assert "<img src=x" not in text
    assert not any("<script" in one or "onerror=alert(1)>" in one for one in drawings(text))


def test_an_audit_stands_in_it_and_is_void_once_the_run_has_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = kept(tmp_path / "run")
    certificate = audit_records(path)
    text = html(capsys, path)
    assert '<li class="valid">valid: ' in text
    assert all(f"<td>{one.check}</td>" in text for one in certificate.findings)
    lines = (path / PREDICTIONS).read_text().splitlines(keepends=True)
    (path / PREDICTIONS).write_text("".join(reversed(lines)))
    text = html(capsys, path)
    assert '<li class="void">VOID: changed since the audit: predictions.jsonl; audit it again</li>' in text


def test_several_runs_say_whose_settings_and_audit_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = kept(tmp_path / "one", model="first"), kept(tmp_path / "two", model="second")
    audit_records(one)
    text = html(capsys, one, two)
    for part in ("Settings: first", "Settings: second", "Audit: first", "second: not audited"):
        assert part in text
