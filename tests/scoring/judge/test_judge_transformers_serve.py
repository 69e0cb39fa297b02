"""A real OpenAI-compatible server, `transformers serve`, with a tiny model whose replies are junk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from vstreamqa.scoring.judge.base import Case, JudgeUnavailableError
from vstreamqa.scoring.judge.openai_judge import OpenAIJudge
from vstreamqa.serving.process import free_port

for needed in ("fastapi", "uvicorn", "openai"):
    pytest.importorskip(needed, reason=f"`transformers serve` needs {needed}: pip install 'transformers[serving]'")
