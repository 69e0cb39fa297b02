"""Checks that a number means what it says."""
