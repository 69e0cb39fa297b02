"""What all tests share: made things are kept below the test run's own folder, and no hub is asked."""

from __future__ import annotations

import os

# Workers of a parallel run share the cores: threads of their own would only get in each other's way.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import chromium


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    # Workers of one parallel run share what they build; a finished build is put in place at once, so this is safe.
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    names = {"VSTREAMQA_CACHE": root / "cache", "VSTREAMQA_DATA": root / "cache" / "data", "HF_HUB_OFFLINE": "1"}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: str(value) for name, value in names.items()})
    yield
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a device or a network where there is none."""
    gpu = pytest.mark.skip(reason="needs a CUDA device")
    network = pytest.mark.skip(reason="needs a network: set VSTREAMQA_NETWORK=1")
    for item in items:
        if item.get_closest_marker("gpu") and not _has_gpu():
            item.add_marker(gpu)
        if item.get_closest_marker("network") and not os.environ.get("VSTREAMQA_NETWORK"):
            item.add_marker(network)


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for as long as a module needs it: its event loop would be in the way of other tests."""
    with chromium() as started:
        yield started


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run the program in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
