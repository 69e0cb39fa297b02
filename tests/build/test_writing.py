"""A reader finds the suite as it was or as it is now, whatever happens while it is written."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from commands import make_clip, make_questions, program

from vstreamqa import load_suite
from vstreamqa.build.assembling import Target
from vstreamqa.build.questions import build_questions
from vstreamqa.errors import UserError
from vstreamqa.suites.form import edition_folder, front_matter, read_index

OLD = [{"video": "a.mp4", "question": "Is it old?", "time": 1, "answer": "Yes"}]
NEW = [*OLD, {"video": "b.mp4", "question": "Is it new?", "time": 1, "answer": "Yes"}]


class Killed(BaseException):
    """Stands for the end of the process."""


def build(folder: Path, rows: list[dict[str, Any]]) -> str:
    make_questions(folder, rows)
    build_questions(folder / "videos", folder / "questions.json", Target(suite="mine", out=folder / "out"))
    return load_suite("mine", data=folder / "out").data_hash


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    (folder / "videos").mkdir()
    for name in ("a.mp4", "b.mp4"):
        make_clip(folder / "videos", name, seconds=2)
    build(folder, OLD)
    return folder


def test_a_build_that_dies_at_any_rename_leaves_the_old_suite_or_the_new(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = load_suite("mine", data=base / "out").data_hash
    outcomes = []
    for last in range(1, 100):
        folder = tmp_path / str(last)
        shutil.copytree(base, folder, symlinks=True)
        left = [last]

        def dies(self: Path, target: Any, *, left: list[int] = left, real: Any = os.replace) -> Path:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            real(self, target)
            return Path(target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", dies)
            patched.setattr(Path, "rename", dies)
            try:
                build(folder, NEW)
            except Killed:
                outcomes.append(load_suite("mine", data=folder / "out").data_hash)
                continue
        new = load_suite("mine", data=folder / "out").data_hash
        break
    assert len(outcomes) >= 3
    assert set(outcomes) <= {old, new}
    assert outcomes[0] == old != new


def test_a_killed_process_is_followed_up_by_the_same_command(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, symlinks=True, dirs_exist_ok=True)
    old = load_suite("mine", data=tmp_path / "out").data_hash
    questions = make_questions(tmp_path, NEW)
    command = ["build", "questions", "--videos", str(tmp_path / "videos"), "--questions", str(questions)]
    command += ["--out", str(tmp_path / "out"), "--name", "mine"]
    seen = set()
    for sign in ("out/.build/made.jsonl", "out/data/.edition-building-*", "out/data/*/default/streams.parquet"):
        before = set(tmp_path.glob(sign))
        stamps = {path: path.stat().st_mtime_ns for path in before}
        process = program(command)
        while process.poll() is None:
            # Each sign belongs to another step of the build; the process is killed as soon as it shows.
            if any(stamps.get(path) != path.stat().st_mtime_ns for path in tmp_path.glob(sign)):
                process.send_signal(signal.SIGKILL)
                break
        process.communicate()
        seen.add(load_suite("mine", data=tmp_path / "out").data_hash)
    finished = program(command)
    out, err = finished.communicate()
    assert finished.returncode == 0, err
    assert "mine/default: 2 of 2 questions, 2 of 2 streams (complete)" in out
    assert seen <= {old, load_suite("mine", data=tmp_path / "out").data_hash}
    assert len(list((tmp_path / "out" / "data").iterdir())) <= 2


def test_two_builds_of_one_folder_do_not_mix(base: Path, tmp_path: Path) -> None:
    from vstreamqa.build.claiming import claimed

    shutil.copytree(base, tmp_path, symlinks=True, dirs_exist_ok=True)
    with claimed(tmp_path / "out", "mine"), pytest.raises(UserError, match="another build works on this folder"):
        build(tmp_path, NEW)


def test_the_card_names_the_edition_in_force_and_every_config(base: Path) -> None:
    card = (base / "out" / "README.md").read_text()
    edition = edition_folder(base / "out")
    assert edition is not None
    head = front_matter(card)
    assert [one["config_name"] for one in head["configs"]] == ["default", "default-streams"]
    for one in head["configs"]:
        assert [file["split"] for file in one["data_files"]] == ["test"]
        assert (base / "out" / one["data_files"][0]["path"]).is_file()
    names = {column["name"] for column in head["dataset_info"][0]["features"]}
    assert {"question_id", "video", "time", "evidence", "spans"} <= names
    index = json.loads((edition / "suite.json").read_text())
    assert (index["suite"], index["form"], index["configs"]["default"]["questions"]) == ("mine", 1, 1)
    assert set(index["files"]) == {"default/questions.parquet", "default/streams.parquet"}


@pytest.mark.parametrize(
    "card",
    [
        "no front matter",
        "---\nconfigs: [\n---\n",
        "---\nconfigs: 3\n---\n",
        "---\nconfigs:\n- data_files:\n  - path: ../../etc/x/y.parquet\n---\n",
        "---\nconfigs:\n- data_files:\n  - path: data/../../x/y.parquet\n---\n",
        "---\nconfigs:\n- data_files:\n  - path: data/none/default/questions.parquet\n---\n",
    ],
)
def test_a_card_of_something_else_is_no_suite(card: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(card)
    assert read_index(tmp_path) is None


def test_an_index_of_another_form_asks_for_a_build(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, symlinks=True, dirs_exist_ok=True)
    edition = edition_folder(tmp_path / "out")
    assert edition is not None
    path = edition / "suite.json"
    path.write_text(path.read_text().replace('"form": 1', '"form": 2'))
    with pytest.raises(UserError, match="has form 2, this version reads form 1; build it again"):
        load_suite("mine", data=tmp_path / "out")
    path.write_text("{")
    with pytest.raises(UserError, match=r"suite.json: damaged"):
        read_index(tmp_path / "out")


def test_who_reads_the_suite_while_it_is_replaced_can_go_on(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, symlinks=True, dirs_exist_ok=True)
    old = edition_folder(tmp_path / "out")
    assert old is not None
    build(tmp_path, NEW)
    assert (old / "default" / "questions.parquet").is_file()
    build(tmp_path, [*NEW, {**NEW[1], "time": 1.5}])
    assert not old.exists()


def test_what_the_owner_wrote_into_the_card_is_kept(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, symlinks=True, dirs_exist_ok=True)
    card = tmp_path / "out" / "README.md"
    mine = (
        card.read_text().replace("license: unknown", "license: cc-by-4.0").replace("# mine", "# Doors\n\nOf my house.")
    )
    card.write_text(mine)
    build(tmp_path, NEW)
    kept = card.read_text()
    assert front_matter(kept)["license"] == "cc-by-4.0"
    assert "# Doors\n\nOf my house." in kept
    assert kept.count("## This build") == kept.count("## Loading") == 1
    assert "| `default` | 2 | 2 | 2 | 2 |" in kept


@pytest.mark.parametrize("name", ["suite.json", "default/streams.parquet", "default/questions.parquet"])
def test_a_damaged_suite_is_built_again_by_the_same_command(name: str, base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, symlinks=True, dirs_exist_ok=True)
    edition = edition_folder(tmp_path / "out")
    assert edition is not None
    (edition / name).write_bytes(b"torn")
    with pytest.raises(UserError, match=r"build the suite again|damaged"):
        load_suite("mine", data=tmp_path / "out")
    assert build(tmp_path, OLD) == load_suite("mine", data=base / "out").data_hash


def test_tables_that_are_not_those_of_the_index_are_not_loaded(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, symlinks=True, dirs_exist_ok=True)
    edition = edition_folder(tmp_path / "out")
    assert edition is not None
    index = edition / "suite.json"
    content = json.loads(index.read_text())
    content["configs"]["default"]["data_hash"] = "0" * 16
    index.write_text(json.dumps(content))
    with pytest.raises(UserError, match=r"its tables are not those that suite.json describes"):
        load_suite("mine", data=tmp_path / "out")


def test_a_torn_ledger_is_made_again(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, symlinks=True, dirs_exist_ok=True)
    for name in ("made.jsonl", "measured.jsonl"):
        (tmp_path / "out" / ".build" / name).write_text("{}\n{}\n")
    build(tmp_path, OLD)
