from __future__ import annotations

import vstreamqa
from vstreamqa.runs.provenance import hardware, versions


def test_versions_name_this_package_and_hardware_this_machine() -> None:
    assert versions()["vstreamqa"] == vstreamqa.__version__
    assert hardware()["cores"] >= 1
    assert hardware()["memory_bytes"] > 2**30
