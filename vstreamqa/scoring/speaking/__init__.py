"""Speaking unasked: what was said under a proactive question against the events it asks to be told."""
