"""What the commands of the pages are about: folders of documents, and memory files by the names that pages use."""

from __future__ import annotations

import mailbox
import os
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

import memcodec
from tests.support import clip

BIRDS = (
    "Herons",
    "Swifts",
    "Larks",
    "Owls",
    "Terns",
    "Rails",
    "Wrens",
    "Rooks",
    "Coots",
    "Shrikes",
    "Gulls",
    "Kites",
)
GUIDE = "# The event loop\n\nAn event loop runs tasks. To cancel a task, call its method `cancel`.\n"
MARCH = "Dear Nathaniel,\n\nthe whale is half written. Yours, Herman\n"
TEXTS = {
    "notes/birds/herons.md": "# Herons\n\nGrey herons nest in colonies, high in old trees.\n"
    + "They wait in the reeds.\n" * 20,
    "notes/birds/swifts.md": "# Swifts\n\nSwifts sleep on the wing.\n",
    "notes/pond.md": "# The pond\n\nThe pond froze on 4 January. Frogs spawned in March, a week late.\n",
    "letters/1851/march.txt": MARCH,
    "letters/lease.txt": "The lease runs until June.\n",
    "letters/june.txt": "Dear Ada,\n\nthe swallows are back. I wrote in June.\n",
    "new/otters.md": "An otter swims at the weir.\n",
    "src/loop.py": "def run(task):\n    return task.cancel()\n",
    "src/shapes.cpp": "// TODO: fewer copies\nstd::vector<int> sides;\n",
    "docs/loop.md": GUIDE,
    "drafts/plan.md": "A plan.\n",
    "book.txt": "Call me Ishmael.\n",
    "new.txt": "A letter of today.\n",
    "app.log": "started\nready\n",
    "diary/march.md": "The storm in March took the shed.\n",
}  # fmt: skip

#: Of nobody: the pages' examples are sealed for it.
KEY = "AGE-SECRET-KEY-1T7KWXX5SL6P76D0J9D4TGN0VWS87AG09XTXA2P90TNM697H2ETNQ5WVR3L"
RECIPIENT = "age10ukwyttt8qg23509qxe9x3gwqya0nnflqkprvhsq807x47fkaa8s86kwk3"
MODULES = Path(__file__).parents[2] / "memcodec/web/node_modules"
#: How a file is made that a page names: what each needs comes before it.
RECIPES = {
    "key.txt": f"echo {KEY} > key.txt",
    "team.txt": f"echo {RECIPIENT} > team.txt",
    "colleague.pub": "ssh-keygen -q -t ed25519 -N '' -C ben -f ssh-colleague",
    "sealed.mp4": f"memcodec encode diary -o sealed.mp4 -q --model none --seal-to {RECIPIENT}",
    "id_ed25519": "ssh-keygen -q -t ed25519 -N '' -C alice@example.org -f alice && cp -p alice id_ed25519",
    "allowed_signers": 'echo "alice@example.org $(cat alice.pub)" > allowed_signers',
    "letters.flac": "memcodec encode letters -o letters.flac --profile robust --model none --tag author=Melville -q",
    "docs.mp4": "memcodec encode docs -o docs.mp4 -q",
    "python-docs.mp4": "cp docs.mp4 python-docs.mp4",
    "manual.mp4": "cp notes.mp4 manual.mp4",
    "project.mp4": "memcodec encode . --include md --include py -o project.mp4 -q --model none",
    "monday.mp4": "memcodec encode letters -o monday.mp4 -q --model none",
    "tuesday.mp4": "cp notes.mp4 tuesday.mp4",
    "other.mp4": "cp notes.mp4 other.mp4",
    "library.mp4": "cp notes.mp4 library.mp4",
    "log.mp4": "cp notes.mp4 log.mp4",
    "code.mp4": "memcodec encode src -o code.mp4 -q --model none",
    "onnxruntime-web-1.30.0.tgz": "tar czf onnxruntime-web-1.30.0.tgz --transform 's,^onnxruntime-web,package,' "
    f"-C '{MODULES}' onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",  # what of it is looked at
    "lamp.jpg": "cp photos/lamp.jpg .",
    "photos.mp4": "memcodec encode photos -o photos.mp4 -q --model none --no-ocr --image-model clip",
    "keys.mp4": "memcodec encode book.txt -o keys.mp4 -q --model none",
    "memories/": "mkdir memories && cp notes.mp4 memories/",
    "damaged.mp4": "cp notes.mp4 damaged.mp4"
    " && dd if=/dev/zero of=damaged.mp4 bs=1000 seek=25 count=2 conv=notrunc status=none",
    "downloaded.mp4": "ffmpeg -v error -i notes.mp4 -c copy downloaded.mp4",
    "recording.mp3": "ffmpeg -v error -i letters.flac recording.mp3",
    "a.flac": "head -c 60000 /dev/urandom | base64 > dice.txt && memcodec encode dice.txt -o dense.flac -q --model none"
    " --profile dense && memcodec split dense.flac --size 100KB -o abc -q && set -- abc/*"
    " && mv $1 a.flac && mv $2 b.flac && mv $3 c.flac",
    "notes-*.mp4": "memcodec split notes.mp4 --size 40KB -q",
    "scan.pdf": "memcodec print keys.mp4 -o scan.pdf -q",
    "page1.jpg": "memcodec print keys.mp4 -o page.png -q && set -- page*.png $(ls page*.png | tail -1) page*.png"
    " && for n in 1 2 3; do ffmpeg -v error -i $1 page$n.jpg; shift; done",
    "runs.mp4": f"PYTHONPATH={Path(memcodec.__file__).parents[1]} {sys.executable} agent.py runs.mp4",
    "notes.flac": "memcodec convert notes.mp4 notes.flac -q",
    "~/notes.mp4": "cp notes.mp4 ~",
    "jobs wait 3": "for n in 1 2; do memcodec encode letters -o $n.mp4 --index background -q; done"
    " && memcodec index notes.mp4 --rebuild --background && memcodec jobs wait 3",
    "git log": "git init -q && git add notes && git -c user.name=A -c user.email=a@b commit -qm 'The first notes'",
}  # fmt: skip


