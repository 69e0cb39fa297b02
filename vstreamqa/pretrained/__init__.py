"""Checkpoints, whoever uses them: where they lie, which files they are, how transformers loads them, and onto what."""
