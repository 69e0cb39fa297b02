"""Suites by name; the module behind a name is imported when the suite is wanted."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from vstreamqa.errors import UserError, suggestion
from vstreamqa.resources import data_folder
from vstreamqa.suites.base import Suite, SuiteConfig
from vstreamqa.suites.built import BuiltSuite, built_below, find_built
from vstreamqa.suites.form import read_index

__all__ = ["SUITES", "Suite", "SuiteConfig", "load_suite", "suite"]

SUITES: Mapping[str, str] = {
    "mini": "vstreamqa.suites.mini:SUITE",
    "river": "vstreamqa.suites.river:SUITE",
    "vstream-qa": "vstreamqa.suites.vstream_qa:SUITE",
}
"""Where each suite is: "module:attribute"."""


def suite(name: str, data: Path | None = None) -> Suite:
    """Return a suite by its name: one that comes with vstreamqa, or one of one's own that was built.

    Args:
        name: of the suite.
        data: folder of the suites, or of one built suite; None for the usual one.

    Raises:
        UserError: there is none of that name.
    """
    if name in SUITES:
        module, _, attribute = SUITES[name].partition(":")
        return cast(Suite, getattr(importlib.import_module(module), attribute))
    folder = data_folder(data)
    root = find_built(name, folder)
    found = read_index(root) if root is not None else None
    if found is None:
        known = {*SUITES, *(index.suite for _, index in built_below(folder))}
        raise UserError(f"unknown suite {name!r}{suggestion(name, known)}")
    return BuiltSuite(name=name, summary="a suite of one's own", configs=tuple(found[0].configs), obtain="")


def load_suite(name: str, data: Path | None = None) -> list[SuiteConfig]:
    """Load all configs of a suite (`mini`) or one of them (`mini/rvs-ego`).

    A config that is loaded only when it is named (`mini/horizon`) does not come with its suite.

    Args:
        name: suite, or suite and config.
        data: folder of the suites, or of one built suite; None for the usual one.

    Raises:
        UserError: there is no such suite or config, or its data are not there.
    """
    suite_name, slash, config = name.partition("/")
    folder = data_folder(data)
    found = suite(suite_name, folder)
    if slash and config not in found.configs:
        raise UserError(f"suite {suite_name!r} has no config {config!r}{suggestion(config, found.configs)}")
    wanted = (config,) if slash else tuple(one for one in found.configs if one not in found.only_named)
    return [found.load(one, folder) for one in wanted]
