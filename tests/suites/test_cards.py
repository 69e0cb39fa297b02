"""The cards of all suites: front matter the hub takes, and the configs that the suite has."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import DatasetCard

from vstreamqa.suites import SUITES, suite

CARDS = Path(__file__).parents[2] / "data_cards"
LICENCES = {"apache-2.0", "cc-by-nc-4.0", "unknown"}
"""Identifiers of the hub that the cards use."""
SIZES = {"n<1K", "1K<n<10K"}
TASKS = {"visual-question-answering", "video-text-to-text"}


@pytest.mark.parametrize("name", SUITES)
def test_every_suite_has_a_card_with_its_configs(name: str) -> None:
    card = DatasetCard((CARDS / f"{name}.md").read_text(encoding="utf-8"))
    data = card.data.to_dict()  # type: ignore[no-untyped-call]
    assert data["license"] in LICENCES
    assert set(data["size_categories"]) <= SIZES
    assert set(data["task_categories"]) <= TASKS
    assert [one["config_name"] for one in data["configs"]] == list(suite(name).configs)
    for one in data["configs"]:
        path = f"data/*/{one['config_name']}/questions.parquet"
        assert one["data_files"] == [{"split": "test", "path": path}]
    assert card.text.strip().startswith("# ")


def test_no_card_is_of_an_unknown_suite() -> None:
    assert {path.stem for path in CARDS.glob("*.md")} == set(SUITES)
