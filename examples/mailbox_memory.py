"""A mailbox as a memory file: every message of an mbox becomes a document with its sender, subject and date."""

from __future__ import annotations

import mailbox
import sys
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

import memcodec

SAMPLE = """From ada@example.org Mon Jun  1 08:00:00 2026
From: Ada <ada@example.org>
Subject: =?utf-8?q?The_swallows_are_back_=E2=80=93_at_last?=
Date: Mon, 1 Jun 2026 08:00:00 +0200
Message-ID: <1@example.org>

They nest under the roof of the boat house again.

From bo@example.org Tue Jun  2 09:30:00 2026
From: Bo <bo@example.org>
Subject: Kettle
Date: Tue, 2 Jun 2026 09:30:00 +0200
Message-ID: <2@example.org>

The kettle is broken. Shall I bring a new one on Friday?
"""


def header(message: Message, name: str) -> str:
    return str(make_header(decode_header(message.get(name, ""))))


def body(message: Message) -> str:
    """The message's plain text, or what comes nearest to it."""
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage), "the policy makes no other"
    part = parsed.get_body(("plain", "html"))
    return part.get_content() if part is not None else ""


def remember(box: Path, path: Path) -> int:
    """Store the messages that are new; one that is there already, by its Message-ID, is left out."""
    opened = memcodec.open(path) if path.exists() else memcodec.create(path)
    with opened as memory:
        for message in mailbox.mbox(box):
            memory.add(
                body(message),
                uri=header(message, "Message-ID").strip("<>"),
                title=header(message, "Subject"),
                time=parsedate_to_datetime(header(message, "Date")),
                tags={"from": header(message, "From")},
            )
        return memory.commit().added


def main(folder: Path) -> None:
    box, path = folder / "inbox.mbox", folder / "mail.mp4"
    if not box.exists():
        box.write_text(SAMPLE, "utf-8")
    print(f"{remember(box, path)} new messages")
    with memcodec.open(path) as memory:
        for hit in memory.search("what is broken", k=1):
            print(
                f"{hit.document.time:%Y-%m-%d} {hit.document.tags['from']}: {hit.document.title}\n{hit.text}"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
