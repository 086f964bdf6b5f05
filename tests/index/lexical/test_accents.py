"""Letters without their accents; and single graphemes of scripts that give pairs."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.index.lexical.accents import without_accents
from memcodec.index.lexical.bm25 import LexicalIndex
from memcodec.index.lexical.segment import LexicalBuilder, LexicalSegment
from memcodec.index.lexical.stems import languages
from memcodec.index.lexical.tokens import FIRST, Analysis, Analyzer, is_lone
from memcodec.search.highlight import marks
from tests.search.query.memory import opened


def built(texts: list[str], language: str | Analysis = "english") -> LexicalIndex:
    builder = LexicalBuilder(language if isinstance(language, str) else language.language)
    builder._analyzer = Analyzer(language)
    builder._vocabulary._analyzer = builder._analyzer
    builder.add(texts)
    return LexicalIndex([opened(builder.to_bytes())])


def found(index: LexicalIndex, query: str) -> list[int]:
    return sorted(index.search(query, 99).chunk.tolist())


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("résumé", "resume"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("Diyarbakır", "diyarbakir"),
        ("phở đường", "pho duong"),
        ("smørrebrød", "smorrebrod"),
        ("œuvre", "oeuvre"),
        ("Ἀθῆναι", "αθηναι"),
        ("ёлка", "елка"),
        ("كِتَابٌ", "كتاب"),
        ("كتـــاب", "كتاب"),
        ("أحمد", "احمد"),
        ("סֵפֶר", "ספר"),
    ],
)
@pytest.mark.parametrize("language", ["english", "none"])
def test_words_are_found_without_their_accents_and_with_them(written: str, typed: str, language: str) -> None:
    index = built([written, unicodedata.normalize("NFD", written), typed, "else"], language)
    for word in (*typed.split(), *written.split(), *unicodedata.normalize("NFD", written).split()):
        assert found(index, word) == [0, 1, 2], word


def test_languages_with_accents_are_stemmed_as_they_are_written() -> None:
    french = Analyzer("french")
    assert len(set(french.tokens("développer développé développée développées"))) == 1
    assert Analyzer("german").tokens("Häuser Haus") == ["haus", "haus"]


WORDS = "développée été cafés año canción häuser större książkami žluťoučký güzelliği frumuseţe ευχαριστώ"


@pytest.mark.parametrize("language", languages())
def test_words_of_all_languages_are_found_without_their_accents(language: str) -> None:
    index = built([*WORDS.split(), "else"], language)
    for number, word in enumerate(WORDS.split()):
        assert number in found(index, word), word
        assert number in found(index, without_accents(word)), word


@pytest.mark.parametrize("word", ["हिन्दी", "が", "สวัสดี", "한국", "мой", "குரல்"])
def test_what_is_part_of_a_letter_or_a_syllable_stays(word: str) -> None:
    assert without_accents(unicodedata.normalize("NFKC", word)) == unicodedata.normalize("NFKC", word)
    assert without_accents("мой") != without_accents("мои")


@given(st.text())
def test_what_is_bare_stays_bare(text: str) -> None:
    bare = without_accents(unicodedata.normalize("NFKC", text))
    assert without_accents(bare) == bare


@pytest.mark.parametrize(
    "text", ["我家有一只猫。", "猫", "猫咪在家", "白猫咪", "cat猫", "猫cat", "一只猫和狗", "ﾈｺ猫"]
)
def test_one_character_is_found_wherever_it_stands(text: str) -> None:
    index = built(["天气很好", text, "cat"])
    assert found(index, "猫") == [1]
    assert is_lone("猫") and not is_lone("白猫") and not is_lone("c")
    assert [text[each.start : each.end] for each in marks(text, "猫", Analyzer("english"))] == ["猫"]


def test_one_syllable_with_its_particle() -> None:
    index = built(["책을 읽다", "새 책", "책", "책상", "공책"])
    assert found(index, "책") == [0, 1, 2, 3, 4]
    assert found(index, "책을") == [0]


def test_an_older_index_is_asked_by_its_own_rule() -> None:
    for language in ("english", "german"):
        older = built(["Café 我家有一只猫", "cafe"], Analysis(language, FIRST, "3.1"))
        (segment,) = older.segments
        assert isinstance(segment, LexicalSegment) and {each.version for each in segment.analyses} == {FIRST}
        assert (found(older, "café"), found(older, "cafe"), found(older, "一只")) == ([0], [1], [0])
        newer = built(["Café 我家有一只猫", "cafe"], language)
        both = LexicalIndex([*older.segments, *newer.segments])
        hits = both.search("café", 99)
        pairs = sorted(zip(hits.segment.tolist(), hits.chunk.tolist(), strict=True))
        assert pairs == [(0, 0), (1, 0), (1, 1)]
