"""Datasets made from their sources, and the mini world."""
