"""From a judge's name and a suite to the judge's card: one command of the program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.foreign import read_foreign_run
from vstreamqa.judges import JudgeRequest, make_requested
from vstreamqa.report.judgecard import card_page
from vstreamqa.report.markdown import render_markdown
from vstreamqa.report.names import visible
from vstreamqa.reporting import refuse_inside, write_file
from vstreamqa.runs.folder import RunReader
from vstreamqa.schema import Question
from vstreamqa.scoring.judge import cost
from vstreamqa.scoring.judge.base import Judge, Opinion
from vstreamqa.scoring.judge.cached import with_cache
from vstreamqa.scoring.judge.card import JudgeCard, card_path, cards_folder, write_card
from vstreamqa.scoring.judge.measuring import measure_judge, repeated
from vstreamqa.scoring.judge.pairs import Asked, Pair, askable, build_pairs, choose
from vstreamqa.scoring.judge.rules_judge import RulesJudge

DEFAULT_SUITE = "mini"
LIMIT = 200
"""Questions that pairs are made of, unless another number is named."""


@dataclass(frozen=True, slots=True)
class Golds:
    """Questions with golds, and whether their open answers are among a few short ones."""

    asked: Sequence[Asked]
    closed: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A card that was made: where it is, and what failed.

    Attributes:
        card: the card.
        paths: the files it was written to.
        errors: why pairs have no verdict, each reason once.
    """

    card: JudgeCard
    paths: tuple[Path, ...]
    errors: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 if every pair has a verdict, 1 otherwise."""
        return 1 if self.errors else 0

    def lines(self) -> list[str]:
        """Return what failed, and where the card is."""
        failed = [f"no verdict: {visible(error)}" for error in self.errors]
        return [*failed, *(f"card: {path}" for path in self.paths)]


def suite_golds(name: str, data: Path | None) -> Golds:
    """Return the questions of a suite, or of one of its configs, that a judge may be asked about.

    Raises:
        UserError: there is no such suite, or its data are not there.
    """
    from vstreamqa.suites import load_suite

    configs = load_suite(name, data)
    asked = [one for found in configs for one in askable(found.suite, found.config, found.questions)]
    return _golds(asked, closed=all(found.closed for found in configs), where=f"--suite {name}")


def run_golds(path: Path) -> Golds:
    """Return the questions of a run, or of a file of predictions as `score` reads it, that a judge may be asked about.

    Raises:
        UserError: it is neither.
    """
    plan = read_foreign_run(path).plan if path.is_file() else RunReader(path).plan()
    by_config: dict[tuple[str, str], list[Question]] = {}
    for row in plan:
        by_config.setdefault((row.suite, row.config), []).append(row.question)
    asked = [one for config, questions in by_config.items() for one in askable(*config, questions)]
    return _golds(asked, closed=all(row.closed for row in plan), where=f"--run {path}")


def _golds(asked: Sequence[Asked], *, closed: bool, where: str) -> Golds:
    if not asked:
        raise UserError(f"{where}: no question has an open or yes/no gold to make pairs of; name another suite")
    return Golds(asked, closed)


def refuse_out(out: Path, run: Path | None) -> None:
    """Refuse a place that cannot take the card, before a judge is asked.

    Raises:
        UserError: its folder is not there, or it lies in a run folder.
    """
    if run is not None and run.is_dir():
        refuse_inside("--out", out, [run])
    if out.suffix.lower() not in (".json", ".md"):
        raise UserError(f"--out {out}: a card is written as .json or .md; name a file that ends so")
    if not out.resolve().parent.is_dir() or out.is_dir():
        raise UserError(f"--out {out}: cannot be written; name a file in a folder that is there")


def judge_to_measure(request: JudgeRequest, *, closed: bool) -> Judge:
    """Return the judge that is named; `rules` are the strict rules.

    Raises:
        UserError: there is none of that name, or an option that it does not take.
    """
    return make_requested(request) or RulesJudge(closed=closed)


def make_card(
    judge: Judge,
    golds: Golds,
    *,
    limit: int | None = LIMIT,
    seed: int = 0,
    out: Path | None = None,
    folder: Path | None = None,
    tell: Callable[[str], object] = lambda line: None,
) -> Made:
    """Measure a judge on constructed pairs and write its card.

    Verdicts are kept in the cache, so that a card that was broken off goes on; the pairs that are put a second time
    go past it.

    Args:
        judge: what is measured; it is closed when this returns.
        golds: what pairs are made of.
        limit: at most this many questions, drawn by the seed; None for all.
        seed: of the pairs.
        out: where the card is written besides its place among the cards: Markdown if it ends in .md, else JSON.
        folder: the folder of cards; None for the user's.
        tell: is told in a line what it will cost, and what it has cost.

    Raises:
        UserError: the judge cannot be used or gave no verdict at all, or the card cannot be written.
    """
    pairs = build_pairs(choose(golds.asked, limit, seed=seed), golds.asked, seed=seed)
    # What rules say costs nothing, and is another thing once they are changed.
    with closing(judge), closing(judge if isinstance(judge, RulesJudge) else with_cache(judge)) as cached:
        cached.check()
        estimate = cost.estimate([pair.case for pair in pairs], cached)
        if estimate is not None:
            tell(f"{estimate.line()}; then {len(repeated(pairs, seed))} pairs a second time")
        card, opinions = _measured(cached, judge, pairs, seed)
        spent = cost.spent(judge)
    if spent is not None:
        tell(spent.line())
    reasons = tuple(dict.fromkeys(one.error or "no reason given" for one in opinions if one.correct is None))
    if card.error_share == 1:
        raise UserError(f"{card.judge.name}: no verdict on any pair, so there is no card; the first says: {reasons[0]}")
    paths = (card_path(card.judge, cards_folder() if folder is None else folder), *([out] if out else []))
    for path in paths:
        _write(card, path)
    return Made(card, paths, reasons)


def _measured(cached: Judge, judge: Judge, pairs: Sequence[Pair], seed: int) -> tuple[JudgeCard, list[Opinion]]:
    from tqdm import tqdm

    total = len(pairs) + len(repeated(pairs, seed))
    with closing(tqdm(total=total, desc=f"judging ({judge.identity.name})", unit="", disable=None)) as bar:
        return measure_judge(cached, pairs, seed=seed, again=judge, progress=bar.update)


def _write(card: JudgeCard, path: Path) -> None:
    if path.suffix.lower() == ".md":
        write_file(path, render_markdown(card_page(card)).encode())
    else:
        write_card(card, path)
