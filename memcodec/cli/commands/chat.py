"""``memcodec chat``: questions to memory files, answered by a model."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import click

from memcodec.cli import console
from memcodec.cli.opened import collection_of
from memcodec.cli.options import file_argument, json_option, quiet_option, seconds, setting
from memcodec.errors import ConfigError, MemcodecError

if TYPE_CHECKING:
    from memcodec.agents.chat.conversation import Answer, Conversation
    from memcodec.agents.chat.quoting import Citation
    from memcodec.answers.documents import ChatAnswer
    from memcodec.models.chat import Endpoint
    from memcodec.search.results import Mode

_UNSET = (
    "no endpoint is set, so these are the passages: give --endpoint and --model, or set MEMCODEC_CHAT_URL and "
    "MEMCODEC_CHAT_MODEL, and OPENAI_API_KEY if the endpoint wants a key"
)


@click.command("chat")
@file_argument("files", many=True)
@click.option("-a", "--ask", "question", metavar="QUESTION", help="Answer this one question, and end.")
@click.option(
    "--endpoint",
    metavar="URL",
    envvar=["MEMCODEC_CHAT_URL", "OPENAI_BASE_URL"],
    help="An OpenAI-compatible endpoint, as http://127.0.0.1:8080/v1.",
)
@click.option(
    "--model",
    metavar="NAME",
    envvar=["MEMCODEC_CHAT_MODEL", "OPENAI_MODEL"],
    help="The model there that answers.",
)
@click.option(
    "--timeout",
    type=seconds,
    default=120.0,
    metavar="SECONDS",
    help="How long to wait for an endpoint that says nothing.  [default: 120]",
)
@setting("--mode", help="Words, meaning, or both; falls back to what the files have.")
@setting("-k", "k", type=int, metavar="N", help="How many passages to answer from.")
@setting(
    "--cache",
    "disk_cache",
    metavar="SIZE",
    help="Keep what is fetched from a URL on disk for the next command, at most so much.",
)
@json_option
@quiet_option
def chat_command(
    files: tuple[str, ...],
    question: str | None,
    endpoint: str | None,
    model: str | None,
    timeout: float,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Ask memory files questions, and have a model answer from them.

    The passages that bear on a question are sent to the endpoint, and nowhere else; the answer cites them, and they
    are named below it. Without an endpoint the passages themselves are printed. Questions come from --ask, or else from
    standard input: one after the other on a terminal, until Ctrl-D; otherwise all of it is one question. The key is
    read from OPENAI_API_KEY.

    \b
    Examples:
      memcodec chat notes.mp4
      memcodec chat notes.mp4 --ask "when do herons nest" --endpoint http://127.0.0.1:8080/v1 --model qwen3
      memcodec chat notes.mp4 letters.flac --ask "who wrote in June" --json
    """
    from memcodec.agents.chat.conversation import Conversation
    from memcodec.config import sources as config

    settings = config.load(options)
    there = _endpoint(endpoint, model, timeout)
    with collection_of(files, settings) as collection:
        talk = Conversation(collection, settings.search.k, cast("Mode", settings.search.mode))
        if question is None and console.is_terminal(sys.stdin):
            if as_json:
                raise click.UsageError("--json answers one question; give --ask")
            _converse(talk, there, quiet=quiet)
            return
        question = (sys.stdin.read() if question is None else question).strip()
        if not question:
            raise click.UsageError("there is no question; give --ask, or one on standard input")
        if as_json:
            console.echo_json(_json(talk, there, question))
        else:
            _turn(talk, there, question, quiet=quiet)


def _endpoint(url: str | None, model: str | None, timeout: float) -> Endpoint | None:
    if not url:
        return None
    if not model:
        raise ConfigError(
            "an endpoint and no model: give --model, or set MEMCODEC_CHAT_MODEL, to a model it has"
        )
    from memcodec.models.chat import Endpoint

    return Endpoint(url, model, os.environ.get("OPENAI_API_KEY"), timeout)


def _converse(talk: Conversation, endpoint: Endpoint | None, *, quiet: bool) -> None:
    """Questions from a terminal, until its end; one that fails does not end it."""
    import readline  # noqa: F401 - lines that input() reads can be edited then

    if not quiet:
        console.note("ask a question; Ctrl-D ends")
    while True:
        try:
            question = input("> ").strip()
        except EOFError:
            click.echo()
            return
        if not question:
            continue
        try:
            _turn(talk, endpoint, question, quiet=quiet)
        except MemcodecError as error:
            click.echo()
            console.error(str(error))
        click.echo()


def _turn(talk: Conversation, endpoint: Endpoint | None, question: str, *, quiet: bool) -> None:
    """Answer one question."""
    if endpoint is None:
        _show_passages(talk.find(question))
        _notes([*talk.notes, _UNSET], quiet=quiet)
        return
    reply = talk.ask(question, endpoint, _writer())
    click.echo()
    if reply.cited:
        click.echo()
    for passage in reply.cited:
        click.echo(_place(passage))
    _notes([*reply.notes, *_remarks(reply)], quiet=quiet)


def _writer() -> Callable[[str], None]:
    def write(piece: str) -> None:
        click.echo(console.clean(piece), nl=False)
        sys.stdout.flush()

    return write


def _remarks(reply: Answer) -> list[str]:
    remarks = ["the answer was cut at the model's limit"] * reply.cut
    return remarks + ["the answer cites no passage"] * (not reply.cited)


def _place(passage: Citation) -> str:
    where = console.styled(console.line(passage.place), fg="cyan")
    return f"[{passage.number}] {where}{console.dim(f'  {console.line(passage.hit.document.title)}')}"


def _show_passages(passages: Sequence[Citation]) -> None:
    for passage in passages:
        click.echo(_place(passage))
        click.echo(console.clean(passage.hit.text).strip("\n"))
        click.echo()
    if not passages:
        click.echo(console.dim("no passages"))


def _notes(texts: Sequence[str], *, quiet: bool) -> None:
    for text in () if quiet else texts:
        console.note(text)


def _json(talk: Conversation, endpoint: Endpoint | None, question: str) -> ChatAnswer:
    """One question; ``answer`` and ``cut`` are null without a model."""
    from memcodec import answers

    reply = talk.ask(question, endpoint) if endpoint else None
    passages = reply.passages if reply else talk.find(question)
    notes = [*talk.notes, *(_remarks(reply) if reply else [_UNSET])]
    return {
        "question": question,
        "answer": reply.text if reply else None,
        "cut": reply.cut if reply else None,
        "model": endpoint.model if endpoint else None,
        "citations": [each.number for each in reply.cited] if reply else [],
        "passages": answers.documents.passages((each.number, each.hit) for each in passages),
        "notes": notes,
    }
