"""One of several who edit a note at once, in a process of its own, whatever becomes of the service.

`python -m tests.service.notes.editing URL NAME EDITS SEED LOG`: puts tokens `[NAME-7]` between others, and takes some
of its own out. LOG gets a line for each of these that is on stable storage, `+[NAME-7]` or `-[NAME-7]`, and `?[NAME-7]`
before one is taken out. When all are stored, it prints `done`; then, for every line that it is sent, the text as JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from pathlib import Path

from tests.service.notes.client import Client

_PAUSE = 0.04  # seconds between two edits, at most
_AHEAD = 5  # edits that are not acknowledged


async def main(url: str, name: str, count: int, seed: int, log: Path) -> None:
    client, chance = Client(url), random.Random(seed)
    running = [asyncio.create_task(client.run(again=True)), asyncio.create_task(_note(client, log))]
    await client.until(lambda: client.is_open)
    mine = list[str]()
    for number in range(count):
        text = client.text
        if mine and chance.random() < 0.2:
            token = mine.pop(chance.randrange(len(mine)))
            with log.open("a") as file:
                file.write(f"?{token}\n")
            await client.edit(len(text[: text.index(token)].encode()), remove=len(token), name=f"-{token}")
        else:
            mine.append(token := f"[{name}-{number}]")
            ends = [0, *(match.end() for match in re.finditer(r"\[\w+-\d+\]", text))]
            await client.edit(len(text[: chance.choice(ends)].encode()), token, name=f"+{token}")
        await asyncio.sleep(chance.random() * _PAUSE)
        while len(client.waiting) > _AHEAD:  # nobody types for ever while the service is away
            await asyncio.sleep(0.01)
    await client.until(lambda: not client.waiting, 120)
    await asyncio.sleep(0.1)
    print("done", flush=True)  # noqa: T201
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(client.text), flush=True)  # noqa: T201
    for each in running:
        each.cancel()


async def _note(client: Client, log: Path) -> None:
    with log.open("a") as file:
        while True:
            told, client.safe = client.safe, []
            file.write("".join(f"{each}\n" for each in told))
            file.flush()
            await asyncio.sleep(0.001)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5])))
