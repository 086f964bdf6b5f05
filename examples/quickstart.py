"""Write a memory file, search it, get its documents back."""

from __future__ import annotations

import sys
from pathlib import Path

import memcodec


def main(folder: Path) -> None:
    path = folder / "birds.mp4"
    with memcodec.create(path) as memory:
        memory.add("Herons nest in colonies, high in old trees, from February on.", title="Herons")
        memory.add(
            "The kingfisher digs a tunnel into a steep bank.", title="Kingfishers", tags={"colour": "blue"}
        )

    with memcodec.open(path) as memory:
        for hit in memory.search("where do birds build their nests"):
            print(f"{hit.rank}. {hit.document.title}: {hit.text}")
        memory.restore(folder / "restored")
        print(f"{path.name}: {memory.info().documents} documents, intact: {memory.verify(deep=True).ok}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
