"""The run folder: plan, manifest, appended rows, resume."""
