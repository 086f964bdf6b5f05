"""A capsule: a part of a memory for somebody, sealed, with rules that honest readers keep.

    python capsule.py FOLDER

Ada's notes are hers. Ben is to know what they say of herons, to search it, and no longer than this year's count takes.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import memcodec

NOTES = {
    "birds/heron.md": "The grey heron nests in the alder by the weir, two eggs so far.",
    "birds/egret.md": "A little egret stood beside the heron on Sunday.",
    "private/letter.md": "Dear Clara, the house is sold, and nobody knows yet.",
}
WORD = "the weir at low water"  # for Ben's ear; a key of age or OpenSSH is better: to=["age1..."]


def main(folder: Path) -> None:
    with memcodec.create(folder / "ada.mp4", model="none") as memory:
        for uri, text in NOTES.items():
            memory.add(text, uri=uri)
        memory.commit()
        report = memory.capsule(
            folder / "for-ben.mp4",
            passphrase=WORD,
            query="heron",
            allow="search,list",
            expires=datetime.now(UTC) + timedelta(days=60),
            note="For the count. Please do not pass it on.",
        )
        print("for Ben:", ", ".join(document.uri for document in report.documents))

    with memcodec.open(folder / "for-ben.mp4", passphrase=WORD) as capsule:
        print("Ben sees:", ", ".join(document.uri for document in capsule.documents()))
        print("Ben finds:", capsule.search("eggs")[0].text)
        print("of Clara:", len(capsule.search("Clara", mode="lexical")), "hits")
        try:
            capsule.restore(folder / "out")
        except memcodec.NotAllowed as error:
            print("refused:", str(error).rpartition("/")[2])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
