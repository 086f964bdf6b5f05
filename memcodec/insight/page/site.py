"""What is beside a page of insight: the pages that it leads to, and those that search the files it speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from memcodec.insight.page.html import escaped
from memcodec.insight.page.nav import Link, nav
from memcodec.insight.values import Cite
from memcodec.printable import clean


class Shown(NamedTuple):
    """A file as pages show it. ``search``: the address of the page that searches it, up to where its query begins, with
    the ``?`` or ``#``; "" where there is none."""

    name: str
    search: str = ""


class Site(NamedTuple):
    """``links`` to what is beside a page; the ``files`` that it speaks of, by how the library calls them."""

    links: tuple[Link, ...] = ()
    files: Mapping[str, Shown] = MappingProxyType({})

    def nav(self, current: str) -> str:
        """The links as HTML; ``current`` is the label of the page that they stand in."""
        return nav(self.links, current)

    def name(self, file: str) -> str:
        """A file's name, as it is shown."""
        return self.files[file].name if file in self.files else file

    def search(self, file: str) -> str:
        """Where the page is that searches a file."""
        return self.files[file].search if file in self.files else ""

    def said(self, texts: Sequence[str]) -> list[str]:
        """Texts that name files, as they are shown, each once."""
        made = list(dict.fromkeys(texts))
        for file, shown in self.files.items():
            made = [each.replace(file, shown.name) for each in made]
        return made

    def document(self, file: str, uri: str, identity: str) -> str:
        """A document's uri as HTML, a link to the document where there is a page that shows it."""
        return self._linked(file, uri, {"doc": identity})

    def places(self, cites: Sequence[Cite], most: int, about: str = "") -> str:
        """Where chunks stand, as HTML, each a link to the document at that place. ``about``: what is said there."""
        return ", ".join(
            self._linked(each.file, str(each), {"q": phrase(about), "doc": f"{each.document}:{each.chunk}"})
            for each in cites[:most]
        )

    def _linked(self, file: str, text: str, wanted: Mapping[str, str]) -> str:
        search = self.search(file)
        if not search:
            return escaped(text)
        address = search + urlencode({name: value for name, value in wanted.items() if value})
        return f'<a href="{escape(address)}">{escaped(text)}</a>'


ALONE = Site()  #: a page with nothing beside it


def phrase(name: str) -> str:
    """The query that finds where something is named so: its words side by side, whatever signs stand in it."""
    words = " ".join(clean(name).replace('"', " ").split())
    return f'"{words}"' if words else ""
