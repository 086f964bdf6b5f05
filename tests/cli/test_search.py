"""``memcodec search``."""

from __future__ import annotations

import json
from pathlib import Path

from memcodec.cli.search import _wrapped, highlighted
from tests.cli.support import DOCUMENTS, Run

HIT = {"rank", "score", "file", "document", "chunk", "start", "end", "line", "text"}
DOCUMENT = {"id", "uri", "title", "time", "tags", "sha256", "size"}


def test_json_has_exactly_the_promised_names(run: Run, memory_file: str) -> None:
    result = run("search", "heron", memory_file, "--json")
    answer = json.loads(result.stdout)
    assert set(answer) == {"query", "mode", "notes", "hits"}
    assert (answer["query"], answer["mode"]) == ("heron", "lexical")
    for rank, hit in enumerate(answer["hits"], 1):
        assert set(hit) == HIT and set(hit["document"]) == DOCUMENT and set(hit["line"]) == {"first", "last"}
        assert hit["rank"] == rank and hit["file"] == memory_file
        text = DOCUMENTS[hit["document"]["uri"]].encode()
        assert hit["text"] == text[hit["start"] : hit["end"]].decode()
    assert answer["hits"] and result.stderr == ""


def test_hits_for_people(run: Run, memory_file: str) -> None:
    result = run("search", "swift branch", memory_file)
    lines = result.stdout.splitlines()
    assert lines[0].startswith(" 1  Swifts  ")
    assert lines[1].strip().startswith("birds/swifts.txt:1-4  ")
    assert "place=pond" in lines[1]
    assert "A swift sleeps on the wing; no swift needs a branch." in lines[2]
    assert lines[-1].startswith("1 hit, lexical, ")
    assert "no vectors" in result.stderr


def test_quiet_drops_the_notes(run: Run, memory_file: str) -> None:
    assert run("search", "swift", memory_file, "--quiet").stderr == ""


def test_no_hits_is_no_error(run: Run, memory_file: str) -> None:
    assert run("search", "xyzzy", memory_file).stdout.startswith("no hits, lexical, ")
    assert json.loads(run("search", "xyzzy", memory_file, "--json").stdout)["hits"] == []


def test_k(run: Run, memory_file: str) -> None:
    assert len(json.loads(run("search", "heron", memory_file, "-k", 1, "--json").stdout)["hits"]) == 1


def test_full_shows_the_whole_chunk(run: Run, memory_file: str) -> None:
    short, full = (run("search", "april", memory_file, *more).stdout for more in ((), ("--full",)))
    text = json.loads(run("search", "april", memory_file, "--json").stdout)["hits"][0]["text"]
    assert "".join(text.split()) in "".join(full.split())
    assert "".join(text.split()) not in "".join(short.split())


def test_several_files_are_one_collection(run: Run, memory_file: str) -> None:
    Path("more.txt").write_text("A heron, once more.\n")
    run("encode", "more.txt", "-o", "more.mp4", "--model", "none")
    hits = json.loads(run("search", "heron", memory_file, "more.mp4", "--json").stdout)["hits"]
    assert {hit["file"] for hit in hits} == {memory_file, "more.mp4"}
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    assert "more.mp4" in run("search", "heron", memory_file, "more.mp4").stdout


def test_a_file_named_twice_is_searched_once(run: Run, memory_file: str) -> None:
    once, twice = (
        json.loads(run("search", "april", *[memory_file] * times, "--json").stdout) for times in (1, 2)
    )
    assert once == twice


def test_semantic_needs_vectors(run: Run, memory_file: str) -> None:
    assert "no vectors" in run("search", "bird", memory_file, "--mode", "semantic", code=10).stderr


def test_a_file_without_index_says_so(run: Run) -> None:
    Path("a.txt").write_text("heron")
    run("encode", "a.txt", "-o", "a.mp4", "--index", "none")
    for mode in ("hybrid", "lexical"):
        result = run("search", "heron", "a.mp4", "--mode", mode)
        assert result.stdout.startswith("no hits") and "no lexical index" in result.stderr


def test_mode_comes_from_settings_too(run: Run, memory_file: str) -> None:
    result = run("search", "heron", memory_file, env={"MEMCODEC_SEARCH_MODE": "lexical"})
    assert result.stderr == ""


def test_highlighting_cleans_and_survives_overlaps() -> None:
    assert highlighted("a\x1bb", [(0, 2), (1, 3)]) == "a\u241bb"


def test_wrapping_counts_columns() -> None:
    assert _wrapped("aa 漢字 bb", 7) == ["aa 漢字", "bb"]
