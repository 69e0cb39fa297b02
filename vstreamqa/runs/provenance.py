"""Where and with what a run was made."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

from vstreamqa.schema import Git

_PACKAGES = (
    "vstreamqa",
    "av",
    "datasets",
    "decord",
    "msgspec",
    "numpy",
    "pillow",
    "pyarrow",
    "safetensors",
    "tokenizers",
    "torch",
    "transformers",
)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages a figure can depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def hardware() -> dict[str, Any]:
    """Return the processor, the memory and the accelerators of this machine."""
    described: dict[str, Any] = {
        "cpu": _cpu_name(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "gpus": [],
    }
    torch = sys.modules.get("torch")
    if torch is not None:
        described["torch_threads"] = torch.get_num_threads()
        if torch.cuda.is_available():
            described["gpus"] = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return described


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def git_state() -> Git:
    """Return the commit of the checkout this package runs from; nothing if it is installed."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return Git(commit=None, dirty=None)
    commit = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain", "--untracked-files=no")
    return Git(commit=commit or None, dirty=None if changes is None else bool(changes))


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # fixed program and arguments
            ["git", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
