"""A line about every suite: what it is, and whether it is built, built in part, or how to get it."""

from __future__ import annotations

from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.resources import data_folder
from vstreamqa.suites import SUITES, Suite, suite
from vstreamqa.suites.built import BuiltSuite, built_below, damaged_below
from vstreamqa.suites.form import SuiteIndex, expected


def describe_suites(data: Path | None = None) -> dict[str, str]:
    """Return a line about every suite that comes with vstreamqa or is built below a data folder; nothing is made.

    Args:
        data: folder of the suites, or of one built suite; None for the usual one.

    Raises:
        UserError: the folder was named and is not there.
    """
    if data is not None and not data.is_dir():
        raise UserError(f"{data}: no such folder; name the folder of the suites with --data")
    folder = data_folder(data)
    states: dict[str, list[str]] = {}
    own: dict[str, str] = {}
    for root, index in built_below(folder):
        states.setdefault(index.suite, []).append(_state(index, root))
        if index.suite not in SUITES:
            own[index.suite] = f"a suite of one's own (configs: {', '.join(index.configs)})"
    lines = {**{name: _about(suite(name)) for name in SUITES}, **own}
    described = {
        name: f"{line}{_built(suite(name) if name in SUITES else None, states.get(name, []))}"
        for name, line in lines.items()
    }
    return described | {str(root): f"damaged: {error}" for root, error in damaged_below(folder)}


def _about(found: Suite) -> str:
    together = (name for name in found.configs if name not in found.only_named)
    apart = f"; when named: {', '.join(found.only_named)}" if found.only_named else ""
    return f"{found.summary} (configs: {', '.join(together)}{apart})"


def _built(found: Suite | None, states: list[str]) -> str:
    if states:
        return ": " + "; ".join(states)
    return f": not built; {found.obtain}" if isinstance(found, BuiltSuite) else ""


def _state(index: SuiteIndex, root: Path) -> str:
    short = [
        f"{name} {entry.questions} of {expected(entry.expected_questions)} questions"
        for name, entry in index.configs.items()
        if not entry.complete
    ]
    return f"partly built at {root} ({', '.join(short)})" if short else f"built at {root}"
