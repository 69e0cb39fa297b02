"""Suites by name; the module behind a name is imported when the suite is wanted."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from vstreamqa.errors import UserError, suggestion
from vstreamqa.resources import data_folder
from vstreamqa.suites.base import Suite, SuiteConfig

__all__ = ["SUITES", "Suite", "SuiteConfig", "describe_suites", "load_suite", "suite"]

SUITES: Mapping[str, str] = {"mini": "vstreamqa.suites.mini:SUITE"}
"""Where each suite is: "module:attribute"."""


def suite(name: str) -> Suite:
    """Return a suite by its name.

    Raises:
        UserError: there is none of that name.
    """
    if name not in SUITES:
        raise UserError(f"unknown suite {name!r}{suggestion(name, SUITES)}")
    module, _, attribute = SUITES[name].partition(":")
    return cast(Suite, getattr(importlib.import_module(module), attribute))


def describe_suites() -> dict[str, str]:
    """Return a line about every suite, with the names of its configs; nothing is read or made."""
    found = {name: suite(name) for name in SUITES}
    return {name: f"{one.summary} (configs: {', '.join(one.configs)})" for name, one in found.items()}


def load_suite(name: str, data: Path | None = None) -> list[SuiteConfig]:
    """Load all configs of a suite (`mini`) or one of them (`mini/rvs-ego`).

    Args:
        name: suite, or suite and config.
        data: folder of the suites; None for the usual one.

    Raises:
        UserError: there is no such suite or config, or its data are not there.
    """
    suite_name, slash, config = name.partition("/")
    found = suite(suite_name)
    if slash and config not in found.configs:
        raise UserError(f"suite {suite_name!r} has no config {config!r}{suggestion(config, found.configs)}")
    folder = data_folder(data)
    return [found.load(one, folder) for one in ((config,) if slash else found.configs)]
