from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from board import a_board_folder

from vstreamqa.errors import UserError
from vstreamqa.leaderboard.building import leaderboard_folder
from vstreamqa.leaderboard.published import Claim, read_published
from vstreamqa.leaderboard.remarks import read_remarks

FOLDER = leaderboard_folder()
VARIABLE = "VSTREAMQA_PUBLISHED"
ROW = {
    "model": "M",
    "suite": "S",
    "split": "T",
    "metric": "accuracy",
    "value": 51.5,
    "unit": "%",
    "settings": "judge gpt-x",
    "judge": "gpt-x",
    "hardware": None,
    "table": "Table 1",
    "verified": True,
    "source_kind": "paper or authors repository",
}
SOURCE = {"title": "A paper", "arxiv_id": None, "url": None}


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    return read_published(FOLDER / "published")


def fields(row: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("model", "suite", "split", "metric", "value", "unit", "hardware", "source_title", "arxiv_id", "table")
    return (*(row[name] for name in names), row["url"], row["verified"], row["source_kind"], row["settings"] or None)


def taken_over(claims: Iterable[Claim]) -> Counter[tuple[Any, ...]]:
    return Counter(
        fields(
            {name: getattr(claim.row, name) for name in claim.row.__struct_fields__}
            | {"source_title": claim.source.title, "arxiv_id": claim.source.arxiv_id, "url": claim.source.url}
        )
        for claim in claims
    )


def test_every_figure_is_that_of_the_collection_it_was_taken_from(claims: list[Claim]) -> None:
    named = os.environ.get(VARIABLE)
    if not named:
        pytest.skip(f"{VARIABLE} names no collection of published figures")
    collected = json.loads(Path(named).read_text())
    assert len(claims) == len(collected)
    assert taken_over(claims) == Counter(map(fields, collected))


def test_a_printed_text_stays_a_text(claims: list[Claim]) -> None:
    texts = {claim.row.value for claim in claims if isinstance(claim.row.value, str)}
    assert {"10-15", "<1"} <= texts


def test_the_claim_and_its_re_run_stand_beside_each_other(claims: list[Claim]) -> None:
    remarks = read_remarks(FOLDER, claims)
    by_key = {claim.key: claim.row for claim in claims}
    pairs = {
        (by_key[key].value, by_key[other].value)
        for key, others in remarks.again.items()
        for other, _ in others
        if by_key[key].split == "RVS-Ego" and by_key[key].metric == "accuracy"
    }
    assert (57.3, 52.28) in pairs


def test_only_the_flash_vstream_of_2024_carries_the_warning(claims: list[Claim]) -> None:
    remarks = read_remarks(FOLDER, claims)
    by_key = {claim.key: claim.row for claim in claims}
    warned = [by_key[key] for key in remarks.warnings]
    assert len(warned) == 9
    assert all(row.model in ("Flash-VStream-7B (2024)", "Flash-VStream-7B 1fps") for row in warned)
    assert all("OVO-Bench" in row.split or "StreamingBench" in row.split for row in warned)
    (caution,) = {one for some in remarks.warnings.values() for one in some}
    assert caution.title == "probably answered without video"
    assert any("869" in line for line in caution.evidence)


def test_when_a_question_is_asked_is_stated_or_unknown(claims: list[Claim]) -> None:
    remarks = read_remarks(FOLDER, claims)
    assert remarks.asked("VStream-QA", "RVS-Ego") == "online"
    assert remarks.asked("VStream-QA", "VS-Ego") == "offline"
    assert remarks.asked("efficiency", "-") is None


def test_a_run_of_a_suite_is_asked_when_what_is_published_of_it_is(claims: list[Claim]) -> None:
    remarks = read_remarks(FOLDER, claims)
    assert remarks.asked("vstream-qa", "rvs-ego") == "online"
    assert remarks.asked("vstream-qa", "vs-movie") == "offline"
    assert remarks.asked("mini", "vs-ego") == "offline"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": 140.0}, r"one\.json, row 1 \(M\): value: 140.0 is impossible in the unit '%'"),
        ({"value": -1}, r"value: -1 is impossible"),
        ({"value": None}, r"one\.json: .*value"),
        ({"verified": "yes"}, r"one\.json: .*verified"),
        ({"source_kind": "rumour"}, r"one\.json: .*source_kind"),
        ({"judge": "gpt-y"}, r"judge: 'gpt-y' is not in the words of settings"),
        ({"model": ""}, r"one\.json: .*model"),
        ({"colour": "red"}, r"one\.json: .*colour"),
    ],
)
def test_an_impossible_row_is_refused_with_file_and_field(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"source": SOURCE, "rows": [ROW | change]}))
    with pytest.raises(UserError, match=message):
        read_published(tmp_path)


def test_a_missing_field_is_refused(tmp_path: Path) -> None:
    row = {name: value for name, value in ROW.items() if name != "hardware"}
    (tmp_path / "one.json").write_text(json.dumps({"source": SOURCE, "rows": [row]}))
    with pytest.raises(UserError, match=r"missing required field `hardware` - at `\$\.rows\[0\]`"):
        read_published(tmp_path)


def test_a_warning_about_nothing_is_refused(tmp_path: Path, claims: list[Claim]) -> None:
    folder = a_board_folder(tmp_path / "board")
    path = folder / "warnings.yaml"
    path.write_text("- {title: t, evidence: [e], rows: [{source: hermes, model: Nobody}]}\n")
    with pytest.raises(UserError, match=r"warnings\.yaml: source 'hermes', model 'Nobody' matches no published row"):
        read_remarks(folder, claims)
