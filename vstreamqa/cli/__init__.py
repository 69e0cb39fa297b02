"""The command line: one file per command; it parses, calls one function, prints."""

from vstreamqa.cli.main import main

__all__ = ["main"]
