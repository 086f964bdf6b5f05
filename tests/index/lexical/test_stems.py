"""Stems: those of the version that an index was made with, whichever is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import MissingExtra
from memcodec.index.lexical import stems
from memcodec.index.lexical.stems import VERSIONS, differs, installed, languages, stem_of
from memcodec.index.lexical.tokens import Analysis, Analyzer
from tests.support.needs import lacks

#: words, then their stems by Snowball 3.0 and by 3.1
CHANGED = {
    "english": ("internal international interfering interval skis", "intern intern interf interv skis",
                "internal internat interfer interval ski"),
    "danish": ("jazzen quizzer buzzer kattene", "jaz quiz buz kat", "jazz quizz buzz kat"),
    "finnish": ("ajatollahin agathon peruhun talohon", "ajatollahin agathon peruhu talo", "ajatollah agatho peru talo"),
    "lithuanian": ("seserų seserimi barjerų namai", "ses ses barj nam", "seser seser barjer nam"),
}  # fmt: skip
OLDER = Path(sys.prefix) / "older" / "PyStemmer-3.0"


@pytest.mark.parametrize("language", CHANGED)
@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_has_its_stems(language: str, version: str) -> None:
    words, *by_version = (row.split() for row in CHANGED[language])
    stem = stem_of(language, version)
    assert stem is not None
    assert list(map(stem, words)) == by_version[VERSIONS.index(version)]
    analyzer = Analyzer(Analysis(language, 2, version))
    assert analyzer.tokens(" ".join(words)) == by_version[VERSIONS.index(version)]


def test_what_did_not_change_is_one_rule() -> None:
    for language in languages():
        rules = {Analysis(language, 2, version).rule for version in VERSIONS}
        assert len(rules) == (2 if differs(language) else 1)
    assert {language for language in languages() if differs(language)} == set(CHANGED)


def test_a_stemmer_that_cannot_be_told_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    installed.cache_clear()
    monkeypatch.setattr(stems, "_PROBED", {})
    with pytest.raises(MissingExtra, match=r"pip install 'PyStemmer>=3\.1"):
        Analyzer("english")
    monkeypatch.undo()
    installed.cache_clear()


@pytest.mark.parametrize("fault", ["missing", "newer"])
def test_without_the_older_stemmer_it_says_what_to_install(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if fault == "missing":
            raise stems.metadata.PackageNotFoundError(name)
        return "3.1.0"

    monkeypatch.setattr(stems.metadata, "version", version)
    with pytest.raises(MissingExtra, match=r"Snowball 3\.0.*pip install 'snowballstemmer>=3\.0\.1,<3\.1'"):
        stem_of("english", "3.0")
    assert stem_of("german", "3.0") is not None


# Both versions


def under(folder: Path | None, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A Python that has another PyStemmer, or the one that is installed."""
    path = os.pathsep.join(filter(None, [str(folder or ""), *sys.path]))
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, check=False
    )


WRITE = """
import sys, memcodec
settings = memcodec.Settings.of(parity=0, model="none", language=sys.argv[2])
with memcodec.create(sys.argv[1], settings=settings) as memory:
    for word in sys.argv[3:]:
        memory.add(word, uri=word)
"""
SEARCH = """
import sys, memcodec
with memcodec.open(sys.argv[1]) as memory:
    for word in sys.argv[2:]:
        print(word in [hit.document.uri for hit in memory.search(word)])
"""
STEM = """
import json, sys, Stemmer
print(json.dumps(Stemmer.Stemmer(sys.argv[1], 0).stemWords(sys.argv[2:])))
"""


@pytest.fixture(scope="module")
def older() -> Path:
    if not OLDER.is_dir():
        lacks("PyStemmer 3.0", f"pip install --no-deps --target {OLDER} PyStemmer==3.0.0")
    return OLDER


@pytest.mark.slow
@pytest.mark.parametrize("language", ["english", "lithuanian"])
def test_a_file_of_one_version_is_searched_under_the_other(
    language: str, older: Path, tmp_path: Path
) -> None:
    words, before, _ = (row.split() for row in CHANGED[language])
    assert json.loads(under(older, STEM, language, *words).stdout) == before
    path = tmp_path / "m.mp4"
    written = under(older, WRITE, path, language, *words)
    assert not written.returncode, written.stderr
    for folder in (older, None):
        found = under(folder, SEARCH, path, *words)
        assert found.stdout.split() == ["True"] * len(words), found.stderr
    with memcodec.open(path) as memory:
        assert memory.search(words[0])


@pytest.mark.slow
def test_an_older_stemmer_cannot_search_a_newer_file_and_says_so(older: Path, tmp_path: Path) -> None:
    for language, word in (("english", "internal"), ("german", "Häuser")):
        path = tmp_path / f"{language}.mp4"
        assert not under(None, WRITE, path, language, word).returncode
        found = under(older, SEARCH, path, word)
        if language == "german":
            assert found.stdout.split() == ["True"], found.stderr
        else:
            assert (
                "MissingExtra: text indexed by Snowball 3.1 (english), not 3.0: pip install" in found.stderr
            )
