"""A run in the browser, question by question: served on this machine alone, or written out."""
