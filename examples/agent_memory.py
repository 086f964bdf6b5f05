"""A memory file as an agent's long-term memory: what it heard is stored by topic, and recalled by meaning and words."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import memcodec

HEARD = [
    (
        "2026-03-02",
        "travel",
        "Ada prefers the night train to Vienna over flying, and always books the upper berth.",
    ),
    (
        "2026-03-09",
        "food",
        "Ada is allergic to walnuts. The bakery on Mill Street labels its bread; the market does not.",
    ),
    ("2026-04-01", "work", "The release of the ledger service moved to the second Tuesday in May."),
    (
        "2026-04-20",
        "travel",
        "The Vienna trip is on 14 May; the hotel is near the Prater and has no breakfast.",
    ),
]


def remember(path: Path) -> None:
    with memcodec.create(path, force=True) as memory:
        for day, topic, text in HEARD:
            when = datetime.fromisoformat(day).replace(tzinfo=UTC)
            memory.add(text, title=f"Conversation of {day}", time=when, tags={"topic": topic})


def recall(path: Path, question: str) -> str:
    """What to put before the model: the passages that bear on a question, with their dates."""
    with memcodec.open(path) as memory:
        hits = memory.search(question, k=2)
    return "\n".join(
        f"[{hit.document.time:%Y-%m-%d}, {hit.document.tags['topic']}] {hit.text}" for hit in hits
    )


def main(folder: Path) -> None:
    remember(folder / "agent.mp4")
    for question in ("How does Ada like to travel?", "What must the cake not contain?"):
        print(f"{question}\n{recall(folder / 'agent.mp4', question)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
