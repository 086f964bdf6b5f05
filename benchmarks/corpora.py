"""The texts that are measured with: Python's documentation and the GCIDE dictionary, both from Debian packages.

Nothing of them is kept in the repository; what is cut from them goes to the cache folder or a scratch folder.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

from benchmarks.harness import cache_folder, say

PYTHON_DOCS = Path("/usr/share/doc/python3.11/html/_sources")
_DICTIONARY = Path("/usr/share/dictd/gcide.dict.dz")
_LINUX_DOCS = Path("/usr/share/doc/linux-doc-6.1/Documentation")
_POSTGRES_DOCS = Path("/usr/share/doc/postgresql-doc-15/html")
_CMAKE_DOCS = Path("/usr/share/doc/cmake-data/html")
_GIT_DOCS = Path("/usr/share/doc/git/html")
_APACHE_DOCS = Path("/usr/share/doc/apache2-doc/manual/en")
_SCIKIT_LEARN_DOCS = Path("/usr/share/doc/python-sklearn-doc/html/_sources")
_SQLALCHEMY_DOCS = Path("/usr/share/doc/python-sqlalchemy-doc/rst")
_PACKAGES = {
    _APACHE_DOCS: "apache2-doc",
    _SCIKIT_LEARN_DOCS: "python-sklearn-doc",
    _GIT_DOCS: "git-doc",
    _SQLALCHEMY_DOCS: "python-sqlalchemy-doc",
    _CMAKE_DOCS: "cmake-doc",
    PYTHON_DOCS: "python3.11-doc",
    _DICTIONARY: "dict-gcide",
    _LINUX_DOCS: "linux-doc-6.1",
    _POSTGRES_DOCS: "postgresql-doc-15",
}
SEED = 11


def python_docs() -> Path:
    """The folder of 497 reStructuredText sources (11.0 MB)."""
    return _installed(PYTHON_DOCS)


def linux_docs() -> Path:
    """The folder of the Linux kernel's documentation, reStructuredText, some of it gzipped."""
    return _installed(_LINUX_DOCS)


def postgres_docs() -> Path:
    """The folder of the PostgreSQL manual, HTML."""
    return _installed(_POSTGRES_DOCS)


def cmake_docs() -> Path:
    """The folder of CMake's manual, HTML."""
    return _installed(_CMAKE_DOCS)


def git_docs() -> Path:
    """The folder of Git's manual, HTML, with its sources."""
    return _installed(_GIT_DOCS)


def apache_docs() -> Path:
    """The folder of Apache's manual in English, HTML."""
    return _installed(_APACHE_DOCS)


def scikit_learn_docs() -> Path:
    """The folder of scikit-learn's documentation, reStructuredText."""
    return _installed(_SCIKIT_LEARN_DOCS)


def sqlalchemy_docs() -> Path:
    """The folder of SQLAlchemy's documentation, reStructuredText."""
    return _installed(_SQLALCHEMY_DOCS)


def gcide() -> Path:
    """A folder with the dictionary as one UTF-8 file (40 MB).

    The package's file is UTF-8 but for a few bytes that are Windows-1252: those are converted.
    """
    file = cache_folder() / "gcide" / "gcide.txt"
    if not file.exists():
        raw = gzip.decompress(_installed(_DICTIONARY).read_bytes())
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(_utf8(raw))
    return file.parent


def _utf8(raw: bytes) -> bytes:
    text = raw.decode("utf-8", "surrogateescape")
    strays = re.compile("[\udc80-\udcff]")
    return strays.sub(lambda stray: bytes([ord(stray[0]) - 0xDC00]).decode("cp1252"), text).encode()


def _installed(path: Path) -> Path:
    if not path.exists():
        command = ["apt-get", "install", "-y", "--no-install-recommends", _PACKAGES[path]]
        if os.geteuid() == 0 and shutil.which("apt-get"):
            say(f"installing {_PACKAGES[path]}")
            subprocess.run(command, check=True, capture_output=True)
        if not path.exists():
            raise SystemExit(f"no {path}: type  sudo {' '.join(command)}")
    return path


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in files(folder))


def whole(folder: Path) -> bytes:
    """The folder's files, one after the other."""
    return b"".join(path.read_bytes() for path in files(folder))


def subset(limit: int, into: Path) -> Path:
    """Copies every n-th file of the Python documentation, so that about ``limit`` bytes come together."""
    sources = python_docs()
    every = max(1, size(sources) // limit)
    for path in files(sources)[::every]:
        target = into / path.relative_to(sources)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return into


def grown(limit: int, into: Path) -> Path:
    """``limit`` bytes of text: both corpora, then both again with every line's words in reverse order, and so on."""
    into.mkdir(parents=True, exist_ok=True)
    left, turn = limit, 0
    while left > 0:
        for number, path in enumerate(files(python_docs()) + files(gcide())):
            data = varied(path.read_bytes().decode(), turn).encode()
            data = data[:left].decode("utf-8", "ignore").encode()
            (into / f"{turn}-{number:04}.txt").write_bytes(data)
            left -= len(data)
            if left < 4:
                return into
        turn += 1
    return into


def varied(text: str, turn: int) -> str:
    """Other sentences of the same words: the lines' words reversed, and shuffled from the second turn on."""
    if turn == 0:
        return text
    chance = random.Random(turn)

    def other(line: str) -> str:
        words = line.split(" ")[::-1]
        if turn > 1:
            chance.shuffle(words)
        return " ".join(words)

    return "\n".join(map(other, text.split("\n")))


def chunks(count: int, length: int = 1000) -> list[str]:
    """``count`` pieces of ``length`` characters, taken evenly from all of the Python documentation."""
    text = whole(python_docs()).decode()
    step = max(length, len(text) // count)
    return [text[at : at + length] for at in range(0, len(text) - length, step)][:count]


def queries(texts: list[str], count: int) -> list[str]:
    """Queries of 2 to 4 words that stand together in some text; every fifth has a word that is in most texts."""
    chance = random.Random(SEED)
    spread = Counter(word for text in texts for word in sorted(set(_words(text))))  # ties in one order
    common = [word for word, _ in spread.most_common(20)]
    found: list[str] = []
    while len(found) < count:
        words = _words(chance.choice(texts))
        length = chance.randint(2, 4)
        if len(words) > length:
            at = chance.randrange(len(words) - length)
            query = words[at : at + length]
            if len(found) % 5 == 0:
                query[0] = chance.choice(common)
            found.append(" ".join(query))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{3,}", text)
