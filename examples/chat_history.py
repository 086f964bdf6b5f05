"""A conversation that is remembered: every turn is committed as it is said, and looked up in later conversations."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import memcodec

EARLIER = [
    ("user", "My sister Ida keeps bees on the allotment behind the station."),
    ("assistant", "How many hives does she have?"),
    ("user", "Three. Last winter the mice got into one of them."),
]
LATER = "What got into the hive in winter?"


class History:
    """Turns of conversations in a memory file; each turn is one document, so that it is found alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def say(self, conversation: str, number: int, role: str, text: str) -> None:
        opened = memcodec.open(self.path) if self.path.exists() else memcodec.create(self.path)
        with opened as memory:  # its end commits: what was said is on disk then
            memory.add(
                text,
                uri=f"{conversation}/{number:04}",
                title=f"{role}, {datetime.now(UTC):%Y-%m-%d %H:%M}",
                tags={"role": role, "conversation": conversation},
            )

    def recall(self, question: str, k: int = 3) -> list[str]:
        with memcodec.open(self.path) as memory:
            return [f"{hit.document.tags['role']}: {hit.text}" for hit in memory.search(question, k)]


def main(folder: Path) -> None:
    history = History(folder / "history.mp4")
    for number, (role, text) in enumerate(EARLIER):
        history.say("bees", number, role, text)
    print(f"{LATER}\n" + "\n".join(history.recall(LATER)))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
