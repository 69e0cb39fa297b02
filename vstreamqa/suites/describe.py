"""A line about every suite: what it is, and whether it is built, built in part, or how to get it."""

from __future__ import annotations

from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.resources import data_folder
from vstreamqa.suites import SUITES, Suite, suite
from vstreamqa.suites.built import BuiltSuite, built_below, find_built
from vstreamqa.suites.form import SuiteIndex, read_index


def describe_suites(data: Path | None = None) -> dict[str, str]:
    """Return a line about every suite that comes with vstreamqa or is built below a data folder; nothing is made.

    Args:
        data: folder of the suites, or of one built suite; None for the usual one.
    """
    folder = data_folder(data)
    known = {name: _known_line(suite(name), folder) for name in SUITES}
    own = {
        index.suite: f"a suite of one's own (configs: {', '.join(index.configs)}): {_state(index, root)}"
        for root, index in built_below(folder)
        if index.suite not in SUITES
    }
    return {**known, **own}


def _known_line(found: Suite, folder: Path) -> str:
    about = f"{found.summary} (configs: {', '.join(found.configs)})"
    if not isinstance(found, BuiltSuite):
        return about
    try:
        root = find_built(found.name, folder)
        built = None if root is None else read_index(root)
    except UserError as error:
        return f"{about}: {error}"
    if root is None or built is None:
        return f"{about}: not built; {found.obtain}"
    return f"{about}: {_state(built[0], root)}"


def _state(index: SuiteIndex, root: Path) -> str:
    short = [
        f"{name} {entry.questions} of {entry.expected_questions} questions"
        for name, entry in index.configs.items()
        if not entry.complete
    ]
    return f"partly built at {root} ({', '.join(short)})" if short else f"built at {root}"
