"""What a page finds is what the library finds: the same chunks, order, texts and scores."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import ConfigError
from tests.support.browser import PageError
from tests.support.chromium import Tab
from tests.support.servers import WebServer
from tests.web.conftest import SAMPLES, grow, opened

COMMITS = int(os.environ.get("MEMCODEC_PAGE_COMMITS", "14"))
QUERIES = int(
    os.environ.get("MEMCODEC_PAGE_QUERIES", "25")
)  # of each file; CONTRIBUTING.md: 500 before a release

WRITTEN = [
    "commit record", "what's the return value of foo(bar)?", "running dogs", '"red fox"', "fox -red", "red AND fox",
    'fox OR "red squirrel"', "(fox OR squirrel) AND red", "conn*", "title:queries", 'author:"ada lovelace" range',
    "path:docs range", "path:*.md fox", "path:samples/?o[a-d]e.md c", "tag:kind=page search", "type:md passage",
    "lang:en fox", "since:2020 fox", "until:2020 fox", "before:2020-03-04 OR fox", "after:2020-03 heron",
    "-(fox OR red) range",
    'cats title:more', "cats -dogs", "C++", "C#", "std::vector", "foo_bar",
    "PyObject_Call", "1.10.1", "--force", "e-mail",
    "cafe", "café", "jose", "José", "resume", "résumé", "strasse", "istanbul", "σισυφοσ", "Łódź",
    "fin", "東京", "京", "都に住",
    "ไทย", "한국어", "किताब", "שלום", "مرحبا", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𐐨𐑉",
    '"東京都"', "京*", "qzxv wvutq",
    "the of and", "", "?!",
    '"passages that hold" range -crash', "NOT fox", "NOT (range OR file)", "a b AND c OR d", "number OR again diary",
    "и", "й", "ё",
]  # fmt: skip

WRONG = [
    "cats AND",
    "AND cats",
    "title:",
    "since:whenever",
    "cats -(",
    '"red fox" (',
    "e*",
    "( ) OR",
    "x NOT",
]


def asked(text: str, number: int, seed: int) -> Iterator[str]:
    """Queries of the words of a text, of all kinds there are."""
    chance, words = random.Random(seed), re.findall(r"\w+|\S+", text)
    for _ in range(number):
        at, size = chance.randrange(len(words) - 6), chance.randint(1, 5)
        some = [word for word in words[at : at + size] if '"' not in word]
        match chance.randrange(8):
            case 0:
                yield f'"{" ".join(some[:3])}"'
            case 1:
                yield f"{' '.join(some)} -{chance.choice(words)}"
            case 2:
                yield f"{chance.choice(words)} AND {chance.choice(words)} OR {chance.choice(words)}"
            case 3:
                yield f"{chance.choice(words)[:4]}*"
            case 4:
                yield f"path:{chance.choice(['docs', 'samples', '*.md', 'notes/*'])} {' '.join(some)}"
            case _:
                yield " ".join(some)


def compare(search: object, memory: memcodec.Memory, queries: Iterator[str] | list[str], k: int = 10) -> int:
    """Raises AssertionError where answers differ; returns how many queries found something."""
    assert callable(search)
    found = 0
    for query in queries:
        try:
            wanted = memory.search(query, k, mode="lexical")
        except ConfigError as error:
            with pytest.raises(PageError) as caught:
                search(query, k)
            # Lines about times differ: a page knows fewer words for them.
            assert str(error).partition(" (it keeps")[0][:40] in str(caught.value) or "not a time" in str(
                error
            ), query
            continue
        hits = search(query, k)
        assert [hit[0] for hit in hits] == [hit.chunk for hit in wanted], query
        assert [hit[2:] for hit in hits] == [(hit.text, hit.document.uri) for hit in wanted], query
        assert [hit[1] for hit in hits] == pytest.approx([hit.score for hit in wanted], abs=1e-6), query
        found += bool(hits)
    return found


KINDS = ["av1-dense", "h264-dense", "vp9-dense", "av1-robust", "h264-robust", "vp9-robust", "flac-dense"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("memories")


def _text(memory: memcodec.Memory) -> str:
    return " ".join(memory.read(document) for document in memory.documents())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_finds_what_the_library_finds(kind: str, tab: Tab, site: WebServer, folder: Path) -> None:
    path = grow(folder / f"{kind}.{'flac' if 'flac' in kind else 'mp4'}", *kind.split("-"))
    search = opened(tab, site, path)
    with memcodec.open(path) as memory:
        queries = [*(WRITTEN if kind == KINDS[0] else WRITTEN[::6]), *asked(_text(memory), QUERIES, seed=1)]
        assert compare(search, memory, queries) > len(queries) // 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["many.mp4", "many.flac"])
def test_of_many_commits_each_state_is_found_as_it_was(
    name: str, tab: Tab, site: WebServer, folder: Path
) -> None:
    path = grow(folder / name, "flac" if "flac" in name else "av1", commits=COMMITS)
    with memcodec.open(path) as memory:
        search = opened(tab, site, path)
        assert compare(search, memory, [*WRITTEN[:24], *asked(_text(memory), QUERIES, seed=2)]) > 20
        numbers = [commit.number for commit in memory.log()]
    assert len(numbers) > 14
    for number in (numbers[0], numbers[5], numbers[-3]):
        with memcodec.open(path, as_of=number) as memory:
            search = opened(tab, site, path, as_of=number)
            assert (
                compare(search, memory, ["heron number", "diary", "red fox", "path:docs range", "-fox"]) > 3
            )


@pytest.mark.slow
def test_who_searches_on_and_on_finds_what_is_there(tab: Tab, site: WebServer, folder: Path) -> None:
    """Of more frames than are kept, some of those that a search needs are here and others are not."""
    chance, path = random.Random(6), folder / "long.flac"
    with memcodec.create(
        path, codec="flac", model="none", settings=memcodec.Settings.of(bits="16")
    ) as memory:
        for number in range(600):
            letters = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=6000))
            words = [letters[at : at + 12] for at in range(0, 6000, 12)]
            memory.add(f"shared{number % 17} {' '.join(words)}", uri=f"{number}.txt")
    search = opened(tab, site, path)
    with memcodec.open(path) as memory:
        assert sum(segment.record.packets for segment in memory.reader.segments) > 100
        queries = [f"shared{chance.randrange(17)} shared{chance.randrange(17)}" for _ in range(60)]
        assert compare(search, memory, queries) == 60


@pytest.mark.slow
@pytest.mark.parametrize("language", ["none", "german", "french"])
def test_other_languages_have_their_word_endings(
    language: str, browser: object, site: WebServer, folder: Path
) -> None:
    path = grow(folder / f"{language}.mp4", "av1", language=language)
    script = "" if language == "none" else f"<script src={language}.js></script>"
    (site.folder / f"{language}.html").write_text(
        f"<!doctype html><meta charset=utf-8><body></body>{script}<script src=memcodec.js></script>"
    )
    tab = browser.tab()  # type: ignore[attr-defined]
    tab.go(site.url(f"{language}.html"))
    search = opened(tab, site, path)
    with memcodec.open(path) as memory:
        assert compare(search, memory, [*WRITTEN[:40], *asked(_text(memory), QUERIES // 2, seed=3)]) > 20


_BEGUN = """(async (queries, least) => {
  const wrong = [];
  for (const query of queries) {
    const told = hits => hits.map(hit => [hit.rank, hit.chunk, hit.score, hit.found.text]);
    const { hits, count } = await searcher.begin(query, 10, least), all = await searcher.search(query, 10);
    const isRight = count === all.length && hits.length >= Math.min(least, count);
    if (!isRight || JSON.stringify(told(hits)) !== JSON.stringify(told(all).slice(0, hits.length))) wrong.push(query);
  }
  return wrong;
})"""


@pytest.mark.parametrize("least", [1, 4])
def test_the_first_hits_are_those_that_are_first_of_all(
    least: int, tab: Tab, site: WebServer, folder: Path
) -> None:
    """Whatever texts lower: accents that were not typed, words written otherwise."""
    path = folder / "first.mp4"
    if not path.exists():
        grow(path, "av1", commits=5)
        with memcodec.open(path) as memory:
            for number in range(12):
                word = ("résumé", "resume", "Resume")[number % 3]
                memory.add(f"{word} {'e-mail ' * (number % 4)}C++ of number {number} é", uri=f"{number}.txt")
    opened(tab, site, path)
    queries = [*WRITTEN, "resume", "résumé", "e-mail C++", "resume number", "C++ résumé"]
    assert tab.run(f"{_BEGUN}({queries!r}, {least})") == []


def test_what_cannot_be_read_is_told_as_the_library_tells_it(tab: Tab, site: WebServer, folder: Path) -> None:
    path = folder / "small.mp4"
    with memcodec.create(path, model="none") as memory:
        memory.add("A red fox.", uri="fox.md")
    search = opened(tab, site, path)
    with memcodec.open(path) as memory:
        assert not compare(search, memory, WRONG)


def test_every_letter_is_folded_as_the_library_folds_it(tab: Tab) -> None:
    """Of each character that may stand in a word, the term it makes alone and among others."""
    from memcodec.index.lexical.tokens import analysis_of, analyzer

    letters = [chr(code) for code in range(0x20000) if chr(code).isalnum() and not 0xD800 <= code < 0xE000]
    words = [f"a{letter}b" for letter in letters]
    analysis = "{language: 'none', stemmer: '3.1'}"
    made: list[str] = tab.run(f"{words!r}.map(new memcodec.Analyzer({analysis}).term)")
    wanted = list(map(analyzer(analysis_of("none")).term, words))
    wrong = [(word, one, other) for word, one, other in zip(words, made, wanted, strict=True) if one != other]
    assert not wrong, wrong[:20]


@pytest.mark.parametrize(
    "language", ["english", "german", "french", "russian", "finnish", "turkish", "greek"]
)
def test_stems_are_those_of_snowball(language: str, browser: object, site: WebServer) -> None:
    from memcodec.index.lexical.stems import stem_of

    version = {"english": "3.1", "finnish": "3.0"}.get(language, "3.1")
    stem = stem_of(language, version)
    assert stem is not None
    chance = random.Random(4)
    alphabet = {"russian": "абвгдежзийклмнопрстуфхцчшщъыьэюя", "greek": "αβγδεζηθικλμνξοπρσςτυφχψω"}.get(
        language, "abcdefghijklmnopqrstuvwxyzäöüéçı"
    )
    words = [
        *re.findall(r"\w+", " ".join(SAMPLES.values()).lower()),
        *("".join(chance.choices(alphabet, k=chance.randint(1, 12))) for _ in range(3000)),
    ]
    if language == "english":
        text = (Path(__file__).parent.parent.parent / "docs" / "CLI.md").read_text("utf-8").lower()
        words += sorted(set(re.findall(r"[a-z']+", text)))
        words += ["internal", "evening", "international", "interest", "past", "skis", "dying", "generously"]
    (site.folder / f"{language}.html").write_text(
        "<!doctype html><meta charset=utf-8><body></body>"
        f"<script src={language}.js></script><script src=memcodec.js></script>"
    )
    tab = browser.tab()  # type: ignore[attr-defined]
    tab.go(site.url(f"{language}.html"))
    made: list[str] = tab.run(
        f"{words!r}.map(memcodec.stemOf({{language: '{language}', stemmer: '{version}'}}))"
    )
    assert made == list(map(stem, words))
