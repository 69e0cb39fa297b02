from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vstreamqa.errors import UserError
from vstreamqa.pages.vendor import MANIFEST, VENDOR, vendored
from vstreamqa.resources import project_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(project_folder(f"leaderboard/site/{VENDOR}"), tmp_path / VENDOR))


def test_every_package_is_shipped_whole_with_its_licence_and_nothing_else_is(folder: Path) -> None:
    found = vendored(folder)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == set(found)
    assert any(name.startswith("licences/") for name in found)


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "vega.min.js").unlink()
    with pytest.raises(UserError, match=r"vega\.min\.js: cannot be read \(No such file or directory\); restore it"):
        vendored(folder)


@pytest.mark.parametrize(("text", "said"), [("[", "Input data was truncated"), ('[{"name": "x"}]', "missing required")])
def test_a_damaged_manifest_is_named(text: str, said: str, folder: Path) -> None:
    (folder / MANIFEST).write_text(text)
    with pytest.raises(UserError, match=rf"vendor\.json: .*{said}"):
        vendored(folder)
