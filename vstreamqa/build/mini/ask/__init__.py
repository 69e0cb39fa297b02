"""What can be asked of a mini world at a moment, with the exact answer and where it can be seen."""
