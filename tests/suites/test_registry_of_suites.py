from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vstreamqa.errors import UserError
from vstreamqa.suites import load_suite
from vstreamqa.suites.describe import describe_suites


def test_every_suite_is_described_with_its_configs_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VSTREAMQA_DATA", str(tmp_path))
    described = describe_suites()
    assert "rvs-ego, rvs-movie, vs-ego, vs-movie" in described["mini"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("minni", "unknown suite 'minni'; did you mean 'mini'?"),
        ("nothing-like-it", "unknown suite 'nothing-like-it'; known: mini, river, vstream-qa"),
        ("mini/rvs-egg", "suite 'mini' has no config 'rvs-egg'; did you mean 'rvs-ego'?"),
        ("mini/", "suite 'mini' has no config ''; known: horizon, narration, rvs-ego, rvs-movie, vs-ego, vs-movie"),
        ("mini/rvs-ego/test", "suite 'mini' has no config 'rvs-ego/test'; did you mean 'rvs-ego'?"),
    ],
)
def test_an_unknown_name_is_answered_with_a_suggestion(name: str, expected: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="^" + expected.replace("?", r"\?") + "$"):
        load_suite(name, tmp_path)


def test_listing_suites_imports_no_heavy_library() -> None:
    code = (
        "import sys; from vstreamqa.suites.describe import describe_suites; describe_suites();"
        "print(sorted({'av', 'torch', 'transformers', 'PIL', 'scipy'} & set(sys.modules)))"
    )
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert listed.stdout.strip() == "[]"