def sources(folder: Path) -> None:
    """The folders and files that are encoded."""
    for name, text in TEXTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    agent = Path(memcodec.__file__).parents[1] / "examples" / "replayable_agent.py"
    (folder / "agent.py").write_text(agent.read_text("utf-8"))
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ada@example.org", "ben@example.org", "Herons"
    message.set_content("The herons are back.")
    for letter in (folder / "letters").rglob("*.txt"):
        os.utime(letter, (1.5e9, 1.5e9))
    photographs(folder / "photos")
    clip.made(folder / "clip")
    box = mailbox.mbox(folder / "mail.mbox")
    box.add(message)
    box.close()
    with zipfile.ZipFile(folder / "site.zip", "w") as archive:
        archive.writestr("index.html", "<h1>Birds</h1><p>Swallows, too.</p>")


def photographs(folder: Path) -> None:
    """A lamp without a word on it, and a notice that was photographed."""
    folder.mkdir()
    Image.new("RGB", (64, 64), "red").save(folder / "lamp.jpg")
    notice = Image.new("RGB", (900, 160), "white")
    font = ImageFont.load_default(40)
    ImageDraw.Draw(notice).text((30, 50), "The boat house is closed in winter", "black", font)
    notice.save(folder / "notice.jpg", quality=95)


def notes(path: Path, documents: Path) -> None:
    """A file with a past: seven commits of the first week of April 2026, and vectors."""

    class Clock(datetime):
        at = datetime(2026, 3, 30, 9, tzinfo=UTC)

        @classmethod
        def now(cls, tz: object = None) -> Clock:
            cls.at += timedelta(days=1)
            return cls.fromtimestamp(cls.at.timestamp(), UTC)

    with pytest.MonkeyPatch.context() as patch:
        for module in ("writer", "transactions"):
            patch.setattr(f"memcodec.file.{module}.datetime", Clock)
        with memcodec.create(path) as memory:
            memory.add_path(documents)
            for day in range(6):
                memory.commit()
                for bird in BIRDS if day == 0 else [BIRDS[day]]:
                    memory.add(
                        f"{bird} were seen on day {day}.", uri=f"seen/{day}/{bird}.txt", tags={"draft": "1"}
                    )
