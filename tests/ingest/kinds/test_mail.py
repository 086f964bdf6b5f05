"""Mail and mailboxes."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import extract
from tests.ingest import made


def test_a_message_says_who_wrote_what_and_when() -> None:
    found = extract(made.MAIL, "a.eml")
    assert found.text == (
        "From: Ada <ada@example.org>\nTo: Bob <bob@example.org>\nDate: Tue, 05 Mar 2024 10:00:00 +0100\n"
        "Subject: Café lamp\n\nThe lamp burned naïvely.\n\nAttachments: chart.pdf\n"
    )
    assert (found.title, found.author) == ("Café lamp", "Ada <ada@example.org>")
    assert found.time is not None and found.time.isoformat() == "2024-03-05T09:00:00+00:00"


def test_a_mailbox_as_python_writes_it_gives_its_messages(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for number in range(3):
        message = EmailMessage()
        message["Subject"] = f"Log {number}"
        message.set_content(f"Day {number}.\n\nFrom the sea, ünder the moon.\n")
        message.add_attachment(EmailMessage(), filename="inner.eml")
        box.add(message)
    box.close()
    found = extract((tmp_path / "box").read_bytes(), "a.mbox")
    assert [section.place for section in found.sections] == ["message 1", "message 2", "message 3"]
    assert found.sections[1].path == ("Log 1",)
    assert found.text.count("From the sea, ünder the moon.") == 3


@pytest.mark.parametrize(
    "raw, shown",
    [
        (b"=?utf-8?b?Q2Fmw6k=?= open", "Café open"),
        ("Café open".encode(), "Café open"),
        (b"=?nonsense?q?Caf=E9?=", "=?nonsense?q?Caf=E9?="),
        (b"one\n two", "one two"),
    ],
)
def test_subjects_are_decoded(raw: bytes, shown: str) -> None:
    assert extract(b"Subject: " + raw + b"\n\nx\n", "a.eml").title == shown


def test_a_damaged_part_is_noted_and_the_rest_is_kept() -> None:
    mail = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\n\n\0\1\xff\n--b--\n"
    found = extract(mail, "a.eml")
    assert "first" in found.text and found.notes[0].startswith("a part is left out: text/plain: not text")


def test_what_is_no_mail_is_an_error() -> None:
    with pytest.raises(SourceError, match="no mail"):
        extract(b"just words\n", "a.eml")


def test_parts_nested_very_deep_end() -> None:
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000))
    try:
        found = extract(b"Subject: x\n" + head.encode() + b"\ntext\n", "a.eml")
    except SourceError as error:
        assert "nested too deep" in str(error)
    else:
        assert found.notes
