"""Judges of open answers: one interface (`base`), reached by name."""
