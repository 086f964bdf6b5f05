"""``memcodec search``."""

from __future__ import annotations

import csv
import io
import json
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from memcodec.cli.console import wrapped
from memcodec.cli.hits_data import COLUMNS
from memcodec.cli.hits_text import highlighted
from memcodec.cli.links import target_of
from memcodec.cli.ranking_options import numbered
from memcodec.model import Document, Hit, Line
from tests.cli.support import DOCUMENTS, Run, written_on_a_terminal

HIT = {
    "rank",
    "score",
    "file",
    "document",
    "chunk",
    "start",
    "end",
    "line",
    "text",
    "path",
    "place",
    "folded",
}
DOCUMENT = {"id", "uri", "title", "time", "tags", "sha256", "size"}
DOCUMENT |= {"type", "author", "language", "extracted", "original", "root"}


@pytest.fixture
def on_pseudo_terminal() -> Callable[..., str]:
    """Run a command whose standard input is a terminal too, as a pager asks for; gives all that it wrote there."""
    return partial(written_on_a_terminal, typed=True)


def test_json_has_exactly_the_promised_names(run: Run, memory_file: str) -> None:
    result = run("search", "heron", memory_file, "--json")
    answer = json.loads(result.stdout)
    assert set(answer) == {"query", "mode", "late", "notes", "suggestion", "hits"}
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
    assert result.stderr == ""


def test_quiet_drops_the_notes(run: Run, memory_file: str) -> None:
    assert run("search", "swift", memory_file, "--quiet").stderr == ""


def test_no_hits_is_no_error(run: Run, memory_file: str) -> None:
    assert run("search", "xyzzy", memory_file).stdout.startswith("no hits, lexical, ")
    assert json.loads(run("search", "xyzzy", memory_file, "--json").stdout)["hits"] == []
    assert run("search", "xyzzy", memory_file, "--fail-empty", code=1).stdout.startswith("no hits")
    assert run("search", "swift", memory_file, "--fail-empty").stdout


def test_a_slip_is_asked_about(run: Run, memory_file: str) -> None:
    assert run("search", "hreon", memory_file).stdout.endswith('; did you mean "heron"?\n')
    assert json.loads(run("search", "hreon", memory_file, "--json").stdout)["suggestion"] == "heron"


def test_patterns(run: Run, memory_file: str) -> None:
    found = run("search", "wing; no", memory_file, "--exact").stdout
    assert "wing; no" in found and found.splitlines()[-1].startswith("1 hit, exact, ")
    assert "1 hit, regex" in run("search", r"wing\W+no\b", memory_file, "--regex").stdout
    assert "RE2" in run("search", "(", memory_file, "--regex", code=3).stderr
    assert "exclude each other" in run("search", "a", memory_file, "--exact", "--regex", code=2).stderr


