"""Build VStream-QA from the original downloads."""
