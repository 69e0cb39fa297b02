"""Models behind a server that speaks OpenAI's chat API: one that is running, or one started for the run."""

from vstreamqa.models.served.adapter import Served
from vstreamqa.models.served.vllm import Vllm

__all__ = ["Served", "Vllm"]
