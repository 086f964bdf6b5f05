"""How a command ends: every error becomes one line on standard error and an exit code. The codes stand in errors.py.

2 is wrong usage, 130 an interrupt from the keyboard, 141 a reader of standard output that went away (the shell's
128 + SIGINT and 128 + SIGPIPE).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

import click

from memcodec.cli import console
from memcodec.errors import MemcodecError
from memcodec.process import streams

INTERRUPTED = 130
PIPE_CLOSED = 141


class Failure(Exception):
    """An error on its way out; an empty message says nothing more than the exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn the errors a user can cause, or a machine can, into ``Failure``; a bug stays what it is."""
    try:
        yield
    except MemcodecError as error:
        raise Failure(str(error), error.exit_code) from error
    except KeyboardInterrupt as error:
        raise Failure("interrupted", INTERRUPTED) from error
    except BrokenPipeError as error:
        _discard_output()
        raise Failure("", PIPE_CLOSED) from error
    except OSError as error:
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        raise Failure(f"{where}{error.strerror or error}", MemcodecError.exit_code) from error
    except MemoryError as error:
        raise Failure(
            "not enough memory; close other programs or use smaller inputs", MemcodecError.exit_code
        ) from error


@contextlib.contextmanager
def reported() -> Iterator[None]:
    """Print what ``translated`` made, and exit the process."""
    streams.open_missing()
    for stream in (sys.stdout, sys.stderr):
        # A character the terminal lacks is shown as "?", not a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    code = 0
    try:
        yield
    except Failure as failure:
        code = failure.exit_code
        if message := str(failure):
            console.error(message)
    except click.ClickException as error:
        code = error.exit_code
        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            error.show()
        else:
            console.error(error.format_message().rstrip(".") + _hint(error))
    except click.Abort:
        code = INTERRUPTED
        console.error("interrupted")
    sys.exit(code)


def _hint(error: click.ClickException) -> str:
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return ""
    return f" (see `{error.ctx.command_path} --help`)"


def _discard_output() -> None:
    """Send what is still buffered nowhere, or Python complains on its way out (its ``signal`` module, "SIGPIPE")."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
