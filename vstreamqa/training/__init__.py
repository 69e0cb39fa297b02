"""Training: the LIVE objective, and timed annotations turned into streaming dialogues. Not part of any evaluation.

LIVE is that of VideoLLM-online, https://arxiv.org/abs/2406.11816; "spec" in these modules is the project's behavioural
specification of the original, `specs/videollm_online.md`.
"""
