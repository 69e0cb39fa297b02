"""The metrics VideoLLM-online (https://arxiv.org/abs/2406.11816) is published with.

Narrated streams, COIN, Ego4D's long-term anticipation. "spec" in these modules is the project's behavioural
specification of the original, `specs/videollm_online.md`.
"""
