"""Adapters of other packages, by entry point and by file."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from contracts import Honest

from vstreamqa import load_model
from vstreamqa.errors import UserError
from vstreamqa.registry import plugins, recipe

POINT = EntryPoint(name="honest", value="contracts:Honest", group="vstreamqa.models")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a package that brings a model count as installed."""
    points = {"vstreamqa.models": [POINT, EntryPoint("gone", "no_such_package:Model", "vstreamqa.models")]}
    monkeypatch.setattr("vstreamqa.registry.entry_points", lambda group: points[group])


@pytest.mark.usefixtures("installed")
def test_a_model_of_another_package_is_known_by_its_entry_point() -> None:
    found = recipe("honest")
    assert (found.name, found.adapter, found.checkpoint) == ("honest", "contracts:Honest", "none")
    assert found.summary == "Answers with words drawn from what it has seen and what it is asked."
    assert isinstance(load_model("honest"), Honest)


@pytest.mark.usefixtures("installed")
def test_a_package_that_cannot_be_imported_is_one_line_and_the_others_are_not_touched() -> None:
    with pytest.raises(UserError, match=r"model 'gone': no_such_package:Model cannot be imported: .*mend the package"):
        recipe("gone")
    assert set(plugins()) == {"honest", "gone"}
    with pytest.raises(UserError, match="unknown model 'honst'; did you mean 'honest'"):
        recipe("honst")


@pytest.mark.parametrize(
    ("content", "attribute", "message"),
    [
        ("class Mine: ...", "Mine", "has no 'load'; follow vstreamqa.models.base.ModelFactory"),
        ("class Mine: ...", "Mien", "has no class 'Mien'; did you mean 'Mine'"),
        ("import no_such_module", "Mine", "cannot be imported: ModuleNotFoundError: No module named 'no_such_module'"),
        ("class Mine(", "Mine", "cannot be imported: SyntaxError"),
        (
            "import dataclasses\n"
            "class Mine:\n"
            "    Options = dataclasses.make_dataclass('Options', [])\n"
            "    recipe = {'fps': 'fast'}\n"
            "    def load(self): ...",
            "Mine",
            r"the recipe of .*Mine is none: .*fps",
        ),
    ],
)
def test_a_file_that_holds_no_adapter_says_what_is_wrong(
    content: str, attribute: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(content)
    with pytest.raises(UserError, match=message):
        recipe(f"{tmp_path}/mine.py:{attribute}")


def test_a_file_that_is_not_there_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere.py is not there; name a Python file and a class in it"):
        recipe(f"{tmp_path}/nowhere.py:Mine")


def test_a_third_party_package_is_found_once_it_is_installed(tmp_path: Path) -> None:
    package = tmp_path / "third_party"
    (package / "third_party-1.0.dist-info").mkdir(parents=True)
    (package / "third_party-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: third-party\nVersion: 1.0\n"
    )
    entry = "[vstreamqa.models]\nthird = third_model:Model\n"
    (package / "third_party-1.0.dist-info" / "entry_points.txt").write_text(entry)
    (package / "third_model.py").write_text(
        "import dataclasses\n"
        "class Model:\n"
        '    """A model of somebody else."""\n'
        "    Options = dataclasses.make_dataclass('Options', [])\n"
        "    def load(request): ...\n"
    )
    code = "from vstreamqa.registry import recipe; print(recipe('third').summary)"
    shown = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(package)}, capture_output=True, text=True, check=True
    )
    assert shown.stdout == "A model of somebody else.\n"
