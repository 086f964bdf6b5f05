"""An agent whose runs are recorded, executed again, and forked: a model and a tool, two tasks at once, what it decides.

    python examples/replayable_agent.py agent.mp4
    memcodec runs replay agent.mp4 last -- python examples/replayable_agent.py agent.mp4
    memcodec runs fork agent.mp4 last --at 3 --model large -- python examples/replayable_agent.py agent.mp4
    memcodec runs diff agent.mp4 RUN last

With OpenAI's client, ``ask`` is ``run.wrap(OpenAI()).chat.completions.create``, and nothing else changes.
"""

from __future__ import annotations

import asyncio
import sys

import memcodec

WEATHER = {"Vienna": "rain", "Graz": "sun", "Linz": "sun"}


async def complete(prompt: str, model: str = "small") -> str:
    """Stands for a model: it is slow, costs money, and answers as its maker likes."""
    await asyncio.sleep(0.01)
    if "Which cities" in prompt:
        return "Vienna Graz Linz" if model == "large" else "Vienna Graz"
    return f"Go to {prompt.split()[-1]} ({model})."


async def look_up(city: str) -> str:
    """Stands for a tool: what it gives is another thing tomorrow."""
    await asyncio.sleep(0.01)
    return WEATHER[city]


async def plan(run: memcodec.Run) -> str:
    ask, weather = run.call(complete), run.call(look_up)
    run.events.append("began", {"at": run.now().isoformat()})
    cities = (await ask(f"Which cities are near? Trip {run.uuid()}")).split()
    found = dict(zip(cities, await asyncio.gather(*map(weather, cities)), strict=True))
    with run.transaction():  # both, or neither, whatever happens
        run.kv["weather"] = found
        run.state("trip").cas(None, "planned")
    sunny = [city for city in cities if found[city] == "sun"]
    run.trace(f"{len(sunny)} of {len(cities)} have sun", confidence=0.8, alternatives=sunny[:-1])
    return await ask(f"Advise a trip to {sunny[-1]}")


def main(file: str) -> None:
    with memcodec.run(file, tags={"task": "trip"}) as run:
        run.kv["advice"] = asyncio.run(plan(run))
        print(run.id, run.kv["advice"])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "agent.mp4")
