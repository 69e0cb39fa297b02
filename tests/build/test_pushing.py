"""What is uploaded of a suite, and what never is. The hub itself is a stand-in here."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from commands import make_clip, make_questions

from vstreamqa.build.assembling import Target
from vstreamqa.build.pushing import push, uploads
from vstreamqa.build.questions import build_questions
from vstreamqa.errors import UserError


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "videos").mkdir()
    make_clip(folder / "videos", seconds=2)
    rows = [{"question": "Is it there?", "time": 1, "answer": "Yes"}]
    build_questions(folder / "videos", make_questions(folder, rows), Target(suite="mine", out=folder / "out"))
    return folder / "out"


class Hub:
    """Stands in for the client of the hub and keeps what it is asked."""

    def __init__(self, files: list[str] | None = None, error: Exception | None = None) -> None:
        self.calls: list[tuple[str, Any]] = []
        self._files, self._error = files or [], error
        self.private = True

    def create_repo(self, repo: str, **settings: Any) -> None:
        if self._error is not None:
            raise self._error
        self.calls.append(("create", (repo, settings["repo_type"], settings["private"], settings["exist_ok"])))

    def repo_info(self, repo: str, **_: Any) -> Any:
        class Info:
            private = self.private

        return Info

    def list_repo_files(self, repo: str, **_: Any) -> list[str]:
        return self._files

    def create_commit(self, repo: str, operations: Any, **_: Any) -> Any:
        self.calls.append(("commit", [(type(one).__name__, one.path_in_repo) for one in operations]))

        class Commit:
            commit_url = f"hub/{repo}/commit/1"

        return Commit


def test_tables_index_and_card_are_uploaded_and_no_medium(built: Path) -> None:
    names = [path.as_posix() for path in uploads(built)]
    assert names[0] == "README.md"
    assert [Path(name).name for name in names[1:]] == ["suite.json", "questions.parquet", "streams.parquet"]
    assert not any("media" in name or ".build" in name for name in names)


def test_one_commit_adds_the_new_edition_and_removes_older_ones(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    current = [path.as_posix() for path in uploads(built)]
    hub = Hub([*current, "data/old/default/questions.parquet", "LICENSE"])
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: hub)
    assert push(built, "me/mine", public=False) == "hub/me/mine/commit/1"
    assert hub.calls[0] == ("create", ("me/mine", "dataset", True, True))
    assert hub.calls[1] == (
        "commit",
        [
            *(("CommitOperationAdd", name) for name in current),
            ("CommitOperationDelete", "data/old/default/questions.parquet"),
        ],
    )


def test_what_states_no_licence_is_not_made_public(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: pytest.fail("asked the hub"))
    with pytest.raises(UserError, match=r"README.md: states no licence.*without --public"):
        push(built, "me/mine", public=True)


def test_what_states_no_licence_is_not_added_to_what_is_public(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    hub.private = False
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: hub)
    with pytest.raises(UserError, match=r"me/mine is public, and .*README.md states no licence"):
        push(built, "me/mine", public=False)
    assert [name for name, _ in hub.calls] == ["create"]


def test_a_name_that_is_none_is_refused_before_the_hub_is_asked(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: pytest.fail("asked the hub"))
    with pytest.raises(UserError, match=r"^--repo a/b/c: "):
        push(built, "a/b/c", public=False)


def test_files_that_are_no_tables_are_never_uploaded(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / "out", symlinks=True)
    index = next((tmp_path / "out").glob("data/*/suite.json"))
    index.write_text(index.read_text().replace("default/streams.parquet", "../../../secret.parquet"))
    with pytest.raises(UserError, match="lists files that are no tables"):
        uploads(tmp_path / "out")


def test_a_hub_that_cannot_be_reached_is_one_line(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: Hub(error=ConnectionError("no route\nto host")))
    with pytest.raises(UserError, match=r"^push to me/mine: no route to host; check the name, the network"):
        push(built, "me/mine", public=False)


def test_a_folder_without_a_suite_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no suite is built there"):
        uploads(tmp_path)
