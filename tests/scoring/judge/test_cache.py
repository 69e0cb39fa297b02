from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from judge_server import judging

from vstreamqa.errors import UserError
from vstreamqa.scoring.judge import cache as module
from vstreamqa.scoring.judge.base import Case, Identity, JudgeUnavailableError, Opinion
from vstreamqa.scoring.judge.cache import VerdictCache
from vstreamqa.scoring.judge.cached import CachedJudge, with_cache
from vstreamqa.scoring.judge.openai_judge import OpenAIJudge

ASKED = Identity(name="openai:m", rubric="r", temperature=0.0)
FOUND = replace(ASKED, revision="m-1")
YES = Opinion(correct=True, score=4.0, raw="yes", input_tokens=3, output_tokens=1)
CASE = Case("q", ("a", "b"), "p")


class Scripted:
    """Says yes to what begins with a, fails on x, and counts what it is asked."""

    def __init__(self, *, there: bool = True) -> None:
        self.identity = ASKED
        self.asked: list[Case] = []
        self._there = there

    def check(self) -> None:
        if not self._there:
            raise JudgeUnavailableError("nobody there")
        self.identity = FOUND

    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        for place, case in reversed(list(enumerate(cases))):
            self.asked.append(case)
            if case.prediction == "x":
                yield place, Opinion(correct=None, error="failed")
            else:
                yield place, replace(YES, correct=case.prediction.startswith("a"))

    def close(self) -> None: ...


def answers(*predictions: str) -> list[Case]:
    return [Case("q", ("g",), prediction) for prediction in predictions]


def judged(judge: CachedJudge, cases: Sequence[Case]) -> list[bool | None]:
    found = dict(judge.opinions(cases))
    return [found[place].correct for place in range(len(cases))]


def test_a_verdict_is_found_again_whole_by_another_process_s_cache(tmp_path: Path) -> None:
    VerdictCache(tmp_path / "v.sqlite").put(FOUND, CASE, YES)
    assert VerdictCache(tmp_path / "v.sqlite").get(FOUND, [CASE]) == [YES]


@pytest.mark.parametrize(
    ("identity", "case"),
    [
        (replace(FOUND, name="openai:n"), CASE),
        (replace(FOUND, revision="m-2"), CASE),
        (replace(FOUND, rubric="s"), CASE),
        (replace(FOUND, temperature=0.002), CASE),
        (FOUND, replace(CASE, question="r")),
        (FOUND, replace(CASE, golds=("b", "a"))),
        (FOUND, replace(CASE, golds=("a",))),
        (FOUND, replace(CASE, prediction="p ")),
    ],
)
def test_whatever_a_verdict_depends_on_is_part_of_its_key(tmp_path: Path, identity: Identity, case: Case) -> None:
    cache = VerdictCache(tmp_path / "v.sqlite")
    cache.put(FOUND, CASE, YES)
    assert cache.get(identity, [case]) == [None]


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path / "v.sqlite")
    cache.put(FOUND, CASE, Opinion(correct=None, error="failed"))
    assert cache.get(FOUND, [CASE]) == [None]


def test_servers_that_call_their_models_the_same_are_told_apart(tmp_path: Path) -> None:
    one, same, other = (
        VerdictCache(tmp_path / "v.sqlite", server=url) for url in ("http://a/v1", "http://a/v1/", "http://b/v1")
    )
    one.put(FOUND, CASE, Opinion(correct=True))
    one.remember(FOUND, FOUND)
    assert [cache.get(FOUND, [CASE])[0] is not None for cache in (one, same, other)] == [True, True, False]
    assert [cache.recall(FOUND) for cache in (same, other)] == [FOUND, None]


def test_a_server_counts_however_it_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSTREAMQA_CACHE", str(tmp_path))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    by_environment, by_url = OpenAIJudge("m"), OpenAIJudge("m", base_url="http://127.0.0.1:9/v1/")
    elsewhere, official = (
        OpenAIJudge("m", base_url=url) for url in ("http://127.0.0.1:8", "https://api.openai.com/v1")
    )
    cache = VerdictCache(server=by_environment.server)
    cache.remember(by_environment.identity, FOUND)
    cache.put(FOUND, CASE, YES)
    assert [with_cache(judge).covers([CASE]) for judge in (by_url, elsewhere, official)] == [True, False, False]


