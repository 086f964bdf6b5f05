"""What becomes of a ranking before it is shown: the options of ``search`` that say so."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from memcodec.cli.sections import Command

if TYPE_CHECKING:
    from memcodec.search.results import SearchOptions

F = TypeVar("F", bound=Callable[..., Any])
BALANCE = "0.5"  #: lambda, when ``--diverse`` has no number

_WISHES = (
    click.option("--all", "show_all", is_flag=True, help="Show hits that say the same, too."),
    click.option("--chunks", is_flag=True, help="Show chunks: neighbours are not made one passage."),
    click.option(
        "--rerank", metavar="MODEL", help="Rank the best again by a cross-encoder, a name or a folder."
    ),
    click.option(
        "--diverse",
        type=click.FloatRange(0, 1),
        metavar="[LAMBDA]",
        help=f"Choose hits that differ: 0 most, 1 not at all.  [without a number: {BALANCE}]",
    ),
    click.option(
        "--min-score",
        type=click.FloatRange(0, 1),
        metavar="SCORE",
        help="Only hits that score so much, 0 to 1.  [without: those that answer better than nonsense would]",
    ),
    click.option("--explain", is_flag=True, help="Say why each hit ranks where it does."),
)


def ranking_options(function: F) -> F:
    """The options that choose among what was found. The command takes them as ``wanted``, of ``SearchOptions``."""

    @functools.wraps(function)
    def call(
        *args: Any,
        show_all: bool,
        chunks: bool,
        rerank: str | None,
        diverse: float | None,
        min_score: float | None,
        explain: bool,
        **others: Any,
    ) -> Any:
        wanted: SearchOptions = {"merge": not chunks, "fold": not show_all, "explain": explain}
        wanted |= {"rerank": rerank, "diverse": diverse, "min_score": min_score}
        return function(*args, wanted=wanted, **others)

    decorated: Any = call
    for decorate in reversed(_WISHES):
        decorated = decorate(decorated)
    return cast("F", decorated)


class SearchCommand(Command):
    """A command whose ``--diverse`` may be followed by a number, and need not; with ``--image`` it takes no query."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        before = args[: args.index("--")] if "--" in args else args
        if any(each == "--image" or each.startswith("--image=") for each in before):
            args = ["", *args]
        return super().parse_args(ctx, numbered(args))


def numbered(args: Sequence[str]) -> list[str]:
    """The arguments, each ``--diverse`` with a number."""
    end = list(args).index("--") if "--" in args else len(args)
    return [
        f"--diverse={BALANCE}"
        if each == "--diverse" and at < end and not _is_number(args[at + 1 :])
        else each
        for at, each in enumerate(args)
    ]


def _is_number(following: Sequence[str]) -> bool:
    try:
        return bool(following) and float(following[0]) is not None
    except ValueError:
        return False
