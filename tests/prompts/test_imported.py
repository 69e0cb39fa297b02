"""Official wording out of made-up checkouts; the wording here is made up too."""

from __future__ import annotations

from pathlib import Path

import pytest

from vstreamqa.cli.main import run
from vstreamqa.errors import UserError
from vstreamqa.prompts import imported as importing
from vstreamqa.prompts.imported import Imported, digest, import_prompts, imported, official_judge_wording
from vstreamqa.prompts.official import SETS, SYSTEM, USER, Wording, WordingSet
from vstreamqa.prompts.told import told

SYSTEM_TEXT = "Compare the two.\n- Same meaning counts."
USER_TEXT = "Question: {question}\nGold: {answer}\nSaid: {pred}\nReply like {'pred': 'yes', 'score': 4.8}."
CHOICE_TEXT = "Choose.\n{}\n{}"
COUNT_TEXT = "Count.\n{}"
SCRIPT = """
import openai

def annotate(question, answer, pred):
    return openai.ChatCompletion.create(
        model="gpt",
        messages=[
            {
                "role": "system",
                "content":
                    "Compare the two.\\n"
                    "- Same meaning counts."
            },
            {
                "role": "user",
                "content":
                    f"Question: {question}\\n"
                    f"Gold: {answer}\\n"
                    f"Said: {pred}\\n"
                    "Reply like {'pred': 'yes', 'score': 4.8}."
            }
        ],
    )
"""
CONSTANTS = 'CHOICE = """Choose.\n{}\n{}"""\nCOUNT = """Count.\n{}"""\n'


def wording(name: str, what: str, file: str, text: str) -> Wording:
    return Wording(f"{what}/{name}", "made up", file, name, len(text), digest(text))


JUDGE = WordingSet("judge", "Flash", (wording(SYSTEM, "judge", "", SYSTEM_TEXT), wording(USER, "judge", "", USER_TEXT)))
SUITE = WordingSet(
    "suite",
    "Suite",
    (
        wording("CHOICE", "suite", "src/constants.py", CHOICE_TEXT),
        wording("COUNT", "suite", "src/constants.py", COUNT_TEXT),
    ),
)