def test_times_are_in_the_users_zone_and_say_so(
    run: Run, memory_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(run("search", "swift", memory_file, "--json").stdout)["hits"][0]["document"]["time"]
    monkeypatch.setenv("TZ", "XST-05:30")
    time.tzset()
    try:
        local, utc = (run("search", "swift", memory_file, *more).stdout for more in ((), ("--utc",)))
    finally:
        monkeypatch.undo()
        time.tzset()
    moment = datetime.fromisoformat(told)
    assert f"{moment:%Y-%m-%d %H:%M} UTC" in utc
    assert f"{moment.astimezone(timezone(timedelta(hours=5.5))):%Y-%m-%d %H:%M} XST" in local


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
    assert wrapped("aa 漢字 bb", 7) == ["aa 漢字", "bb"]


def test_neighbours_are_one_hit_unless_chunks_are_asked_for(run: Run, memory_file: str) -> None:
    query = ("search", "path:herons", memory_file, "--json")
    (passage,) = json.loads(run(*query).stdout)["hits"]
    assert (
        passage["text"] == DOCUMENTS["birds/herons.md"].rstrip("\n")
        or passage["text"] == DOCUMENTS["birds/herons.md"]
    )
    assert len(json.loads(run(*query, "--chunks", "--all").stdout)["hits"]) > 1


def test_what_says_the_same_is_folded_unless_all_is_asked_for(run: Run) -> None:
    for name in ("one.txt", "two.txt"):
        Path(name).write_text("A heron waits in the reeds.\n")
    run("encode", "one.txt", "two.txt", "-o", "twice.mp4", "--model", "none")
    (hit,) = json.loads(run("search", "heron", "twice.mp4", "--json").stdout)["hits"]
    assert hit["folded"] == 1
    assert "1 more like it" in run("search", "heron", "twice.mp4").stdout
    assert run("search", "heron", "twice.mp4", "--all").stdout.count(".txt:1 ") == 2


def test_filters(run: Run, memory_file: str) -> None:
    def found(*options: str) -> set[str]:
        hits = json.loads(run("search", "heron OR kettle OR swift", memory_file, "--json", *options).stdout)[
            "hits"
        ]
        return {hit["document"]["uri"] for hit in hits}

    assert found() == {"birds/herons.md", "birds/swifts.txt", "notes.txt"}
    assert found("--path", "birds/*", "--type", "md") == {"birds/herons.md"}
    assert found("--tag", "place=moon") == found("--since", "2999-01-01") == set()
    assert found("--until", "2999-01-01", "--tag", "place=pond") == found()


def test_natural_dates_in_a_query(run: Run, memory_file: str) -> None:
    assert run("search", 'heron since:"last Tuesday"', memory_file).stdout.startswith(" 1  ")
    assert run("search", "heron until:yesterday", memory_file).stdout.startswith("no hits")


def test_a_query_that_cannot_be_read(run: Run, memory_file: str) -> None:
    assert "column 7" in run("search", "heron (swift OR", memory_file, code=3).stderr


def test_jsonl_is_what_json_has(run: Run, memory_file: str) -> None:
    hits = json.loads(run("search", "heron swift", memory_file, "--json").stdout)["hits"]
    lines = run("search", "heron swift", memory_file, "--jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == hits


def test_csv_reads_back(run: Run, memory_file: str) -> None:
    hits = json.loads(run("search", "heron swift", memory_file, "--json").stdout)["hits"]
    rows = list(
        csv.DictReader(io.StringIO(run("search", "heron swift", memory_file, "--csv").stdout, newline=""))
    )
    assert [row["text"] for row in rows] == [hit["text"] for hit in hits]
    assert [(float(row["score"]), row["uri"], int(row["chunk"])) for row in rows] == [
        (hit["score"], hit["document"]["uri"], hit["chunk"]) for hit in hits
    ]
    assert set(rows[0]) == set(COLUMNS)


def test_one_form_at_a_time(run: Run, memory_file: str) -> None:
    assert "exclude each other" in run("search", "heron", memory_file, "--csv", "--json", code=2).stderr
    assert "--follow" in run("search", "heron", memory_file, "--follow", "--json", code=2).stderr


def test_group_names_a_document_once(run: Run, memory_file: str) -> None:
    shown = run("search", "heron", memory_file, "--group", "--chunks", "--all").stdout
    assert shown.count("birds/herons.md") == 1
    assert shown.count("lines ") > 1 and " 1  lines " in shown


def test_explain(run: Run, memory_file: str) -> None:
    shown = run("search", "swift -kettle", memory_file, "--explain").stdout
    assert "words: rank 1, " in shown and "times here, in 1 chunks" in shown
    assert "holds: NOT kettle" in shown
    assert "why" in json.loads(run("search", "swift", memory_file, "--explain", "--json").stdout)["hits"][0]


def test_headings_and_places_are_shown(run: Run) -> None:
    Path("a.md").write_text(
        "# Birds\n\n" + "Water. " * 20 + "\n\n## Herons\n\nThe grey one waits.\n" + "more " * 300
    )
    run("encode", "a.md", "-o", "a.mp4", "--model", "none", "--chunk-size", "100")
    assert "Birds › Herons" in run("search", "waits", "a.mp4", "--chunks").stdout


def test_diverse_needs_no_number(run: Run, memory_file: str) -> None:
    assert numbered(["q", "--diverse", "a.mp4"]) == ["q", "--diverse=0.5", "a.mp4"]
    assert numbered(["q", "a.mp4", "--diverse"]) == ["q", "a.mp4", "--diverse=0.5"]
    assert numbered(["--diverse", "0.7", "q"]) == ["--diverse", "0.7", "q"]
    assert numbered(["--", "--diverse"]) == ["--", "--diverse"]
    for given in (("--diverse", memory_file), (memory_file, "--diverse", "0.2")):
        assert run("search", "heron", *given).stdout.startswith(" 1  ")
    run("search", "heron", memory_file, "--diverse", "7", code=2)


def test_a_folder_of_memories(run: Run, memory_file: str) -> None:
    Path("memories/deep").mkdir(parents=True)
    shutil.copy(memory_file, "memories/deep/birds.mp4")
    Path("memories/film.mp4").write_bytes(b"no memory")
    result = run("search", "swift", "memories")
    assert "A swift sleeps" in result.stdout and "film.mp4" in result.stderr
    Path("empty").mkdir()
    assert "no memory file in this folder" in run("search", "swift", "empty", code=9).stderr


@pytest.mark.slow
def test_an_unknown_reranker_is_one_line(run: Run, memory_file: str) -> None:
    Path("model").mkdir()
    stderr = run("search", "heron", memory_file, "--rerank", "model", code=10).stderr
    assert "model: cannot be loaded as a cross-encoder" in stderr and stderr.count("memcodec:") == 1


@pytest.mark.slow
def test_links_where_terminals_know_them(on_terminal: Callable[..., str], memory_file: str) -> None:
    Path("birds").mkdir()
    Path("birds/swifts.txt").write_text("here")
    target = f"\x1b]8;;file://{quote(str(Path('birds/swifts.txt').absolute()))}#1\x1b\\"
    search = ("search", "swift", memory_file)
    assert target in on_terminal(*search, VTE_VERSION="6003", TMUX="")
    assert target in on_terminal(*search, FORCE_HYPERLINK="1")
    assert "\x1b]8" not in on_terminal(*search, VTE_VERSION="6003", FORCE_HYPERLINK="0")
    assert "\x1b]8" not in on_terminal(*search)


def test_only_what_is_near_is_linked(tmp_path: Path) -> None:
    def target(uri: str) -> str | None:
        time = datetime(2026, 4, 2, tzinfo=UTC)
        document = Document("1", uri, "", time, "", 1)
        return target_of(Hit(1, 1.0, str(tmp_path / "a.mp4"), document, 0, 0, 1, Line(7, 9), ""))

    (tmp_path / "sub").mkdir()
    (tmp_path / "b c.txt").write_text("x")
    assert target("b c.txt") == f"file://{tmp_path}/b%20c.txt#7"
    assert (
        target(str(tmp_path / "b c.txt")) is None
        and target("sub/../b c.txt") is None
        and target("none.txt") is None
    )
    assert target("b\0") is None and target("x" * 5000) is None
    assert target("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"
    assert target("https://example.org/\x1b\\evil\x07") == "https://example.org/%1B%5Cevil%07"
    assert target("javascript:alert(1)") is None


@pytest.mark.slow
def test_nothing_stored_steers_a_terminal(on_terminal: Callable[..., str], memory_file: str) -> None:
    for more in ((), ("--full",), ("--group",), ("--csv",), ("--jsonl",)):
        shown = on_terminal("search", "harmless", memory_file, *more)
        assert "terminal" in shown and "\x1b]0" not in shown and "\x9b" not in shown and "\x07" not in shown


@pytest.mark.slow
def test_what_is_longer_than_the_screen_goes_through_the_pager(
    memory_file: str, tmp_path: Path, on_pseudo_terminal: Callable[..., str]
) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n")
    pager.chmod(0o755)
    search = ("search", "heron OR swift OR kettle", memory_file)
    assert "PAGED" in on_pseudo_terminal(*search, PAGER=str(pager), LINES="5")
    assert "PAGED" not in on_pseudo_terminal(*search, PAGER=str(pager), LINES="500")
    assert "PAGED" not in on_pseudo_terminal(*search, "--no-pager", PAGER=str(pager), LINES="5")
