"""A codebase as a memory file: take it in, ask where something is, take in what changed."""

from __future__ import annotations

import sys
from pathlib import Path

import memcodec

CODE = memcodec.Settings.of(include=("py", "md", "toml"), exclude=("build/",))


def remember(source: Path, path: Path) -> str:
    """Store what is new; unchanged files are left out, and changed ones become new versions."""
    opened = memcodec.open(path, settings=CODE) if path.exists() else memcodec.create(path, settings=CODE)
    with opened as memory:
        memory.add_path(source)
        report = memory.commit()
        return f"{report.added} new, {report.changed} changed" if report else "nothing new"


def where(path: Path, question: str) -> list[str]:
    """The best places, as an editor takes them: path:line, and the first line there that says something."""
    with memcodec.open(path) as memory:
        return [
            f"{hit.document.uri}:{hit.line.first}: {hit.text.strip().splitlines()[0]}"
            for hit in memory.search(question, k=3)
        ]


def main(source: Path, folder: Path) -> None:
    path = folder / "code.mp4"
    print(remember(source, path))
    print(remember(source, path))
    print("\n".join(where(path, "where is a citation of a passage read from an answer")))


if __name__ == "__main__":
    here = Path(__file__).parent
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else here,
        Path(sys.argv[2] if len(sys.argv) > 2 else "."),
    )
