"""Tiny checkpoints, trained from nothing on worlds of the split `train`, in the formats of the released ones."""
