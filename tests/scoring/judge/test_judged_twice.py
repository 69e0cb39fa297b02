"""Rows that rules leave open, judged through a server that replies in any order, twice."""

from __future__ import annotations

import random
import time
from pathlib import Path

import msgspec
from judge_server import JudgeScript, judging

from vstreamqa.schema import RowKey, Verdict
from vstreamqa.scoring.judge.base import Case
from vstreamqa.scoring.judge.cache import VerdictCache
from vstreamqa.scoring.judge.cached import CachedJudge
from vstreamqa.scoring.judge.openai_judge import OpenAIJudge
from vstreamqa.scoring.judging import judge_open

ROWS = 40


def row(number: int) -> Verdict:
    return Verdict(
        suite="s",
        config="c",
        question_id=str(number),
        control=None,
        correct=None,
        score=None,
        status="unjudged",
        by="strict/open",
        raw=None,
        extracted=None,
    )


def test_two_runs_write_the_same_verdicts_and_the_second_asks_nothing(tmp_path: Path) -> None:
    rows = [row(number) for number in range(ROWS)]
    cases: dict[RowKey, Case] = {
        ("s", "c", str(number), None): Case("What?", ("a dog",), ("right" if number % 2 else "false") + f" {number}")
        for number in range(ROWS)
    }
    script = JudgeScript(refuse=lambda body: time.sleep(random.uniform(0, 0.01)))
    written, asked = [], []
    with judging(script) as server:
        for folder in ("a", "a", "b"):
            cache = VerdictCache(tmp_path / folder / "v.sqlite")
            judge = CachedJudge(OpenAIJudge("grader", base_url=server.url), cache)
            if not judge.covers(list(cases.values())):
                judge.check()
            written.append(msgspec.json.encode(judge_open(rows, cases, judge)))
            asked.append(len(script.asked))
            judge.close()
    assert written[0] == written[1] == written[2]
    assert asked == [ROWS + 1, ROWS + 1, 2 * ROWS + 2]
    verdicts = msgspec.json.decode(written[0], type=list[Verdict])
    assert [verdict.correct for verdict in verdicts] == [bool(number % 2) for number in range(ROWS)]
    assert {verdict.by for verdict in verdicts} == {"openai:grader"}
