"""A tiny VideoLLM-online, trained from nothing in the released format.

In two steps: the vision tower learns to tell what a frame shows, and is then left as it is; connector and language
model learn streaming dialogues with the LIVE objective, silence frame by frame.
"""
