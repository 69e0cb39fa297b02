"""A tiny Flash-VStream: the true STAR memory in the loop, the released checkpoint format.

In four steps, each with the one before it fixed: the tower learns to tell what a frame shows; it and the memory turn
streams into memories; projector and words are brought to the same directions; projector and language model learn to
answer questions about memories.
"""
