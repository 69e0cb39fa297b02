"""The program: every mistake of a user ends in one line and exit code 2."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

from vstreamqa.cli import (
    agree,
    audit,
    build,
    checkmodel,
    compare,
    doctor,
    evaluate,
    judgecard,
    leaderboard,
    listing,
    prompts,
    push,
    report,
    score,
    validate,
    view,
)
from vstreamqa.errors import VStreamQAError

EXIT_USER = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

# Typer keeps its own copy of Click's exceptions in newer versions; the base of a public one is right in all of them.
_ClickError: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

app = typer.Typer(
    name="vstreamqa",
    help="Measure models that watch a video stream and answer questions while it runs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("eval")(evaluate.command)
app.command("score")(score.command)
app.command("agree")(agree.command)
app.command("judge-card")(judgecard.command)
app.command("audit")(audit.command)
app.command("report")(report.command)
app.command("view")(view.command)
app.command("compare")(compare.command)
app.add_typer(build.app, name="build")
app.command("check-model")(checkmodel.command)
app.command("doctor")(doctor.command)
app.command("validate")(validate.command)
app.command("push")(push.command)
app.add_typer(leaderboard.app, name="leaderboard")
app.add_typer(prompts.app, name="prompts")
app.add_typer(listing.app, name="list")


def main() -> NoReturn:
    """Run the program and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        code = app(arguments, prog_name="vstreamqa", standalone_mode=False)
    except VStreamQAError as error:
        return _complain(str(error))
    except _ClickError as error:
        message = getattr(error, "format_message", error.__str__)()
        if type(error).__name__ == "NoArgsIsHelpError":
            print(message, file=sys.stderr)  # noqa: T201
            return EXIT_USER
        return _complain(message)
    except (KeyboardInterrupt, typer.Abort):
        print("stopped; the same command goes on where this one was", file=sys.stderr)  # noqa: T201
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except OSError as error:
        reason = error.strerror or str(error)
        place = f"{error.filename}: " if error.filename else ""
        return _complain(f"{place}{reason}; what was done is kept: mend this and give the same command again")
    return code if isinstance(code, int) else 0


def _complain(message: str) -> int:
    print(f"vstreamqa: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201
    return EXIT_USER


def _as_interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
