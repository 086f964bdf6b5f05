"""Names of documents as paths of each system."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.file.paths import MACOS, MAX_NAME, POSIX, WINDOWS, NameRules, plan, safe_name

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])( *\..*| *)", re.DOTALL)
NAMES = [
    "CON",
    "nul.txt",
    "a:b",
    "a.",
    "A.",
    "ä",
    "a\u0308",
    "\\",
    "x" * 300,
    "x" * 250 + ".abc def ghi jklmnop",
    "%FF",
]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("notes.md", "notes.md"),
        ("a:b", "a%3Ab"),
        ("c:\\windows", "c%3A%5Cwindows"),
        ('what?*<>|".md', "what%3F%2A%3C%3E%7C%22.md"),
        ("CON", "%43ON"),
        ("con.txt", "%63on.txt"),
        ("Nul .tar.gz", "%4Eul .tar.gz"),
        ("COM1", "%43OM1"),
        ("lpt³.md", "%6Cpt³.md"),
        ("conin$", "%63onin$"),
        ("console", "console"),
        ("com10", "com10"),
        ("end.", "end%2E"),
        ("end. .", "end. %2E"),
        ("end ", "end%20"),
        ("...", "..%2E"),
        ("tab\t", "tab%09"),
        ("..", "%2E%2E"),
    ],
)
def test_names_under_windows(name: str, safe: str) -> None:
    assert safe_name(name, WINDOWS) == safe
    assert safe_name(name, POSIX) == (name if name != ".." else "%2E%2E")


@given(st.lists(st.lists(st.sampled_from(NAMES) | st.text(max_size=9), max_size=4).map("/".join), max_size=9))
def test_windows_takes_every_path(uris: list[str]) -> None:
    paths = plan(uris, WINDOWS)
    for part in (part for path in paths for part in path.parts):
        assert not re.search(r'[\x00-\x1f<>:"/|?*\\]', part)
        assert part[-1] not in ". "
        assert not RESERVED.fullmatch(part)
        assert len(part.encode("utf-8", "surrogatepass")) <= MAX_NAME
    assert len({path.as_posix().casefold() for path in paths}) == len(uris)


@pytest.mark.parametrize("rules", [MACOS, WINDOWS])
def test_names_that_a_system_takes_for_one_get_numbers(rules: NameRules) -> None:
    accented = unicodedata.normalize("NFD", "Größe.md")
    uris = ["README.md", "readme.md", "Größe.md", accented, "README.md/x", "Docs/a", "docs/b"]
    assert [path.as_posix() for path in plan(uris, rules)] == [
        "README.md",
        "readme (2).md",
        "Größe.md",
        accented.replace(".md", " (2).md"),
        "README.md%2F/x",
        "Docs/a",
        "docs/b",
    ]
    assert [path.as_posix() for path in plan(uris, POSIX)] == [*uris[:4], "README.md%2F/x", *uris[5:]]


@pytest.mark.parametrize("rules", [MACOS, WINDOWS])
def test_bytes_that_are_not_unicode_stay_written_out(rules: NameRules) -> None:
    assert [path.as_posix() for path in plan(["caf%E9.txt", "100%25FF"], rules)] == ["caf%E9.txt", "100%FF"]
    assert plan(["caf%E9.txt"], POSIX)[0].as_posix().encode("utf-8", "surrogateescape") == b"caf\xe9.txt"


def test_no_document_has_the_name_of_a_file_under_way() -> None:
    assert plan([".a.txt.memcodec-partial", "a.memcodec-partial", ".a.txt"]) == [
        Path("%2Ea.txt.memcodec-partial"),
        Path("a.memcodec-partial"),
        Path(".a.txt"),
    ]
