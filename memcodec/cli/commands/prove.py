"""``memcodec prove``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands.show import located
from memcodec.cli.opened import opened
from memcodec.cli.options import State, as_of_option, file_argument, force_option, quiet_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.signed_text import signer_options
from memcodec.errors import ConfigError

if TYPE_CHECKING:
    from memcodec import Memory


@click.command("prove")
@file_argument()
@click.argument("name", metavar="DOC[:LINE]", required=False)
@click.option(
    "--chunk", type=click.IntRange(0), metavar="N", help="The chunk of that number, as search shows it."
)
@click.option(
    "-C",
    "--context",
    type=click.IntRange(0),
    default=5,
    metavar="N",
    help="Lines before and after LINE.  [default: 5]",
)
@click.option(
    "-o",
    "--output",
    metavar="PROOF",
    callback=remote_options.refuse(remote_options.WRITES),
    help="The file to write, NAME.json.  [default: standard output]",
)
@signer_options
@as_of_option
@cache_option
@force_option("Replace PROOF if it exists.")
@quiet_option
def prove_command(
    file: str,
    name: str | None,
    chunk: int | None,
    context: int,
    output: str | None,
    signed_by: tuple[str, ...],
    allowed_signers: str | None,
    as_of: State,
    force: bool,
    quiet: bool,
) -> None:
    """Prove that a passage is part of what was signed.

    PROOF is a small JSON that stands alone: the passage, the hashes that lead from it to what was signed, and the
    signature. `memcodec verify PROOF --signed-by KEY` checks it, without the memory file. DOC is a document as
    `memcodec show` takes it; with :LINE the lines around it are proven, else the whole text; --chunk takes a number
    that `memcodec search` shows. No more is read than that.

    \b
    Examples:
      memcodec prove notes.mp4 birds/herons.md:14 -o proof.json
      memcodec prove notes.mp4 --chunk 12 -o proof.json
      memcodec verify proof.json --signed-by alice.pub
    """
    if (name is None) == (chunk is None):
        raise click.UsageError("name a document, DOC or DOC:LINE, or a chunk by --chunk N")
    if output is not None and not output.lower().endswith(".json"):
        raise ConfigError(f"{output}: a proof is JSON; name it so")
    with opened(file, as_of) as memory:
        proof = _proof(memory, name, chunk, context, signed_by, allowed_signers)
    if output is None:
        click.echo(proof, nl=False)
        return
    from memcodec.cli.insight_options import write

    size = write(output, proof.decode(), [file], force=force)
    if not quiet:
        click.echo(
            f"{console.line(output)}: {size:,} bytes; memcodec verify {console.line(output)} --signed-by KEY"
        )


def _proof(
    memory: Memory,
    name: str | None,
    chunk: int | None,
    context: int,
    signed_by: tuple[str, ...],
    allowed_signers: str | None,
) -> bytes:
    if chunk is not None:
        return memory.prove(memory.get(chunk), by=signed_by, allowed=allowed_signers)
    document, line = located(memory, str(name))
    lines = (max(1, line - context), line + context) if line else None
    return memory.prove(document, lines=lines, by=signed_by, allowed=allowed_signers)
