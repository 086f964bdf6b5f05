"""``memcodec about``: the version, and whose work it stands on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, tables
from memcodec.cli.options import json_option
from memcodec.version import __version__

if TYPE_CHECKING:
    from memcodec.config.packages import Dependency


@click.command("about")
@click.option(
    "--licences", is_flag=True, help="List the packages it stands on, their licences and what they carry."
)
@json_option
def about_command(licences: bool, as_json: bool) -> None:
    """Show the versions and licences of memcodec and of the packages it uses.

    Packages carry libraries of others in their wheels: who passes an installed memcodec on, in an image or an
    installer, passes those on, too. --licences names those whose licences ask for more than to be named.

    \b
    Examples:
      memcodec about
      memcodec about --licences
      memcodec about --json | jq -r '.packages[] | [.name, .licence] | @tsv'
    """
    from memcodec import answers
    from memcodec.config import packages

    found = packages.packages()
    if as_json:
        console.echo_json(answers.machine.about(found))
        return
    missing = sorted({each.extra for each in found if each.version is None and each.extra})
    click.echo(f"memcodec {__version__}, MIT licence")
    click.echo(
        f"stands on {sum(each.version is not None for each in found)} packages (--licences lists them)"
    )
    if missing:
        click.echo(f"extras that are not, or only partly, installed: {', '.join(missing)}")
    if licences:
        _list(found)


def _list(found: list[Dependency]) -> None:
    heads = ("PACKAGE", "VERSION", "LICENCE", "EXTRA")
    cells = [
        (one.name, one.version or "not installed", one.licence or "", one.extra or "core") for one in found
    ]
    click.echo()
    tables.echo_table(heads, cells, prose=(2,))
    carried = defaultdict[tuple[str, str], set[str]](set)
    for package in found:
        for library in package.carries:
            if library.copyleft:
                carried[library.copyleft, package.name].add(library.name)
    click.echo()
    click.echo("Libraries in their wheels that come with conditions:")
    rows = [(*where, " ".join(sorted(names))) for where, names in sorted(carried.items())]
    tables.echo_table(("LICENCE", "IN", "LIBRARIES"), rows, prose=(2,))
