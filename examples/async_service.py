"""A service that many ask at once: one open memory, searches side by side, notes that are committed as they come."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from memcodec import Filter, Settings, aio

NOTES = {
    "ada": ["The spare key hangs behind the clock.", "The boiler was serviced in March."],
    "ben": ["The spare key is under the flowerpot.", "Bins go out on Thursdays."],
}


class Notes:
    """Notes of several users in one file; each one finds his own alone."""

    def __init__(self, memory: aio.Memory) -> None:
        self._memory = memory

    async def note(self, user: str, text: str) -> str:
        name = await self._memory.add(text, uri=f"{user}/{text[:20]}", tags={"user": user})
        await self._memory.commit()  # commits of several take turns, and one may store what others added
        return name

    async def ask(self, user: str, question: str) -> list[str]:
        hits = await self._memory.search(question, k=1, only=Filter(tags={"user": user}))
        return [hit.text for hit in hits]


async def main(folder: Path) -> None:
    settings = Settings.of(model="none")
    async with aio.create(folder / "service.mp4", settings=settings, force=True) as memory:
        notes = Notes(memory)
        await asyncio.gather(*(notes.note(user, text) for user, texts in NOTES.items() for text in texts))
        answers = await asyncio.gather(*(notes.ask(user, "where is the spare key") for user in NOTES))
        for user, found in zip(NOTES, answers, strict=True):
            print(f"{user}: {found[0]}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