def checkout(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / "checkout" / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root / "checkout"


def found(root: Path, **files: str) -> Imported:
    return import_prompts(checkout(root, **files), root / "kept", (JUDGE, SUITE))


def test_wording_is_found_wherever_it_stands_and_kept_as_it_is(tmp_path: Path) -> None:
    one = found(tmp_path, eval__deep__judge=SCRIPT)
    assert [(wording.id, place) for wording, place in one.found] == [
        ("judge/system", "eval/deep/judge.py, line 11"),
        ("judge/user", "eval/deep/judge.py, line 17"),
    ]
    assert (one.exit_code, [kept.name for kept in one.kept]) == (0, ["judge"])
    assert imported(JUDGE, tmp_path / "kept") == {"judge/system": SYSTEM_TEXT, "judge/user": USER_TEXT}
    assert imported(SUITE, tmp_path / "kept") is None


def test_a_template_whose_braces_are_doubled_is_the_same_wording(tmp_path: Path) -> None:
    template = USER_TEXT.replace("{'pred'", "{{'pred'").replace("4.8}", "4.8}}")
    one = found(tmp_path, judge=f"SYSTEM = {SYSTEM_TEXT!r}\nUSER = {template!r}\n")
    assert one.exit_code == 0
    assert (imported(JUDGE, tmp_path / "kept") or {})["judge/user"] == USER_TEXT


def test_other_wording_in_its_place_is_named_with_both_hashes_and_nothing_of_the_set_is_kept(tmp_path: Path) -> None:
    one = found(tmp_path, src__constants=CONSTANTS.replace("Count.", "Count them."))
    (differing,) = one.differing
    assert differing[0].id == "suite/COUNT"
    assert [wording.id for wording, _ in one.found] == ["suite/CHOICE"]
    assert (one.exit_code, one.kept, [left.name for left in one.left]) == (1, [], ["suite"])
    assert not (tmp_path / "kept").exists()
    lines = list(told(one, tmp_path))
    other = "Count them.\n{}"
    assert lines[1] == (
        f"differs   suite/COUNT: src/constants.py, line 4 has {len(other)} characters and hash {digest(other)}; "
        f"the official wording has {len(COUNT_TEXT)} and {digest(COUNT_TEXT)}"
    )
    assert lines[-1].startswith("not kept  suite: a set is kept whole or not at all")


def test_another_judge_prompt_differs_and_a_missing_system_turn_is_missing(tmp_path: Path) -> None:
    one = found(tmp_path, judge=SCRIPT.replace("Said", "Predicted").replace("Compare", "Weigh"))
    assert [(wording.id, other.place) for wording, other in one.differing] == [("judge/user", "judge.py, line 17")]
    assert [wording.id for wording in one.missing] == ["judge/system"]
    assert one.exit_code == 1


def test_the_same_constant_in_another_file_is_another(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no official wording .* name a checkout of Flash, Suite"):
        found(tmp_path, other=CONSTANTS.replace("Count.", "Sum.").replace("Choose.", "Pick."))


def test_files_that_cannot_be_read_are_named_and_stop_nothing(tmp_path: Path) -> None:
    one = found(tmp_path, old="print 'old'", src__constants=CONSTANTS)
    assert one.exit_code == 0
    assert [line.partition(":")[0] for line in one.unread] == ["old.py"]


def test_what_is_no_checkout_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="empty: has no Python files"):
        import_prompts(tmp_path / "empty", tmp_path / "kept")
    with pytest.raises(UserError, match="nowhere: not a folder"):
        import_prompts(tmp_path / "nowhere", tmp_path / "kept")


def test_kept_wording_that_was_changed_is_not_taken(tmp_path: Path) -> None:
    found(tmp_path, judge=SCRIPT)
    path = tmp_path / "kept" / "judge.json"
    path.write_text(path.read_text().replace("Compare", "Please"))
    with pytest.raises(
        UserError, match=r"judge/system is not the official wording; import it again: vstreamqa prompts"
    ):
        imported(JUDGE, tmp_path / "kept")
    path.write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        imported(JUDGE, tmp_path / "kept")


def test_a_folder_that_cannot_be_written_to_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file")
    with pytest.raises(UserError, match="cannot be written"):
        found(tmp_path, judge=SCRIPT)


def test_the_judges_wording_comes_from_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSTREAMQA_DATA", str(tmp_path))
    monkeypatch.setattr(importing, "JUDGE", JUDGE)
    assert official_judge_wording() is None
    import_prompts(checkout(tmp_path, judge=SCRIPT), tmp_path / "prompts", (JUDGE,))
    assert official_judge_wording() == (SYSTEM_TEXT, USER_TEXT)


def test_every_official_wording_has_a_hash_and_an_id_of_its_own() -> None:
    wordings = [wording for one in SETS for wording in one.wordings]
    assert len(wordings) == 10
    assert len({wording.id for wording in wordings}) == len({wording.digest for wording in wordings}) == 10
    assert all(len(wording.digest) == 16 and int(wording.digest, 16) for wording in wordings)


def test_the_program_imports_and_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VSTREAMQA_DATA", str(tmp_path / "data"))
    assert run(["prompts", "import", "--from", str(checkout(tmp_path, judge=SCRIPT))]) == 1
    out = capsys.readouterr().out
    assert "differs   judge/user: judge.py, line 17" in out
    assert "missing   judge/system" in out
    assert run(["list", "prompts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in lines[:2]] == ["judge/own", "own"]
    assert len(lines) == 12
    assert all("not imported (vstreamqa prompts import --from CHECKOUT of" in line for line in lines[2:])
    assert run(["prompts", "import", "--from", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