def test_a_second_run_asks_only_about_what_failed(tmp_path: Path) -> None:
    asked = []
    for _ in range(2):
        inner = Scripted()
        judge = CachedJudge(inner, VerdictCache(tmp_path / "v.sqlite"))
        judge.check()
        assert judged(judge, answers("a", "n", "a", "x")) == [True, False, True, None]
        asked.append(sorted(case.prediction for case in inner.asked))
    assert asked == [["a", "n", "x"], ["x"]]
    assert (judge.hits, judge.misses) == (3, 1)


def test_a_second_scoring_needs_no_judge_at_all(tmp_path: Path) -> None:
    first = CachedJudge(Scripted(), VerdictCache(tmp_path / "v.sqlite"))
    assert not first.covers(answers("a"))
    first.check()
    judged(first, answers("a", "n"))
    again = CachedJudge(Scripted(there=False), VerdictCache(tmp_path / "v.sqlite"))
    assert again.covers(answers("a", "n"))
    assert again.identity == first.identity == FOUND
    assert judged(again, answers("n", "a")) == [False, True]
    assert not again.covers(answers("a", "new"))
    with pytest.raises(JudgeUnavailableError):
        again.check()


def test_an_estimate_leaves_out_what_is_known_already(tmp_path: Path) -> None:
    with judging() as server:
        first, again = (
            CachedJudge(OpenAIJudge("grader", base_url=server.url), VerdictCache(tmp_path / "v.sqlite"))
            for _ in range(2)
        )
        first.check()
        judged(first, answers("a", "n"))
    for judge in (first, again):
        found = judge.estimate(answers("a", "n", "c", "c"))
        assert found is not None
        assert found.requests == 1
    assert first.spent is not None
    assert first.spent.requests == 3


def test_what_was_judged_before_an_interruption_is_kept(tmp_path: Path) -> None:
    judge = CachedJudge(Scripted(), VerdictCache(tmp_path / "v.sqlite"))
    judge.check()
    taken = judge.opinions(answers("a", "b", "c"))
    next(taken)
    next(taken)
    taken.close()  # type: ignore[attr-defined]
    rest = Scripted()
    other = CachedJudge(rest, VerdictCache(tmp_path / "v.sqlite"))
    other.check()
    judged(other, answers("a", "b", "c"))
    assert len(rest.asked) == 1


def test_two_processes_share_it(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from vstreamqa.scoring.judge.base import *; from vstreamqa.scoring.judge.cache import VerdictCache\n"
        "cache = VerdictCache(Path(sys.argv[1]))\n"
        "for k in range(int(sys.argv[2]), 400, 2):\n"
        "    cache.put(Identity(name='j'), Case('q', ('g',), str(k)), Opinion(correct=k % 3 == 0))\n"
        "    cache.put(Identity(name='j'), Case('q', ('g',), 'both'), Opinion(correct=True))\n"
    )
    path = tmp_path / "v.sqlite"
    writers = [subprocess.Popen([sys.executable, "-c", script, str(path), str(k)]) for k in (0, 1)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    found = VerdictCache(path).get(Identity(name="j"), answers(*map(str, range(400)), "both"))
    assert [opinion and opinion.correct for opinion in found] == [*(k % 3 == 0 for k in range(400)), True]


def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "v.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(UserError, match=r"v\.sqlite: damaged .*delete it"):
        VerdictCache(tmp_path / "v.sqlite")


def test_a_folder_that_cannot_be_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="VSTREAMQA_CACHE"):
        VerdictCache(tmp_path / "file" / "v.sqlite")


def test_a_file_that_another_process_holds_costs_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT_SECONDS", 0.05)
    judge = CachedJudge(Scripted(), VerdictCache(tmp_path / "v.sqlite"))
    judge.check()
    holder = sqlite3.connect(tmp_path / "v.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert judged(judge, answers("a", "n")) == [True, False]
    assert judge.trouble is not None
    assert "v.sqlite: the verdicts cannot be kept (database is locked); end the process" in judge.trouble


def test_it_lies_in_the_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSTREAMQA_CACHE", str(tmp_path / "mine"))
    VerdictCache().close()
    assert (tmp_path / "mine" / "verdicts.sqlite").is_file()
