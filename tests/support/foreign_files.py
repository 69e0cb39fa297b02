"""Prediction files as other projects write them, in a few words."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def json_lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def csv_file(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def flash_row(identity: str = "v1_0", **fields: Any) -> dict[str, Any]:
    given = {"question": "What is it?", "answer": "a cat", "answer_type": "Scene Summary", "pred": "a cat"}
    return {"id": identity, **given, **fields}


def open_row(**fields: Any) -> dict[str, Any]:
    return {"video_id": "v1", "question": "What is it?", "answer": "a cat", "pred_answer": "a cat", **fields}


def choice_row(**fields: Any) -> dict[str, Any]:
    given = {
        "video_id": "v1",
        "question": "Which?",
        "choices": "['red', 'blue']",
        "answer": "blue",
        "correct_choice": "B",
        "pred_answer": "B) blue",
        "pred_choice": "B",
        "qa_acc": 100.0,
        "task": "colour",
    }
    return {**given, **fields}


def ovo_row(identity: int = 1, **fields: Any) -> dict[str, Any]:
    given = {
        "task": "OCR",
        "video": "v1.mp4",
        "realtime": 7.5,
        "question": "Which?",
        "answer": "red",
        "options": ["red", "blue", "green"],
        "gt": 1,
        "response": "B",
    }
    return {"id": identity, **given, **fields}
