"""What authors set apart: headings, titles, tags, terms that they define, texts of links, names in code.

Headings, titles and tags are in the catalogue. The rest is looked for in a sample of the texts, which also
tells how words are written: an index has their stems alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

from memcodec.errors import Damaged
from memcodec.index.lexical.accents import without_accents
from memcodec.insight.corpus import Corpus

LONGEST = 3  #: words of a name
SAMPLE = 6_000_000  #: characters of texts that are looked through, about
_RUN = 8  # chunks in a row that are read together: they stand in the same frames
_CHUNK = 1000

Words = tuple[str, ...]

# What may stand between marks is bounded, so that no text makes them slow.
_INLINE = re.compile(
    r"``(?P<code2>[^`\n]{2,60})``"
    r"|(?<![`:\w])`(?P<code>[^`<\n]{2,60}?)(?:\s<[^>\n]{1,200}>)?`"
    r"|:[a-zA-Z][\w+.-]{0,20}(?::[\w+.-]{1,20})?:`[!~.]{0,2}(?P<role>[^`<\n]{2,80}?)(?:\s<[^>\n]{1,200}>)?`"
    r"|(?<![\w\]!])\[(?P<link>[^\]\[\n]{2,80})\]\((?=[^)\s]{1,300}\))"
    r"|\[\[(?P<wiki>[^\]\[|\n]{2,80})(?:\|[^\]\[\n]{1,80})?\]\]"
    r"|\*\*(?P<bold>[^*\n]{2,60})\*\*"
    r"|(?<![\w*])\*(?P<italic>[^*\s][^*\n]{0,58}[^*\s])\*(?![\w*])"
)
_DEFINED = re.compile(r"^(?P<term>[^\s:.,;#>|*\-][^\n.:;]{1,50})\n(?:[ \t]{2,}|:[ \t]+)(?=\S)", re.M)
_HEADING = re.compile(
    r"^(?P<title>\S[^\n]{1,80})\n([=\-~^\"'*#+])\2{2,}[ ]*$|^#{1,6}[ ]+(?P<atx>[^\n]{2,80})$", re.M
)
# "is called a weak reference", as far as words of grammar go on.
_CALLED = re.compile(
    r"\b(?:called|termed|known\s+as|referred\s+to\s+as|so-called|term)\s+(?:an?\s+|the\s+)?[\"'“‘*`]{0,2}"
    r"(?P<term>[\w-]{2,30}(?:\s[\w-]{2,30}){0,3})"
)
_ABBREVIATED = re.compile(r"((?:[\w-]+[ ]){1,6})\(([A-Z][A-Za-z]{1,7})\)")
Kind = Literal["headed", "emphasized", "coded", "defined", "called", "part"]
# No corpus tells what links are worth: they count as headings do.
_KINDS: dict[str, Kind] = {
    "role": "headed", "link": "headed", "wiki": "headed", "bold": "emphasized", "italic": "emphasized", "code": "coded",
    "code2": "coded",
}  # fmt: skip


class Marks(NamedTuple):
    """``documents``: of each run of terms in how many documents it is set apart, by the kind of mark: in a title, a
    heading, a tag or a link (``headed``), emphasized, as code, where it is defined, where something is ``called`` so,
    and as a ``part`` of a heading. ``headings``: which documents have it in their headings, whole or as a part.
    ``short``: abbreviations, by what they stand for. ``texts``: the chunks that were looked through, as the index has
    them.
    """

    documents: dict[Kind, dict[Words, int]]
    headings: set[tuple[int, Words]]
    short: dict[Words, Words]
    texts: dict[int, str]

    @property
    def weight(self) -> dict[Words, int]:
        """In how many documents each run is set apart whole, each kind of mark counted alone."""
        made = Counter[Words]()
        for kind, some in self.documents.items():
            if kind != "part":
                made.update(some)
        return made


class Marking:
    """Collects marks of a corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus, self._terms = corpus, corpus.analyzer
        self._documents: dict[Kind, dict[Words, int]] = {kind: defaultdict(int) for kind in get_args(Kind)}
        self._headings = set[tuple[int, Words]]()
        self._short: dict[Words, Counter[Words]] = defaultdict(Counter)
        self._seen = set[tuple[int, Kind, Words]]()
        self._cache: dict[str, str] = {}
        self._names = {name for name, kept in zip(corpus.names, corpus.content.tolist(), strict=True) if kept}

    def found(self) -> Marks:
        """All marks."""
        for number, placed in enumerate(self._corpus.documents):
            self._take(number, placed.document.title, "headed")
            for value in placed.document.tags.values():
                for each in value.split(",")[:20]:
                    self._take(number, each[:80], "headed")
            for section in placed.document.sections[:2000]:
                for heading in section.path[-1:]:
                    self._take(number, heading, "headed")
        texts = dict[int, str]()
        for chunk, text, indexed in self._sample():
            self._of_text(int(self._corpus.document[chunk]), text)
            texts[chunk] = indexed
        short = {long: each.most_common(1)[0][0] for long, each in self._short.items()}
        return Marks(
            {kind: dict(each) for kind, each in self._documents.items()}, self._headings, short, texts
        )

    def _sample(self) -> Iterator[tuple[int, str, str]]:
        """Chunks and their texts: all, or evenly spaced runs of them. What is damaged beyond repair is left out."""
        total, wanted = self._corpus.chunks, SAMPLE // _CHUNK
        every = max(1, -(-total // wanted))
        chosen = [at for at in range(total) if (at // _RUN) % every == 0]
        try:
            for at, found in zip(chosen, self._corpus.texts(chosen), strict=True):
                yield at, found.text, found.indexed
        except Damaged as error:
            self._corpus.notes.append(f"how names are written was looked up in part of the texts: {error}")

    def _of_text(self, document: int, text: str) -> None:
        for match in _INLINE.finditer(text):
            kind = match.lastgroup or "code"
            self._take(document, match[kind], _KINDS[kind])
        for match in _DEFINED.finditer(text):
            self._take(document, match["term"], "defined")
        for match in _CALLED.finditer(text):
            self._take(document, match["term"], "called")
        for match in _HEADING.finditer(text):
            self._take(document, match["title"] or match["atx"], "headed")
        for match in _ABBREVIATED.finditer(text):
            self._abbreviated(match[1].split(), match[2])

    def _take(self, document: int, text: str, kind: Kind) -> None:
        """Words that are set apart: all of them, or, of headings, what stands between stop words; once of each
        document.
        """
        words = tuple(map(self._term, self._terms.surfaces(text[:200])))
        if kind == "called":  # to where words of grammar go on
            words = words[
                : next((at for at, each in enumerate(words) if each not in self._names), len(words))
            ]
        for run in self._runs(words):
            if kind == "headed":
                self._headings.add((document, run))
            if len(run) == len(words):
                self._count(document, run, kind)
            elif kind == "headed":
                self._count(document, run, "part")

    def _count(self, document: int, run: Words, kind: Kind) -> None:
        if (document, kind, run) not in self._seen:
            self._seen.add((document, kind, run))
            self._documents[kind][run] += 1

    def _runs(self, words: Words) -> Iterator[Words]:
        run: Words = ()
        for word in (*words, ""):
            if word in self._names:
                run += (word,)
                continue
            if 0 < len(run) <= LONGEST:
                yield run
            run = ()

    def _term(self, surface: str) -> str:
        found = self._cache.get(surface)
        if found is None:
            found = self._terms.term(surface)
            self._cache[surface] = found = without_accents(found) or found
        return found

    def _abbreviated(self, words: list[str], short: str) -> None:
        letters = short.removesuffix("s").lower()
        long = words[-len(letters) :]
        if [each[0].lower() for each in long] == list(letters):
            run = tuple(self._term(each) for one in long for each in self._terms.surfaces(one))
            self._short[run][(self._term(letters),)] += 1
